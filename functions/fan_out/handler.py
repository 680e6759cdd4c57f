"""One event -> one delivery for each endpoint of the account that wants it."""

from __future__ import annotations

from functools import cache
from typing import Any

from flows import strict_json
from flows.aws import sqs_batch
from flows.webhooks.events import MAX_DEPTH
from flows.webhooks.fan_out import endpoints_of, fan_out


def handler(event: dict[str, Any], _context: Any = None) -> dict[str, Any]:
    """Lambda entry point: entries of the event bus, from the queue of events."""
    once = cache(endpoints_of)

    def act(text: str) -> dict[str, Any]:
        detail = strict_json.loads(text, MAX_DEPTH)["detail"]
        made = fan_out(detail, once)
        return {"account_id": detail["account_id"], "deliveries": made}

    return sqs_batch.handle("fan_out", event, act)
