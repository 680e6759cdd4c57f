"""A change of a credential that has not been read: what it was checked by is the condition of its write.

What a change is checked by (the type for a value, the hosts for a token URL) is assumed first. Where the assumption does not hold, the refused write
brings the item: the change is checked by that, and its condition is what was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from flows.credentials import values
from flows.credentials.hosts import check_hosts, check_token_url, covers, token_url_of
from flows.credentials.models import UpdateCredential
from flows.credentials.repository import Condition
from flows.credentials.values import CredentialType, Value
from flows.errors import ValidationFailed

_MOST_DOMAINS = 20
"""Domains of a token URL's host that are looked for among the hosts; one of more labels is checked by the item itself."""


@dataclass(frozen=True)
class Change:
    """A change that was checked.

    Args:
        attributes: what is set.
        value: the new secret in the form that is sealed, or None.
        condition: what it was checked by.
    """

    attributes: Mapping[str, Any]
    value: Value | None
    condition: Condition


def assumed(wanted: UpdateCredential) -> Change | None:
    """The change for every credential that it most likely fits: of any type that takes the value, with hosts that cover it.

    Returns:
        None where it fits none.
    """
    fitting: dict[str, tuple[dict[str, Any], Value | None]] = {}
    for type in get_args(CredentialType):
        try:
            fitting[type] = _check({"type": type, "allowed_hosts": [], "token_url": ""}, wanted)
        except ValidationFailed:
            continue
    if not fitting:
        return None
    attributes, value = next(iter(fitting.values()))
    condition = Condition()
    if value is not None:
        same = [type for type, one in fitting.items() if one == (attributes, value)]
        types = {f":type{index}": type for index, type in enumerate(same)}
        condition = condition.also(f"#type IN ({', '.join(types)})", types, type="type")
        if _needs_hosts(wanted, value):
            url = token_url_of(value)
            hosts = {f":host{index}": name for index, name in enumerate(_covering(url))}
            named = [f"contains(allowed_hosts, {host})" for host in hosts]
            condition = condition.also(" OR ".join(["allowed_hosts = :any", *named]), {":any": [], **hosts})
    elif wanted.allowed_hosts:
        condition = condition.also("attribute_not_exists(token_url) OR token_url = :none", {":none": ""})
    return Change(attributes, value, condition)


def checked(item: Mapping[str, Any], wanted: UpdateCredential) -> Change:
    """The change for a credential as it was seen.

    Raises:
        ValidationFailed: the value does not fit the type; a host that is none; a token URL outside the hosts.
    """
    attributes, value = _check(item, wanted)
    condition = Condition()
    if value is not None:
        condition = condition.also("#type = :type", {":type": item["type"]}, type="type")
        if _needs_hosts(wanted, value):
            condition = condition.also("allowed_hosts = :hosts", {":hosts": item["allowed_hosts"]})
    elif wanted.allowed_hosts and item.get("token_url"):
        condition = condition.also("token_url = :url", {":url": item["token_url"]})
    elif wanted.allowed_hosts:
        condition = condition.also("attribute_not_exists(token_url) OR token_url = :none", {":none": ""})
    return Change(attributes, value, condition)


def _check(item: Mapping[str, Any], wanted: UpdateCredential) -> tuple[dict[str, Any], Value | None]:
    attributes: dict[str, Any] = {}
    value = None
    if wanted.name is not None:
        attributes["name"] = wanted.name
    if wanted.allowed_hosts is not None:
        attributes["allowed_hosts"] = check_hosts(wanted.allowed_hosts)
        attributes["hosts_by_connector"] = False
    hosts = attributes.get("allowed_hosts", item["allowed_hosts"])
    if wanted.value is not None:
        value = values.check(item["type"], wanted.value)
        check_token_url(value, hosts)
        attributes["hint"] = values.hint(item["type"], value)
        attributes["token_url"] = token_url_of(value)
    elif wanted.allowed_hosts is not None:
        check_token_url({"token_url": item.get("token_url") or ""}, hosts)
    return attributes, value


def _needs_hosts(wanted: UpdateCredential, value: Value) -> bool:
    """Whether the stored hosts decide if the value may be set."""
    return wanted.allowed_hosts is None and bool(token_url_of(value))


def _covering(url: str) -> list[str]:
    """Entries of allowed_hosts that cover the URL: its host, with and without the port, and each domain that it is in."""
    from flows.outgoing.urls import parse_url

    parsed = parse_url(url)
    labels = parsed.host.split(".")
    domains = ["*." + ".".join(labels[first:]) for first in range(1, len(labels))]
    thought = dict.fromkeys([parsed.host_header, parsed.host_port, parsed.host, *domains[:_MOST_DOMAINS]])
    return [entry for entry in thought if covers([entry], url)]
