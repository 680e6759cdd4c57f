"""The hosts that a credential may be sent to: ``host``, ``host:port`` or ``*.domain``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flows.aws.settings import settings
from flows.errors import Problem, ValidationFailed, invalid
from flows.outgoing import OutgoingError, check_url, parse_private_hosts

MAX_HOSTS = 50


def private_hosts() -> frozenset[str]:
    """``host:port`` of the private hosts that the operator opened."""
    return parse_private_hosts(settings().allowed_private_hosts)


def check_outgoing_url(url: str) -> str:
    """Why requests with secrets may not go to the URL, or "": it must be https, unless the operator opened the host."""
    try:
        check_url(url, allowed_private_hosts=private_hosts(), https_only=True)
    except OutgoingError as error:
        return error.message
    return ""


def check_hosts(entries: Sequence[str], *, path: str = "allowed_hosts") -> list[str]:
    """The entries in lower case, in ASCII, each once, in the order given.

    Raises:
        ValidationFailed: entries that are no host, at ``allowed_hosts[i]``.
    """
    problems: list[Problem] = []
    found: dict[str, None] = {}
    if len(entries) > MAX_HOSTS:
        raise ValidationFailed([Problem(path, f"at most {MAX_HOSTS} hosts", "too_long")])
    for index, entry in enumerate(entries):
        host = _host(entry)
        if host is None:
            message = "expected a host as api.example.com, host:port, or *.example.com; no scheme, no path"
            problems.append(Problem(f"{path}[{index}]", message, "invalid_host"))
        else:
            found[host] = None
    if problems:
        raise ValidationFailed(problems)
    return list(found)


def covers(allowed: Iterable[str], url: str) -> bool:
    """Whether secrets may go to the URL: an empty list allows every public host."""
    from flows.outgoing.origins import Trust
    from flows.outgoing.urls import parse_url

    hosts = frozenset(allowed)
    if not hosts:
        return True
    try:
        parsed = parse_url(url)
    except OutgoingError:
        return False
    return Trust(parsed, hosts, private_hosts()).covers(parsed)


def token_url_of(value: Any) -> str:
    """Where tokens are asked for (no secret: kept readable, so that hosts can be checked without decrypting), or ""."""
    return str(value.get("token_url", "")) if isinstance(value, dict) else ""


def check_token_url(value: Any, hosts: list[str], path: str = "value.token_url") -> None:
    """The client's secret goes to the token URL too, so the allowed hosts must cover it.

    Raises:
        ValidationFailed.
    """
    url = token_url_of(value)
    if url and not covers(hosts, url):
        raise invalid(path, "the host of token_url is not among allowed_hosts; add it there", "host_not_allowed")


def host_entry(url: str) -> str:
    """The entry that allows the URL's host: ``host``, with its port when that is not the scheme's own.

    Raises:
        OutgoingError: the URL cannot be read.
    """
    from flows.outgoing.urls import parse_url

    return parse_url(url).host_header


def _host(entry: str) -> str | None:
    from flows.outgoing.urls import parse_url

    text = entry.strip().lower()
    wildcard = text.startswith("*.")
    name = text[2:] if wildcard else text
    try:
        parsed = parse_url(f"https://{name}")
    except OutgoingError:
        return None
    if not name or any(char in name for char in "/?#@ ") or parsed.target != "/":
        return None
    if wildcard and (parsed.address is not None or "." not in parsed.host):
        return None  # *.com would be every host
    return f"*.{parsed.host_header}" if wildcard else parsed.host_header
