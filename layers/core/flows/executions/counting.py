"""How many runs a workflow has, exactly, without reading all of them each time: what was counted once is remembered.

Runs sort by their start. A stretch of them that lies back gains none any more, and loses one only when its time to live is over, which
is known from its end on. So who has counted such a stretch keeps how many runs are in it, and until when that holds, in one item of the
workflow: no run costs a write for it. A run that is written long after the moment in its id (a late event, the child of a run that has
waited) drops what is remembered, before it is written, and for a while nothing is remembered: nobody can keep what it counted before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, pairwise
from typing import Any

from flows import strict_json
from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item
from flows.executions.records import FINAL

LATE = timedelta(hours=1)
"""From then on a run that is written is late."""
SETTLED = timedelta(minutes=80)
"""Nothing but late runs is written into what is older; the index may lag behind by the difference, and a worker may take as long."""
_QUIET_SECONDS = 20 * 60
"""After a late run nothing is remembered."""
_TOLD_SECONDS = 10 * 60
"""So long the late runs that follow need not be told."""
_KEPT_SECONDS = 30 * 86_400
_DAY = 86_400
"""A run under way ends now at the earliest, and stays for a day at least."""
_NEVER = 2**40
_MOST_STRETCHES = 1_000
_MOST_WITH_ENDS = 2

_SK = "COUNTED"

_told: dict[str, int] = {}


@dataclass(frozen=True)
class Stretch:
    """Runs with ids after those of the stretch before.

    Args:
        last: the greatest id that belongs to it.
        count: runs that stay until `until`.
        until: epoch seconds; then it has to be counted again.
        ends: epoch seconds at which further runs of it expire, one each, in order.
    """

    last: str
    count: int
    until: int
    ends: tuple[int, ...] = ()

    def alive(self, now: int) -> int | None:
        """Runs that are not over; None: unknown."""
        return None if now >= self.until else self.count + len(self.ends) - bisect_right(self.ends, now)

    def packed(self) -> list[Any]:
        return [self.last, self.count, self.until, *self.ends[:1], *(later - end for end, later in pairwise(self.ends))]

    @classmethod
    def read(cls, packed: list[Any]) -> Stretch:
        last, count, until, *ends = packed
        return cls(last, count, until, tuple(accumulate(ends)))


def total(account_id: str, workflow_id: str, read: Sequence[tables.Page]) -> int:
    """Count a workflow's runs: no call where all have been read, else one as a rule.

    Args:
        account_id, workflow_id: whose.
        read: its newest runs, read just now, backwards and without a gap.
    """
    newest: list[str] = [item["lsk"] for page in read for item in page.items]
    following = read[-1].next_key if read else None
    if following is None:
        return len(newest)
    reached: str = following["lsk"]
    now = clock.epoch()
    item = tables.get(settings().executions_table, _key(account_id, workflow_id), _SK, consistent=True) or {}
    known = [Stretch.read(packed) for packed in strict_json.loads(item.get("stretches", "[]"))]
    counted: list[Stretch] = []
    after = ""
    for stretch in known:
        if stretch.alive(now) is not None:
            counted.append(stretch)
        else:
            by_one = sum(bool(one.ends) for one in counted) < _MOST_WITH_ENDS
            for last, runs in _pages(account_id, workflow_id, after, stretch.last):
                counted.append(_stretch(last or stretch.last, runs, now, by_one=by_one))
        after = stretch.last
    rest = sum(one > after for one in newest)
    if reached > after:
        rest = 0
        settled = ids.floor_id("exec", clock.now() - SETTLED)
        for last, runs in _pages(account_id, workflow_id, after, "exec_~"):
            if last and last < settled and len(counted) < _MOST_STRETCHES:
                counted.append(_stretch(last, runs, now, by_one=False))
            else:
                rest += len(runs)
    counted = _tidy(counted, now)
    if counted != known and now >= item.get("late", 0) + _QUIET_SECONDS:
        _remember(account_id, workflow_id, counted, item)
    return rest + sum(stretch.alive(now) or 0 for stretch in counted)


def before_writing(account_id: str, workflow_id: str, execution_id: str) -> None:
    """To be called before a run is written: one that is late drops what is remembered."""
    if execution_id >= ids.floor_id("exec", clock.now() - LATE):
        return
    now, key = clock.epoch(), _key(account_id, workflow_id)
    if now - _told.get(key, 0) < _TOLD_SECONDS:
        return
    tables.put(settings().executions_table, {"pk": key, "sk": _SK, "late": now, "ttl": now + _KEPT_SECONDS})
    if len(_told) >= 1_000:
        _told.clear()
    _told[key] = now


def _key(account_id: str, workflow_id: str) -> str:
    return f"{account_id}#{workflow_id}#counted"


def _pages(account_id: str, workflow_id: str, after: str, last: str) -> Iterator[tuple[str, list[Item]]]:
    """The runs between two ids, the second one's included, as many at once as one call reads, with the id that it came to ("" at the end)."""
    given = {":p": f"{account_id}#{workflow_id}", ":first": f"{after}!" if after else "exec_", ":last": last}
    start = None
    while True:
        page = tables.query(
            settings().executions_table,
            "wpk = :p AND lsk BETWEEN :first AND :last",
            given,
            index="by_workflow",
            start=start,
            attributes=("status", "ttl"),
        )
        start = page.next_key
        yield start["lsk"] if start else "", page.items
        if start is None:
            return


def _stretch(last: str, runs: Sequence[Item], now: int, *, by_one: bool) -> Stretch:
    """What is known of the runs of a stretch; with `by_one` also when each of them that has ended expires."""
    ends = sorted(int(run["ttl"]) for run in runs if by_one and run["status"] in FINAL)
    others = [int(run["ttl"]) for run in runs if not (by_one and run["status"] in FINAL)]
    changes = [now + _DAY for run in runs if run["status"] not in FINAL]
    return Stretch(last, len(others), min([_NEVER, *others, *changes]), tuple(ends))


def _tidy(stretches: Sequence[Stretch], now: int) -> list[Stretch]:
    """The same, those that are over become one with the next that is: their runs may still be in the table, and are not looked at again."""
    found: list[Stretch] = []
    for stretch in stretches:
        is_over = stretch.alive(now) == 0
        if is_over and found and found[-1].alive(now) == 0:
            found.pop()
        found.append(Stretch(stretch.last, 0, _NEVER) if is_over else stretch)
    return found


def _remember(account_id: str, workflow_id: str, stretches: Sequence[Stretch], seen: Item) -> None:
    item: Item = {"pk": _key(account_id, workflow_id), "sk": _SK, "ttl": clock.epoch() + _KEPT_SECONDS}
    item["stretches"] = strict_json.dumps([stretch.packed() for stretch in stretches])
    condition, given = "attribute_not_exists(late)", {}
    if "late" in seen:
        item["late"] = seen["late"]
        condition, given = "late = :late", {":late": seen["late"]}
    try:
        tables.put(settings().executions_table, item, condition, values=given)
    except ConditionFailed:
        return  # a late run has come meanwhile
