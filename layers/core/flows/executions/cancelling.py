"""Cancelling a run: what nobody is at work on ends in the request itself; what a walker has is asked to end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from flows import strict_json
from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item
from flows.errors import Conflict
from flows.executions.ending import END_NAMES, end_attributes
from flows.executions.records import CANCELLED, COMPLETED, FAILED, FINAL, LOST_AFTER, PENDING, RUN, due
from flows.executions.service import Execution, read_whole, shown


def cancel(account_id: str, execution_id: str) -> Execution:
    """Ask a run to end: one read, one write.

    One that has not started, or waits, ends at once: its machine, if it has one, is told by the table's stream. One at work sees between
    two nodes that it is to end; one that waits for a run of another workflow is woken, and asks that run to end first.

    Raises:
        NotFound: no such run.
        Conflict: it has ended already.
    """
    item, pages = read_whole(account_id, execution_id)
    if item["status"] in FINAL:
        raise Conflict("The execution has ended", {"status": item["status"]})
    ended = _end(item, pages)
    if ended is not None:
        return shown(ended, pages)
    return shown(_ask(item), pages)


def _end(item: Item, pages: Sequence[Item] | None) -> Item | None:
    """End a run that no walker has. None: one has it, or got it, or an answer came: of two that claim a run one wins."""
    if item["status"] == PENDING and "turn" not in item:
        condition, seen = "#status = :pending AND attribute_not_exists(turn)", {":pending": PENDING}
    elif item.get("park_token") and not _waits_for_another(pages):
        condition, seen = "park_token = :token AND answers = :seen", {":token": item["park_token"], ":seen": item["answers"]}
    else:
        return None
    owner = f"cancel-{secrets.token_hex(8)}"
    expression, given = end_attributes({**item, "lease_owner": owner}, CANCELLED, None, None, _usage(item, pages))
    try:
        return tables.update(
            settings().executions_table, item["pk"], RUN, expression, {**given, **seen}, names=END_NAMES, condition=condition
        )
    except ConditionFailed as failed:
        # A lost answer: boto3 asked again, and found what the first call had written.
        return failed.item if failed.item is not None and failed.item.get("ended_by") == owner else None


def _waits_for_another(pages: Sequence[Item] | None) -> bool:
    """Whether a node waits for a run of another workflow; a node that waits for something else may look like it, and costs a turn."""
    return any('"execution"' in page["state"] for page in (pages or [])[-1:])


def _ask(item: Item) -> Item:
    """Leave word for the walker, and wake it if it has parked; the sweeper looks whether it was heard."""
    again = due(item["id"], clock.now() + LOST_AFTER)
    try:
        return tables.update(
            settings().executions_table,
            item["pk"],
            RUN,
            "SET cancel_requested = :yes, answers = if_not_exists(answers, :zero) + :one, dpk = :dpk, dsk = :dsk, wake = :wake",
            {
                ":yes": True,
                ":wake": f"cancel-{secrets.token_hex(8)}",
                ":zero": 0,
                ":one": 1,
                ":dpk": again["dpk"],
                ":dsk": again["dsk"],
                ":a": COMPLETED,
                ":b": FAILED,
                ":c": CANCELLED,
            },
            names={"#status": "status"},
            condition="NOT #status IN (:a, :b, :c)",
        )
    except ConditionFailed as failed:
        raise Conflict("The execution has ended", {"status": failed.item["status"] if failed.item else None}) from None


def _usage(item: Item, pages: Sequence[Item] | None) -> dict[str, Any]:
    """What the run took so far, as its last turn has told, and this write."""
    if pages and "u" in (state := strict_json.stored(pages[-1]["state"])):
        busy, transitions, invocations, reads, writes = state["u"]
    else:
        turns = item.get("turn", 0)
        busy, transitions, invocations, reads, writes = 0, 3 * turns, 2 * turns, 0, turns
    return {
        "state_transitions": transitions + 1 if item.get("turn") else 0,
        "invocations": invocations,
        "duration_ms": busy,
        "read_units": reads,
        "write_units": writes + 1,
    }
