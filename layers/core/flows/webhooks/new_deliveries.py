"""Deliveries as they begin: stored once, however often that is asked for, with the bytes that they send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item, Write
from flows.webhooks.delivery_store import QUEUE_GRACE, expiry
from flows.webhooks.due_index import shard_of
from flows.webhooks.records import Delivery, body_key, delivery_key, partition, status_partition


@dataclass(frozen=True)
class NewDelivery:
    """One event for one endpoint.

    Args:
        id: derived from event and endpoint.
        event: the event that it is about.
        body: what is to be sent.
        note: see :class:`Delivery`.
    """

    id: str
    account_id: str
    webhook_id: str
    event: dict[str, Any]
    body: str
    note: str = ""

    def item(self, now: datetime) -> Item:
        """The delivery, due at once."""
        item: Item = {
            "pk": partition(self.account_id, self.webhook_id),
            "sk": delivery_key(self.id),
            "id": self.id,
            "event_id": self.event["id"],
            "event_type": self.event["type"],
            "created_at": clock.iso(now),
            "status": "pending",
            "turn": 1,
            "tries": 0,
            "next_attempt_at": clock.iso(now),
            "lpk": status_partition(self.account_id, self.webhook_id, "pending"),
            "lsk": self.id,
            "dpk": shard_of(self.id),
            "dsk": clock.iso(now + QUEUE_GRACE),
            "ttl": expiry(now),
        }
        return item | ({"note": self.note} if self.note else {})

    def payload(self, now: datetime) -> Item:
        """Its bytes, as text."""
        pk = partition(self.account_id, self.webhook_id)
        return {"pk": pk, "sk": body_key(self.id), "body": self.body, "ttl": expiry(now)}


def store(new: Sequence[NewDelivery]) -> list[Delivery | Exception]:
    """Store deliveries whose messages the caller sends; one that is there already stays as it is.

    Args:
        new: at most 25, for their bodies go in one call. One may stand there twice: SQS may bring an event so.

    Returns:
        For each the delivery as it is stored, or why it could not be.
    """
    now, table = clock.now(), settings().webhooks_table
    # The bodies first: a delivery never stands without its own, and a repeat writes the same ones.
    try:
        tables.put_many(table, list({each.id: each.payload(now) for each in new}.values()))
    except Exception as error:  # each of these comes again
        return [error] * len(new)
    return [_stored(table, each.item(now)) for each in new]


def _stored(table: str, item: Item) -> Delivery | Exception:
    try:
        tables.put(table, item, "attribute_not_exists(pk)")
    except ConditionFailed as failed:
        return Delivery.of(failed.item or item)
    except Exception as error:  # this one comes again, the others are not held up
        return error
    return Delivery.of(item)


def store_asked_for(new: NewDelivery) -> Delivery:
    """Store a delivery that somebody asked for, in one transaction: the table's stream puts it on the queue (``asked``)."""
    now, table = clock.now(), settings().webhooks_table
    item = {**new.item(now), "asked": ids.new_token()}
    try:
        tables.transact([Write("put", table, item, condition="attribute_not_exists(pk)"), Write("put", table, new.payload(now))])
    except ConditionFailed as failed:
        return Delivery.of(failed.item or item)
    return Delivery.of(item)
