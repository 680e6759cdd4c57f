"""One event -> one delivery for each endpoint of the account that wants it."""

from __future__ import annotations

from typing import Any

from flows.aws import sqs_batch
from flows.webhooks.fan_out import fan_out


def handler(event: dict[str, Any], _context: Any = None) -> dict[str, Any]:
    """Lambda entry point: entries of the event bus, from the queue of events."""
    return sqs_batch.handle_together("fan_out", event, fan_out)
