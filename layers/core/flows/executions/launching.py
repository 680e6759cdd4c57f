"""From a pending run to a running machine: called by the stream's relay at once, and by the sweeper when that was lost.

Both may happen twice and at once: a machine's name can be taken only once, and a place (``slots``) knows its runs by id.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flows.accounts import allowance
from flows.aws import clock, tables
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item
from flows.executions import slots
from flows.executions.records import FINAL, PENDING, RUN, due, machine_input, machine_name, partition
from flows.executions.slots import Pool

QUEUED_AGAIN_AFTER = timedelta(minutes=5)
"""How often the sweeper looks whether a run that waits for a place can start after all."""


def launch(run: Item) -> str:
    """Start the machine of a pending run, if its workflow's ``max_concurrency`` and its account's plan leave it a place.

    Args:
        run: the run's item, as it is or as it once was: a stream's record may come late.

    Returns:
        ``started``, ``queued``, ``taken`` (a machine of that name is there already) or ``ended``.
    """
    return _enter(run, slots.pools(run))


def _enter(run: Item, wanted: list[Pool]) -> str:
    for pool in wanted:
        if not slots.take(pool, run):
            return _admit(pool, slots.queue(pool, run)).get(run["id"], "queued")
    if slots.pools(run):
        # Looked at after the place is ours: a run that ends or parks frees its place before this look or after it, never unseen.
        fresh = tables.get(settings().executions_table, run["pk"], RUN, consistent=True)
        for pool in slots.pools(run):
            _free_unless_in(pool, run, fresh)
        if fresh is None or fresh["status"] in FINAL:
            return "ended"
    return start_machine(run)


def _free_unless_in(pool: Pool, run: Item, fresh: Item | None) -> None:
    if not slots.is_in(pool, pool.holder(run), fresh):
        _admit(pool, slots.give_back(pool, pool.holder(run)))


def _admit(pool: Pool, state: Item) -> dict[str, str]:
    """Let in who has waited longest, as many as there is room for.

    Args:
        pool: whose queue.
        state: the pool's item.

    Returns:
        The runs that have a place here now, by id, with what became of them (as :func:`launch` tells).
    """
    admitted: dict[str, str] = {}
    if "waiting" not in state:
        return admitted
    pool = _as_it_is_now(pool)
    room = pool.most - len(state.get("running", ()))
    after: str | None = None
    while room > 0:
        page = slots.first_in_queue(pool, after)
        for entry in page.items:
            if room <= 0:
                return admitted
            run = tables.get(settings().executions_table, partition(entry["account_id"], entry["id"]), RUN, consistent=True)
            if run is None or run["status"] in FINAL:
                slots.leave_queue(pool, entry)
                continue
            if not slots.take(pool, run, is_next=True):
                return admitted
            slots.leave_queue(pool, run)
            room -= 1
            admitted[run["id"]] = _enter(run, _behind(pool, run))
        if page.next_key is None:
            slots.nobody_waits(pool, state["waiting"])
            return admitted
        after = page.next_key["sk"]
    return admitted


def _behind(pool: Pool, run: Item) -> list[Pool]:
    """The pools that the run has to enter after this one."""
    wanted = slots.pools(run)
    return wanted[[one.pk for one in wanted].index(pool.pk) + 1 :]


def _as_it_is_now(pool: Pool) -> Pool:
    """The pool with the limit that holds now: a run knows that of the time of its start, and may have waited since."""
    if pool.kind != slots.ACCOUNT:
        return pool
    return replace(pool, most=allowance.most_runs_now(pool.pk.partition("#")[0], pool.most))


def start_machine(item: Item) -> str:
    """Start the machine of the run's present attempt."""
    states = client("stepfunctions")
    try:
        states.start_execution(
            stateMachineArn=settings().state_machine_arn,
            name=machine_name(item["id"], item.get("machine_attempt", 1)),
            input=machine_input(item["account_id"], item["id"]),
        )
    except states.exceptions.ExecutionAlreadyExists:
        return "taken"
    return "started"


def release(run: Item) -> None:
    """A run has ended: its places are free, and the longest-waiting runs take them."""
    for pool in reversed(slots.pools(run)):
        if "turn" not in run:
            slots.leave_queue(pool, run)  # it never began
        _admit(pool, slots.give_back(pool, pool.holder(run)))


def parked(run: Item) -> None:
    """A run waits for a time or an answer: its account's place is free for another run meanwhile."""
    for pool in slots.pools(run):
        if pool.kind == slots.ACCOUNT:
            _admit(pool, slots.give_back(pool, pool.holder(run)))


def resumed(run: Item) -> None:
    """A run goes on after a wait: its account counts it again. Told late, it may have ended or parked again meanwhile."""
    for pool in slots.pools(run):
        if pool.kind == slots.ACCOUNT:
            slots.take_again(pool, run)
            _free_unless_in(pool, run, tables.get(settings().executions_table, run["pk"], RUN, consistent=True))


def reclaim(run: Item) -> None:
    """A run has waited long for a place: free those of runs whose end was lost, and let in whom there is room for."""
    for pool in slots.pools(run):
        state = slots.drop_dead(pool)
        if state is not None:
            _admit(pool, state)


def revive(item: Item) -> str:
    """Take up a run that is due: never started, or with an answer that may have woken nobody, or with a dead machine.

    Returns:
        What was done, for the log.
    """
    if item["status"] in FINAL:
        _not_due(item)
        return "ended"
    token = item.get("park_token")
    if token:
        from flows.executions.waking import send

        _due_again(item, timedelta(seconds=90))
        if send(token):
            return "woken"
    state = _machine_state(item)
    if state is None:
        if item["status"] == PENDING:
            _due_again(item, QUEUED_AGAIN_AFTER)
            return launch(item)
        return start_machine(item)
    if state == "RUNNING":
        _due_again(item, timedelta(seconds=90))
        return "running"
    # The machine of this attempt has ended and the run has not: the next attempt takes it up from its journal.
    attempt = item.get("machine_attempt", 1)
    try:
        item = tables.update(
            settings().executions_table,
            item["pk"],
            RUN,
            "SET machine_attempt = :next, dsk = :later",
            {":next": attempt + 1, ":now": attempt, ":later": clock.iso(clock.now() + timedelta(seconds=90))},
            condition="machine_attempt = :now",
        )
    except ConditionFailed:
        return "running"
    return start_machine(item)


def _machine_state(item: Item) -> str | None:
    states = client("stepfunctions")
    arn = settings().state_machine_arn.replace(":stateMachine:", ":execution:")
    name = machine_name(item["id"], item.get("machine_attempt", 1))
    try:
        status: str = states.describe_execution(executionArn=f"{arn}:{name}")["status"]
    except states.exceptions.ExecutionDoesNotExist:
        return None
    return status


def _due_again(item: Item, after: timedelta) -> None:
    again = due(item["id"], clock.now() + after)
    try:
        tables.update(
            settings().executions_table,
            item["pk"],
            RUN,
            "SET dsk = :dsk",
            {":dsk": again["dsk"]},
            condition="attribute_exists(dpk)",
            returns="NONE",
        )
    except ConditionFailed:
        return  # a walker has taken it up meanwhile


def _not_due(item: Item) -> None:
    tables.update(settings().executions_table, item["pk"], RUN, "REMOVE dpk, dsk", returns="NONE")
