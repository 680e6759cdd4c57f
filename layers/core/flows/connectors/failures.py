"""Answers that mean failure, as the node's error: what went wrong in the service's own words, and whether to try again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.connectors.paths import pick
from flows.connectors.schema import Connector
from flows.engine.contract import NodeFailure
from flows.outgoing import OutgoingError

_MAX_MESSAGE = 500
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
    if 200 <= status < 300 and not _failed(rules.failed_when, body):
        return
    code = pick(body, rules.code) if rules.code else None
    code_text = str(code) if code is not None and not isinstance(code, dict | list) else ""
    said = message_of(connector, body)
    details = {"status_code": status, "code": code_text or None, "body": body}
    where = f"{connector.name} answered {status}"
    if status == 429 or code_text in rules.rate_limited:
        raise NodeFailure(
            "RateLimited",
            _sentence(f"{where}: too many requests", said),
            details,
            retryable=True,
            retry_after=_retry_after(rules, headers, body),
        )
    if status == 401 or code_text in rules.authentication:
        raise NodeFailure("AuthenticationError", _sentence(f"{where}: the credential is not accepted", said), details)
    raise NodeFailure(
        "ConnectorError",
        _sentence(where, said or code_text),
        details,
        retryable=status in _RETRYABLE,
        retry_after=_retry_after(rules, headers, body),
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
        found = pick(body, path)
        if isinstance(found, str) and found:
            return found[:_MAX_MESSAGE]
    return body[:_MAX_MESSAGE] if isinstance(body, str) else ""


def _failed(rules: Mapping[str, Any], body: Any) -> bool:
    for path, bad in rules.items():
        found = pick(body, path)
        if (bad == "any" and found) or (bad != "any" and found == bad and type(found) is type(bad)):
            return True
    return False


def _retry_after(rules: Any, headers: Mapping[str, str], body: Any) -> float | None:
    candidates = [headers.get("retry-after"), pick(body, rules.retry_after) if rules.retry_after else None]
    for given in candidates:
        try:
            seconds = float(given) if given is not None else -1.0
        except (TypeError, ValueError):
            continue
        if 0 <= seconds < 86_400:
            return seconds
    return None


def _sentence(what: str, said: str) -> str:
    return f"{what}: {said}" if said else f"{what}."
