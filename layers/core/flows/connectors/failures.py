"""Answers that mean failure, as the node's error: what went wrong in the service's own words, and whether to try again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flows.aws import clock
from flows.connectors.mapping import as_text
from flows.connectors.paths import pick
from flows.connectors.schema import Connector, Errors
from flows.engine.http.statuses import retry_after
from flows.engine.results import NodeFailure
from flows.outgoing import OutgoingError

_MAX_MESSAGE = 500
_DAY = 86_400
_UNIX_S, _UNIX_MS = 1_000_000_000, 1_000_000_000_000
"""Numbers from here on are moments (2001 and later), not spans."""
_RETRYABLE = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})


def check(connector: Connector, status: int, headers: Mapping[str, str], body: Any) -> None:
    """Raise when the answer is a failure.

    Args:
        connector: whose answer it is.
        status: HTTP status.
        headers: names in lower case.
        body: decoded JSON or text.

    Raises:
        NodeFailure: ``AuthenticationError``, ``RateLimited`` or ``ConnectorError``, with ``{status_code, code, body}``.
    """
    rules = connector.errors
    told = re.search(rules.status_in_text, body) if rules.status_in_text and isinstance(body, str) else None
    status = int(told[1]) if told else status
    if 200 <= status < 300 and not _failed(rules.failed_when, body):
        return
    code = _code(rules, body)
    said = message_of(connector, body)
    details = {"status_code": status, "code": code or None, "body": body}
    where = f"{connector.name} answered {status}"
    if status == 429 or code in rules.rate_limited or (status == 403 and headers.get(rules.used_up_header) == "0"):
        raise NodeFailure(
            "RateLimited",
            _sentence(f"{where}: too many requests", said),
            details,
            retryable=True,
            retry_after=_retry_after(rules, headers, body, limited=True),
        )
    if status == 401 or code in rules.authentication:
        raise NodeFailure("AuthenticationError", _sentence(f"{where}: the credential is not accepted", said), details)
    raise NodeFailure(
        "ConnectorError",
        _sentence(where, said or code),
        details,
        # A refusal that says when to come again is no last word: GitHub's secondary limits are a 403 with Retry-After.
        retryable=status in _RETRYABLE or (status == 403 and "retry-after" in headers),
        retry_after=_retry_after(rules, headers, body, limited=False),
    )


def of_outgoing(connector: Connector, error: OutgoingError) -> NodeFailure:
    """The node's error for a request that got no answer."""
    kinds = {"timeout": "Timeout", "connection": "ConnectionError", "dns": "ConnectionError", "tls": "ConnectionError"}
    return NodeFailure(
        kinds.get(error.kind, "ConnectorError"),
        f"{connector.name}: {error.message}",
        {"kind": error.kind, "maybe_sent": error.maybe_sent},
        retryable=error.retryable,
    )


def message_of(connector: Connector, body: Any) -> str:
    """What the service says, cut."""
    for path in connector.errors.message:
        found = _joined(pick(body, path))
        if found:
            return found[:_MAX_MESSAGE]
    return body[:_MAX_MESSAGE] if isinstance(body, str) else ""


def _joined(found: Any) -> str:
    """A text as it is, texts of a list or of fields (``{title: [cannot be blank]}``) one after another."""
    if isinstance(found, str):
        return found
    if isinstance(found, Mapping):
        return "; ".join(f"{name}: {text}" for name, part in found.items() if (text := _joined(part)))
    if isinstance(found, list):
        return ", ".join(text for part in found if (text := _joined(part)))
    return ""


def _code(rules: Errors, body: Any) -> str:
    for path in rules.code:
        found = pick(body, path)
        if isinstance(found, str | int) and not isinstance(found, bool) and found != "":
            return str(found)
    return ""


def _failed(rules: Mapping[str, Any], body: Any) -> bool:
    for path, bad in rules.items():
        found = pick(body, path)
        if (bad == "any" and found) or (bad != "any" and found == bad and type(found) is type(bad)):
            return True
    return False


def _retry_after(rules: Errors, headers: Mapping[str, str], body: Any, *, limited: bool) -> float | None:
    now = clock.now()
    asked = retry_after(headers.get("retry-after"), now)
    if asked is None and rules.retry_after:
        asked = retry_after(as_text(pick(body, rules.retry_after)), now)
    if asked is None and limited:
        asked = _until(headers.get(rules.reset_header), now.timestamp())
        if asked is None and rules.wait_seconds:
            asked = float(rules.wait_seconds)
    return asked if asked is not None and 0 <= asked < _DAY else None


def _until(given: str | None, now: float) -> float | None:
    """Seconds until the moment in a header that tells when a limit ends: Unix time in s or ms, or seconds."""
    try:
        moment = float(given) if given else -1.0
    except ValueError:
        return None
    if not 0 <= moment < 1e14:
        return None
    if moment >= _UNIX_MS:
        moment /= 1000
    return max(0.0, moment - now) if moment >= _UNIX_S else moment


def _sentence(what: str, said: str) -> str:
    return f"{what}: {said}" if said else f"{what}."
