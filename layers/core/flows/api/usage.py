"""What a request costs in AWS calls and DynamoDB units: for the log and for tests."""

from __future__ import annotations

from collections.abc import Mapping
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
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})


def begin() -> Usage:
    """Count from now on, in this context."""
    clients.observe(_count)
    usage = Usage()
    _usage.set(usage)
    return usage


def last() -> Usage:
    """What has been counted since the last :func:`begin` of this context."""
    return _usage.get() or Usage()


def warm() -> None:
    """Count, and have DynamoDB's client ready before the first request."""
    begin()
    clients.warm("dynamodb")


def _count(operation: str, answer: Mapping[str, Any]) -> None:
    usage = _usage.get()
    if usage is None:
        return
    usage.calls += 1
    consumed = answer.get("ConsumedCapacity") or []
    units = sum(part.get("CapacityUnits", 0.0) for part in (consumed if isinstance(consumed, list) else [consumed]))
    if operation in _WRITES:
        usage.write_units += units
    else:
        usage.read_units += units
