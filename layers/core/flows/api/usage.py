"""What a request costs in AWS calls and DynamoDB units: counted at botocore's own events, for the log and for tests."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from flows.aws import clients


@dataclass
class Usage:
    """Counted since :func:`begin`. Units are DynamoDB's (half a unit is an eventually consistent read of 4 KB)."""

    calls: int = 0
    read_units: float = 0.0
    write_units: float = 0.0


_usage: ContextVar[Usage | None] = ContextVar("usage", default=None)
_READS = frozenset({"GetItem", "BatchGetItem", "Query", "TransactGetItems"})
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})
_watched: list[Any] = []


def begin() -> Usage:
    """Count from now on, in this context."""
    _watch()
    usage = Usage()
    _usage.set(usage)
    return usage


def last() -> Usage:
    """What has been counted since the last :func:`begin` of this context."""
    return _usage.get() or Usage()


def warm() -> None:
    """Make the DynamoDB client while Lambda starts the worker, which it does at full speed, and not in the first request."""
    begin()
    clients.client("dynamodb")


def _watch() -> None:
    session = clients.session()
    if _watched and _watched[0] is session:
        return
    _watched[:] = [session]
    # A client copies the session's handlers when it is made, so this comes before the first client.
    session.events.register("before-parameter-build.dynamodb", _ask)
    session.events.register("after-call", _count)


def _ask(params: dict[str, Any], model: Any, **_: Any) -> None:
    if model.name in _READS or model.name in _WRITES:
        params.setdefault("ReturnConsumedCapacity", "TOTAL")


def _count(parsed: dict[str, Any], model: Any, **_: Any) -> None:
    usage = _usage.get()
    if usage is None:
        return
    usage.calls += 1
    consumed = parsed.get("ConsumedCapacity") or []
    units = sum(part.get("CapacityUnits", 0.0) for part in (consumed if isinstance(consumed, list) else [consumed]))
    if model.name in _WRITES:
        usage.write_units += units
    else:
        usage.read_units += units
