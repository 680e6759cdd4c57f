"""The delivery queue: one message an attempt, the endpoint as its group.

On a standard queue the group makes it fair: an endpoint with many messages under way yields to the others (SQS fair queues).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flows import strict_json
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.webhooks.records import Delivery

LONGEST_DELAY = 900
"""Seconds that SQS can hold a message back."""


class SendFailed(Exception):
    """SQS did not take some of the messages."""


@dataclass(frozen=True)
class Message:
    """An attempt to be made.

    Args:
        turn: which attempt over the delivery's life; a message for another one than the next counts for nothing.
    """

    account_id: str
    webhook_id: str
    delivery_id: str
    turn: int

    @classmethod
    def of(cls, delivery: Delivery) -> Message:
        """The message for the delivery's next attempt."""
        return cls(delivery.account_id, delivery.webhook_id, delivery.id, delivery.turn)

    @classmethod
    def read(cls, text: str) -> Message:
        """Read a message's body."""
        value = strict_json.loads(text)
        return cls(str(value["account_id"]), str(value["webhook_id"]), str(value["delivery_id"]), int(value["turn"]))

    def text(self) -> str:
        return strict_json.dumps(
            {
                "account_id": self.account_id,
                "webhook_id": self.webhook_id,
                "delivery_id": self.delivery_id,
                "turn": self.turn,
            }
        )


def send(messages: Sequence[Message], delay: float = 0) -> None:
    """Put messages on the queue, ten a call.

    Args:
        messages: the attempts.
        delay: seconds, up to :data:`LONGEST_DELAY`.

    Raises:
        SendFailed: SQS refused some; those that it took may be taken twice when this is repeated, which harms nothing.
    """
    for start in range(0, len(messages), 10):
        _send_batch(messages[start : start + 10], round(min(max(0.0, delay), LONGEST_DELAY)))


def _send_batch(messages: Sequence[Message], delay: int) -> None:
    entries: list[dict[str, Any]] = [
        {"Id": str(number), "MessageBody": message.text(), "MessageGroupId": message.webhook_id, "DelaySeconds": delay}
        for number, message in enumerate(messages)
    ]
    answer = client("sqs").send_message_batch(QueueUrl=settings().delivery_queue_url, Entries=entries)
    if answer.get("Failed"):
        raise SendFailed(f"{len(answer['Failed'])} of {len(entries)} messages were not taken: {answer['Failed'][0].get('Code')}")
