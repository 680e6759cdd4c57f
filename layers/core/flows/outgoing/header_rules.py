"""Which headers a request may carry, and which of them survive a redirect to another origin."""

import re
from collections.abc import Mapping

from flows.outgoing.errors import OutgoingError
from flows.outgoing.models import Request

MAX_HEADERS = 100
MAX_HEADER_BYTES = 64 * 1024

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_FORBIDDEN_IN_VALUE = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
# Framing and routing belong to the client: a second Host or Content-Length is request smuggling. Hop-by-hop: RFC 9110 7.6.1.
_CLIENT_OWNED = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# What another origin may see after a redirect: nothing that could be a key.
_HARMLESS = frozenset({"accept", "accept-encoding", "accept-language", "user-agent"})
_DEFAULTS = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": "yourapp-workflows/1.0"}


def is_clients_own(name: str) -> bool:
    """Whether the header is the client's to set, and cannot be given."""
    return name.lower() in _CLIENT_OWNED


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """`headers` by lower-case name, with the client's defaults for what is missing.

    Raises:
        OutgoingError: kind "bad_request"; the text names the header, never its value.
    """
    checked = _checked(headers)
    for name, value in _DEFAULTS.items():
        checked.setdefault(name, value)
    return _bounded(checked)


def checked_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """Secret `headers` by lower-case name. Raises as `checked_headers`."""
    return _bounded(_checked(headers))


def as_written(headers: Mapping[str, str], request: Request) -> dict[str, str]:
    """Checked `headers` by the names that the request spells, others by the usual ones: old servers look at the case (SOAPAction)."""
    spelled = {name.lower(): name for name in (*request.headers, *request.secret_headers)}
    return {spelled.get(name) or "-".join(map(str.capitalize, name.split("-"))): value for name, value in headers.items()}


def harmless_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Those of checked `headers` that may go to an origin which is not trusted."""
    return {name: value for name, value in headers.items() if name in _HARMLESS}


def without_body_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Checked `headers` for a request whose body was dropped by a redirect."""
    return {name: value for name, value in headers.items() if not name.startswith("content-")}


def _bounded(checked: dict[str, str]) -> dict[str, str]:
    if len(checked) > MAX_HEADERS or sum(len(n) + len(v) + 4 for n, v in checked.items()) > MAX_HEADER_BYTES:
        raise _refused(f"A request has at most {MAX_HEADERS} headers and {MAX_HEADER_BYTES // 1024} KB of them.")
    return checked


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    checked: dict[str, str] = {}
    for name, value in headers.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise _refused(f"The header name {name!r:.80} is not valid.")
        key = name.lower()
        if is_clients_own(name):
            raise _refused(f"The header {name} is set by the platform and cannot be given.")
        checked[key] = _checked_value(name, value)
    return checked


def _checked_value(name: str, value: str) -> str:
    if not isinstance(value, str):
        raise _refused(f"The value of the header {name} must be text.")
    stripped = value.strip(" \t")
    if _FORBIDDEN_IN_VALUE.search(stripped):
        raise _refused(f"The value of the header {name} holds a line break or another control character.")
    try:
        stripped.encode("latin-1")
    except UnicodeEncodeError:
        raise _refused(f"The value of the header {name} holds a character outside of Latin-1.") from None
    return stripped


def _refused(message: str) -> OutgoingError:
    return OutgoingError("bad_request", message)
