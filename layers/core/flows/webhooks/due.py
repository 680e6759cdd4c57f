"""Each minute: attempts whose time has come, when that was too far off for the queue, or whose message got lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.webhooks import queue
from flows.webhooks.delivery_store import QUEUE_GRACE
from flows.webhooks.due_index import shards
from flows.webhooks.queue import Message
from flows.webhooks.records import Delivery

MAX_AT_ONCE = 200
"""Of a shard in one sweep; the rest is due in the next one."""

AHEAD = timedelta(seconds=60)
"""What falls due before the next sweep is put on the queue by this one, with its delay."""

_THREADS = 8


def sweep(now: datetime) -> int:
    """Put what is due on the delivery queue.

    Args:
        now: the present moment.

    Returns:
        How many attempts were put there. Twice is harmless: the attempt is claimed once.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        return sum(pool.map(lambda shard: _sweep_shard(shard, now), shards()))


def _sweep_shard(shard: str, now: datetime) -> int:
    table = settings().webhooks_table
    page = tables.query(
        table,
        "dpk = :shard AND dsk <= :until",
        {":shard": shard, ":until": clock.iso(now + AHEAD)},
        index="due",
        limit=MAX_AT_ONCE,
    )
    items = tables.get_many(table, [(item["pk"], item["sk"]) for item in page.items], consistent=True)
    due = [delivery for item in items.values() if _is_due(delivery := Delivery.of(item), now)]
    by_delay: dict[int, list[Delivery]] = {}
    for delivery in due:
        by_delay.setdefault(_delay(delivery, now), []).append(delivery)
    # First the message, then the note of it: the other way round a crash between them would cost a quarter of an hour.
    for delay, deliveries in by_delay.items():
        queue.send([Message.of(delivery) for delivery in deliveries], delay)
        for delivery in deliveries:
            _look_again(delivery, now)
    return len(due)


def _is_due(delivery: Delivery, now: datetime) -> bool:
    # The index lags: the table says whether it is so still.
    return delivery.status == "pending" and delivery.due is not None and delivery.due <= clock.iso(now + AHEAD)


def _delay(delivery: Delivery, now: datetime) -> int:
    if delivery.next_attempt_at is None:
        return 0
    return max(0, round((clock.parse_iso(delivery.next_attempt_at) - now).total_seconds()))


def _look_again(delivery: Delivery, now: datetime) -> None:
    """Look after it again when the message that was just sent counts as lost, unless an attempt has been made meanwhile."""
    try:
        tables.update(
            settings().webhooks_table,
            delivery.pk,
            delivery.sk,
            "SET dsk = :later",
            {":later": clock.iso(now + QUEUE_GRACE), ":turn": delivery.turn, ":due": delivery.due},
            condition="turn = :turn AND dsk = :due",
            returns="NONE",
        )
    except tables.ConditionFailed:
        return
