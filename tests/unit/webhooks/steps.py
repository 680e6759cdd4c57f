"""The steps of a delivery, taken by hand: an event goes out, what is on the queue is delivered, the record is looked at."""

from __future__ import annotations

from typing import Any

from flows import strict_json
from flows.paging import Window
from flows.webhooks import deliveries
from flows.webhooks.deliveries import Filters
from flows.webhooks.delivery import deliver
from flows.webhooks.fan_out import fan_out
from flows.webhooks.queue import Message

from .conftest import ACCOUNT, Platform


def send(event: dict[str, Any], account_id: str = ACCOUNT) -> int:
    detail = {"account_id": account_id, "depth": 0, "event": event}
    [outcome] = fan_out([strict_json.dumps({"detail": detail})])
    if isinstance(outcome, Exception):
        raise outcome
    return int(outcome["deliveries"])


def run(aws: Platform) -> list[str]:
    """Deliver what is on the queue now."""
    return [deliver(message_of(message)) for message in aws.messages()]


def message_of(message: dict[str, Any]) -> Message:
    return Message(*(message[name] for name in ("account_id", "webhook_id", "delivery_id", "turn")))


def only(webhook_id: str) -> Any:
    [found] = deliveries.listed(ACCOUNT, webhook_id, Window(), Filters()).items
    return found
