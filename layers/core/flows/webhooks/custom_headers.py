"""Headers that an account adds to what it gets: checked, since they go into every request to the endpoint."""

from __future__ import annotations

from collections.abc import Mapping

from flows.errors import Problem
from flows.outgoing import OutgoingError

MAX_HEADERS = 20
MAX_VALUE = 4_096

_OURS = frozenset({"content-type", "content-encoding", "accept-encoding", "user-agent", "date"})
_OURS_BY_PREFIX = ("webhook-", "svix-", "sec-", "x-forwarded-", "x-amz")


def problems(headers: Mapping[str, str], path: str = "headers") -> list[Problem]:
    """What is wrong with custom headers; values are never quoted."""
    if len(headers) > MAX_HEADERS:
        return [Problem(path, f"at most {MAX_HEADERS} headers", "too_long")]
    found: list[Problem] = []
    seen: set[str] = set()
    for name, value in headers.items():
        message = _problem(name, value)
        if not message and name.lower() in seen:
            message = "this header stands twice"
        seen.add(name.lower())
        if message:
            found.append(Problem(f"{path}[{name[:80]!a}]".replace("'", '"'), message, "invalid_header"))
    return found


def _problem(name: str, value: str) -> str:
    from flows.outgoing.header_rules import checked_secrets

    if name.lower() in _OURS or name.lower().startswith(_OURS_BY_PREFIX):
        return "this header is set by the platform and cannot be given"
    if len(value) > MAX_VALUE:
        return f"a value has at most {MAX_VALUE} characters"
    try:
        checked_secrets({name: value})
    except OutgoingError as error:
        return error.message
    return ""
