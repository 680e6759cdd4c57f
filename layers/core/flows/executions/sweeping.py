"""Each minute: runs that are due and that nobody has taken up."""

from __future__ import annotations

from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.executions.launching import reclaim, revive
from flows.executions.records import SHARDS
from flows.executions.slots import pools

MOST_A_SHARD = 200
"""Runs taken up a shard and minute; the rest stays due."""


def sweep() -> dict[str, int]:
    """Take up what is due.

    Returns:
        How many runs, by what was done with them.
    """
    done: dict[str, int] = {}
    looked_at: set[str] = set()
    table, now = settings().executions_table, clock.now_iso()
    for shard in range(SHARDS):
        page = tables.query(
            table,
            "dpk = :shard AND dsk <= :now",
            {":shard": f"due#{shard}", ":now": now},
            index="due",
            limit=MOST_A_SHARD,
        )
        for key in page.items:
            item = tables.get(table, key["pk"], key["sk"], consistent=True)
            if item is None or "dpk" not in item or item["dsk"] > now:
                continue
            what = revive(item)
            done[what] = done.get(what, 0) + 1
            full = {pool.pk for pool in pools(item)}
            if what == "queued" and not full <= looked_at:
                reclaim(item)
                looked_at |= full
    return done
