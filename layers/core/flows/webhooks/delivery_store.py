"""Deliveries in DynamoDB. Every change is conditional: of two workers one makes it, and the other learns that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flows import strict_json
from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item, Write
from flows.webhooks.due_index import shard_of
from flows.webhooks.records import Delivery, Endpoint, body_key, delivery_key, endpoint_key, partition, status_partition

KEPT = timedelta(days=32)
"""How long deliveries and their bodies are kept: the 30 days that are promised, and what a redelivery on the last of them takes."""

LEASE = 60
"""Seconds that an attempt belongs to who claimed it: longer than the delivery function runs, shorter than its queue's
visibility timeout, after which a message whose worker died comes again."""

QUEUE_GRACE = timedelta(minutes=15)
"""A message that has not been handled so long after its time counts as lost: the due index sends another."""

MOST_REOPENED = 99
"""Deliveries that one transaction makes due: of its 100 writes one looks at the endpoint."""

MAX_ATTEMPTS_KEPT = 30
"""Attempts that a delivery shows: of one that was redelivered again and again, the latest."""


class Missing(Exception):
    """There is no such delivery."""


def was_asked_for(new: Item, old: Item) -> bool:
    """Whether a change of the table, as its stream tells it, asks for a message on the queue."""
    return bool(new.get("asked")) and new["asked"] != old.get("asked")


def get(account_id: str, webhook_id: str, delivery_id: str) -> Delivery | None:
    item = tables.get(settings().webhooks_table, partition(account_id, webhook_id), delivery_key(delivery_id), consistent=True)
    return Delivery.of(item) if item else None


def with_body(account_id: str, webhook_id: str, delivery_id: str) -> tuple[Delivery, bytes | None] | None:
    """A delivery and what it sends, if the endpoint is there, in one call."""
    pk = partition(account_id, webhook_id)
    keys = [(account_id, endpoint_key(webhook_id)), (pk, delivery_key(delivery_id)), (pk, body_key(delivery_id))]
    endpoint, delivery, body = map(tables.get_many(settings().webhooks_table, keys, consistent=True).get, keys)
    if endpoint is None or delivery is None:
        return None
    return Delivery.of(delivery), body["body"].encode() if body else None


def endpoint_and_body(delivery: Delivery) -> tuple[Endpoint | None, bytes | None]:
    """The endpoint as it is now, and the bytes to send, in one call; None: deleted, or expired."""
    keys = [(delivery.account_id, endpoint_key(delivery.webhook_id)), (delivery.pk, body_key(delivery.id))]
    endpoint, body = map(tables.get_many(settings().webhooks_table, keys, consistent=True).get, keys)
    return Endpoint.of(endpoint) if endpoint else None, body["body"].encode() if body else None


def claim(account_id: str, webhook_id: str, delivery_id: str, turn: int, owner: str) -> tuple[bool, Delivery | None]:
    """Take an attempt.

    Args:
        turn: the attempt's number, as the message names it.
        owner: a token of this worker: a repeat of the call whose answer was lost finds its own claim.

    Returns:
        Whether the attempt is this worker's - not when it has been made, or is being made - and the delivery as it is now, if it is there.
    """
    now = clock.now()
    try:
        item = tables.update(
            settings().webhooks_table,
            partition(account_id, webhook_id),
            delivery_key(delivery_id),
            # What asked for the message has been heard: later changes need not be looked at by the stream.
            "SET #owner = :owner, lease = :lease REMOVE asked",
            {
                ":owner": owner,
                ":lease": clock.iso(now + timedelta(seconds=LEASE)),
                ":now": clock.iso(now),
                ":turn": turn,
                ":pending": "pending",
            },
            names={"#owner": "owner", "#status": "status"},
            condition="#status = :pending AND turn = :turn AND (attribute_not_exists(#owner) OR #owner = :owner OR lease <= :now)",
        )
    except ConditionFailed as failed:
        return False, Delivery.of(failed.item) if failed.item is not None else None
    return True, Delivery.of(item)


def postpone(delivery: Delivery, at: datetime, due: datetime, slot_turn: int) -> bool:
    """Give the claimed attempt back, to be made at another time.

    Args:
        at: when.
        due: when the due index is to look after it.
        slot_turn: the attempt for which a slot was given, or 0.
    """
    return _settle(
        delivery,
        "SET next_attempt_at = :at, dsk = :due, slot_turn = :slot REMOVE #owner, lease",
        {":at": clock.iso(at), ":due": clock.iso(due), ":slot": slot_turn},
    )


def record_retry(delivery: Delivery, attempt: dict[str, Any], at: datetime, due: datetime) -> bool:
    """Record a failed attempt, and when the next one comes."""
    return _settle(
        delivery,
        "SET turn = turn + :one, tries = tries + :one, attempts = :attempts, next_attempt_at = :at, dsk = :due REMOVE #owner, lease",
        {":one": 1, ":attempts": _attempts(delivery, attempt), ":at": clock.iso(at), ":due": clock.iso(due)},
    )


def record_end(delivery: Delivery, status: str, attempt: dict[str, Any] | None, note: str = "") -> bool:
    """Record the last attempt, if there was one, and the end.

    Args:
        status: ``succeeded`` or ``failed``; what failed stays in the index, to be redelivered.
        note: why, when no attempt tells it.
    """
    expression = "SET #status = :status, turn = turn + :one, completed_at = :now"
    values: dict[str, Any] = {":status": status, ":one": 1, ":now": clock.now_iso()}
    if attempt is not None:
        expression += ", tries = tries + :one, attempts = :attempts"
        values[":attempts"] = _attempts(delivery, attempt)
    if note:
        expression += ", note = :note"
        values[":note"] = note
    removed = "REMOVE #owner, lease, next_attempt_at, dpk, dsk"
    if status == "failed":
        expression += ", lpk = :lpk"
        values[":lpk"] = status_partition(delivery.account_id, delivery.webhook_id, "failed")
    else:
        removed += ", lpk, lsk"
    return _settle(delivery, f"{expression} {removed}", values, {"#status": "status"})


def reopen(account_id: str, webhook_id: str, delivery_id: str) -> Delivery | None:
    """Make a delivery due at once, its schedule from the beginning. The table's stream puts it on the queue.

    Returns:
        The delivery; None when an attempt is under way.

    Raises:
        Missing: there is none.
    """
    write = _reopening(account_id, webhook_id, delivery_id, failed_only=False)
    try:
        item = tables.update(
            write.table,
            write.key["pk"],
            write.key["sk"],
            write.update,
            write.values,
            names=write.names,
            condition=write.condition,
        )
    except ConditionFailed as failed:
        if failed.item is None:
            raise Missing from None
        if failed.item.get("asked") != write.values[":token"]:
            return None
        item = failed.item  # our own write, whose answer was lost
    return Delivery.of(item)


def reopen_failed(account_id: str, webhook_id: str, delivery_ids: Sequence[str]) -> int:
    """Make failed deliveries of an endpoint due at once, all or nothing; those that have been sent again meanwhile are left out.

    Args:
        delivery_ids: at most :data:`MOST_REOPENED`.

    Returns:
        How many.

    Raises:
        ConditionFailed: the endpoint is gone, or disabled.
    """
    left = list(delivery_ids)
    endpoint = Write(
        "check",
        settings().webhooks_table,
        {"pk": account_id, "sk": endpoint_key(webhook_id)},
        condition="enabled = :true",
        values={":true": True},
    )
    while left:
        writes = [_reopening(account_id, webhook_id, one, failed_only=True) for one in left]
        try:
            # The token makes a repeat of the call, whose answer was lost, return as the first did.
            tables.transact([*writes, endpoint], token=ids.new_token()[:36])
        except ConditionFailed as failed:
            if failed.index == len(left):
                raise
            del left[failed.index]
            continue
        break
    return len(left)


def _reopening(account_id: str, webhook_id: str, delivery_id: str, *, failed_only: bool) -> Write:
    now = clock.now()
    table, pk = settings().webhooks_table, partition(account_id, webhook_id)
    values: dict[str, Any] = {
        ":pending": "pending",
        ":zero": 0,
        ":one": 1,
        ":now": clock.iso(now),
        ":due": clock.iso(now + QUEUE_GRACE),
        ":lpk": status_partition(account_id, webhook_id, "pending"),
        ":id": delivery_id,
        ":shard": shard_of(delivery_id),
        ":token": ids.new_token(),
    }
    if failed_only:
        values[":failed"] = "failed"
    condition = "#status = :failed" if failed_only else "attribute_not_exists(#owner) OR lease <= :now"
    return Write(
        "update",
        table,
        {"pk": pk, "sk": delivery_key(delivery_id)},
        update="SET #status = :pending, turn = turn + :one, tries = :zero, next_attempt_at = :now, slot_turn = :zero, asked = :token,"
        " lpk = :lpk, lsk = :id, dpk = :shard, dsk = :due REMOVE #owner, lease, completed_at, note",
        names={"#status": "status", "#owner": "owner"},
        values=values,
        condition=f"attribute_exists(pk) AND ({condition})",
    )


def remove(delivery: Delivery) -> None:
    """Delete a delivery and its body (of an endpoint that is gone)."""
    tables.delete_many(settings().webhooks_table, [(delivery.pk, delivery.sk), (delivery.pk, body_key(delivery.id))])


def _settle(delivery: Delivery, expression: str, values: dict[str, Any], names: dict[str, str] | None = None) -> bool:
    """Change a delivery whose attempt is ours; False: it is another's by now, and what we know of it counts no more."""
    try:
        tables.update(
            settings().webhooks_table,
            delivery.pk,
            delivery.sk,
            expression.replace("SET ", "SET settled_by = :owner, ", 1),
            {**values, ":owner": delivery.owner, ":turn": delivery.turn},
            names={"#owner": "owner", **(names or {})},
            condition="#owner = :owner AND turn = :turn",
            returns="NONE",
        )
    except ConditionFailed as failed:
        # A lost answer: boto3 asked again, and found what the first call had written.
        return failed.item is not None and failed.item.get("settled_by") == delivery.owner
    return True


def _attempts(delivery: Delivery, attempt: dict[str, Any]) -> str:
    kept: Sequence[dict[str, Any]] = [*delivery.attempts, attempt][-MAX_ATTEMPTS_KEPT:]
    return strict_json.dumps(list(kept))


def expiry(now: datetime) -> int:
    """When what is stored now goes: seconds since 1970."""
    return int((now + KEPT).timestamp())
