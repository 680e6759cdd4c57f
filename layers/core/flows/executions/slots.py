"""Places for runs: at most so many are under way at once, and those that find no place wait in a queue.

There are two kinds of pools: of a workflow (``settings.max_concurrency``, one for each ``concurrency_key``) and of an account (its plan). Both
look the same in the executions table:

    pk                       sk        what
    acct_…#wf_…#slots#<key>  SLOTS     who is in (a set of holders), and ``waiting``: a mark that somebody may be in the queue
    acct_…#slots             SLOTS     likewise, of the account
    (the same)               Q#exec_…  a run that waits

A holder names a run, and is in the set or not: a start or an end that is told twice counts once. Whoever finds no place writes himself into the
queue first and leaves the mark then; whoever gives a place back sees the mark, or the other one sees the place. So nobody is
forgotten in between, and a pool in which nobody waits costs one write to enter and one to leave.

A run keeps its workflow's place to its end, also while it waits: ``max_concurrency: 1`` means one after the other. The account's place it gives back
when it parks, for a wait costs nothing, and takes one again when it goes on, whether there is room or not: what has begun
is not held back (docs/adr/0060-places-of-runs.md). For this a holder in an account's pool names the leg of the run, too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flows.aws import tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item
from flows.executions.records import FINAL, RUN, WAITING, partition

SLOTS = "SLOTS"
ACCOUNT, WORKFLOW = "account_concurrency", "workflow_concurrency"


@dataclass(frozen=True)
class Pool:
    """Where runs take a place.

    Args:
        pk: the partition of its items.
        most: how many may be in at once.
        kind: ``workflow_concurrency`` or ``account_concurrency``: what a run that finds no place is waiting for.
    """

    pk: str
    most: int
    kind: str

    def holder(self, run: Item) -> str:
        """How the run's item stands in the set."""
        leg = run.get("leg", 0) if self.kind == ACCOUNT else 0
        return f"{run['id']}#{leg}" if leg else str(run["id"])


def account_pool(account_id: str, most: int) -> Pool:
    return Pool(f"{account_id}#slots", most, ACCOUNT)


def pools(run: Item) -> list[Pool]:
    """Where a run needs a place, in the order in which it takes them.

    The account's comes last: whoever has that one is under way, so nobody who holds it waits for another.
    """
    found = []
    if run.get("slots"):
        pk = f"{run['account_id']}#{run['workflow_id']}#slots#{run.get('slot_key', '-')}"
        found.append(Pool(pk, run["slots"], WORKFLOW))
    if run.get("account_slots"):
        found.append(account_pool(run["account_id"], run["account_slots"]))
    return found


def take(pool: Pool, run: Item, *, is_next: bool = False) -> bool:
    """Take a place if there is one; a run that has one keeps it.

    Args:
        pool: where.
        run: the run's item.
        is_next: it stands first in the queue; a newcomer takes no place while others wait.
    """
    room = "(attribute_not_exists(running) OR size(running) < :most)"
    if not is_next:
        room = f"(attribute_not_exists(waiting) AND {room})"
    holder = pool.holder(run)
    try:
        _change(
            pool,
            "SET #ttl = :ttl ADD running :holders",
            {":holders": {holder}, ":holder": holder, ":most": pool.most, ":ttl": run["ttl"]},
            condition=f"contains(running, :holder) OR {room}",
            returns="NONE",
        )
    except ConditionFailed:
        return False
    return True


def take_again(pool: Pool, run: Item) -> None:
    """A run that was parked goes on: it is counted, whether there is room or not."""
    _change(pool, "ADD running :holders", {":holders": {pool.holder(run)}}, returns="NONE")


def queue(pool: Pool, run: Item) -> Item:
    """Wait for a place.

    Returns:
        The pool's item, as it is now that those who give a place back know of us.
    """
    entry = {"pk": pool.pk, "sk": _entry(run), "id": run["id"], "account_id": run["account_id"], "ttl": run["ttl"]}
    tables.put(settings().executions_table, entry)
    return _change(pool, "SET waiting = :mark", {":mark": secrets.token_hex(8)})


def leave_queue(pool: Pool, run: Item) -> None:
    tables.delete(settings().executions_table, pool.pk, _entry(run))


def give_back(pool: Pool, *holders: str) -> Item:
    """Free the holders' places. Returns the pool's item as it is now."""
    return _change(pool, "DELETE running :holders", {":holders": set(holders)})


def first_in_queue(pool: Pool, after: str | None) -> tables.Page:
    """Up to ten of those who wait, the longest-waiting first, from a sort key on."""
    start = {"pk": pool.pk, "sk": after} if after else None
    condition = "pk = :pk AND begins_with(sk, :q)"
    table = settings().executions_table
    return tables.query(table, condition, {":pk": pool.pk, ":q": "Q#"}, limit=10, start=start, consistent=True)


def nobody_waits(pool: Pool, seen: str) -> None:
    """Take the mark away, unless somebody has left another one since."""
    try:
        _change(pool, "REMOVE waiting", {":seen": seen}, condition="waiting = :seen", returns="NONE")
    except ConditionFailed:
        return


def waiting_for(run: Item) -> str | None:
    """What a pending run waits for: the ``kind`` of the pool in whose queue it is; None when it is about to start. One call at most."""
    candidates = pools(run)
    if not candidates:
        return None
    found = tables.get_many(settings().executions_table, [(pool.pk, _entry(run)) for pool in candidates], consistent=True)
    return next((pool.kind for pool in candidates if (pool.pk, _entry(run)) in found), None)


def running(account_id: str) -> int:
    """How many runs of an account have a place now."""
    found = tables.get(settings().executions_table, f"{account_id}#slots", SLOTS, consistent=True)
    return len((found or {}).get("running", ()))


def drop_dead(pool: Pool) -> Item | None:
    """Free the places of runs that have ended, are gone or are parked: nobody told of their end, or it was lost.

    Returns:
        The pool's item as it is now, or None where there is none.
    """
    table = settings().executions_table
    found = tables.get(table, pool.pk, SLOTS, consistent=True)
    if not found or not found.get("running"):
        return found
    account_id = pool.pk.partition("#")[0]
    keys = {holder: (partition(account_id, holder.partition("#")[0]), RUN) for holder in found["running"]}
    runs = tables.get_many(table, list(keys.values()), consistent=True)
    dead = [holder for holder, key in keys.items() if not is_in(pool, holder, runs.get(key))]
    return give_back(pool, *dead) if dead else found


def is_in(pool: Pool, holder: str, run: Item | None) -> bool:
    """Whether the holder's place is needed by the run as it is now."""
    if run is None or run["status"] in FINAL:
        return False
    return pool.kind == WORKFLOW or (run["status"] != WAITING and pool.holder(run) == holder)


def _entry(run: Item) -> str:
    return f"Q#{run['id']}"


def _change(pool: Pool, expression: str, given: dict[str, Any], *, condition: str = "", returns: str = "ALL_NEW") -> Item:
    names = {"#ttl": "ttl"} if "#ttl" in expression else None
    return tables.update(
        settings().executions_table, pool.pk, SLOTS, expression, given, names=names, condition=condition, returns=returns
    )
