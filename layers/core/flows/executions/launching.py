"""From a pending run to a running machine: called by the stream's relay at once, and by the sweeper when that was lost.

Both may happen twice and at once: a machine's name can be taken only once, and a slot knows its runs by id.
"""

from __future__ import annotations

from datetime import timedelta

from flows.aws import clock, tables
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item
from flows.executions.records import FINAL, PENDING, RUN, due, machine_input, machine_name, partition

QUEUED_AGAIN_AFTER = timedelta(minutes=5)
"""How often the sweeper looks whether a run that waits for a slot can start after all."""


def launch(item: Item) -> str:
    """Start the machine of a pending run, if the workflow's ``max_concurrency`` lets it.

    Args:
        item: the run's item.

    Returns:
        ``started``, ``queued`` or ``taken`` (a machine of that name is there already).
    """
    if item.get("slots") and not _take_slot(item):
        return "queued"
    return start_machine(item)


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


def slot_partition(item: Item) -> str:
    return f"{item['account_id']}#{item['workflow_id']}#slots#{item.get('slot_key', '-')}"


def _take_slot(item: Item) -> bool:
    table, pk, run = settings().executions_table, slot_partition(item), item["id"]
    # Into the queue first: a slot that is freed between the try and the queueing would wake nobody.
    tables.put(table, {"pk": pk, "sk": f"Q#{run}", "id": run, "account_id": item["account_id"], "ttl": item["ttl"]})
    try:
        tables.update(
            table,
            pk,
            "SLOTS",
            "ADD running :run",
            {":run": {run}, ":id": run, ":most": item["slots"]},
            condition="attribute_not_exists(running) OR size(running) < :most OR contains(running, :id)",
            returns="NONE",
        )
    except ConditionFailed:
        return False
    tables.delete(table, pk, f"Q#{run}")
    return True


def release(item: Item) -> None:
    """A run has ended: its slot is free, and the longest-waiting run takes it."""
    if not item.get("slots"):
        return
    table, pk = settings().executions_table, slot_partition(item)
    tables.delete(table, pk, f"Q#{item['id']}")
    tables.update(table, pk, "SLOTS", "DELETE running :run", {":run": {item["id"]}}, returns="NONE")
    waiting = tables.query(table, "pk = :pk AND begins_with(sk, :q)", {":pk": pk, ":q": "Q#"}, limit=5, consistent=True)
    for entry in waiting.items:
        run = tables.get(table, partition(item["account_id"], entry["id"]), RUN, consistent=True)
        if run is None or run["status"] in FINAL:
            tables.delete(table, pk, entry["sk"])
            continue
        if launch(run) == "queued":
            return


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
