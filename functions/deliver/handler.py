"""One attempt of one delivery."""

from __future__ import annotations

from typing import Any

from flows.aws import sqs_batch
from flows.webhooks.delivery import deliver
from flows.webhooks.queue import Message


def handler(event: dict[str, Any], _context: Any = None) -> dict[str, Any]:
    """Lambda entry point: messages of the delivery queue."""

    def act(text: str) -> dict[str, Any]:
        message = Message.read(text)
        outcome = deliver(message)
        return {
            "account_id": message.account_id,
            "webhook_id": message.webhook_id,
            "delivery_id": message.delivery_id,
            "turn": message.turn,
            "outcome": outcome,
        }

    return sqs_batch.handle("deliver", event, act)
