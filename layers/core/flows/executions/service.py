"""Runs as callers know them: start, look, list, cancel, retry, wait."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows import strict_json
from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item
from flows.errors import Conflict, NotFound, invalid
from flows.executions import logs, slots, values, waking
from flows.executions.ending import END_NAMES, end_attributes
from flows.executions.records import CANCELLED, COMPLETED, FAILED, FINAL, LOST_AFTER, PENDING, RUN, due, partition, summary_of
from flows.executions.starting import Started, start
from flows.executions.waking import answer
from flows.paging import Key, Listed, Window, walk
from flows.workflows import pinning

__all__ = ["Execution", "Started", "answer", "cancel", "get", "listed", "read_logs", "retry", "start", "wait"]

LONGEST_WAIT_SECONDS = 25.0
"""API Gateway ends a request after 29 seconds."""

CANCEL_SECONDS = 3.0
"""How long a cancel waits to show the run's end."""


@dataclass(frozen=True)
class Execution:
    """A run with what callers may see of it.

    Args:
        view: the API's fields.
        logs_next: where its logs go on, when they are more than fit.
    """

    view: dict[str, Any]
    logs_next: logs.Position | None = None


def read(account_id: str, execution_id: str) -> Item:
    """The run's item, consistently read.

    Raises:
        NotFound: the account has no such run (or it has expired).
    """
    found = None
    if ids.is_id("exec", execution_id):
        found = tables.get(settings().executions_table, partition(account_id, execution_id), RUN, consistent=True)
    if found is None:
        raise NotFound("Execution not found")
    return found


def get(account_id: str, execution_id: str, *, with_logs: bool = True) -> Execution:
    """A run, with its logs up to 1 MB."""
    return _execution(read(account_id, execution_id), with_logs)


def _execution(item: Item, with_logs: bool = True) -> Execution:
    has_begun = item["status"] != PENDING or "turn" in item
    found = logs.read(item) if with_logs and has_begun else logs.Logs([], None)
    waits = None if has_begun else slots.waiting_for(item)
    view = {
        **summary_of(item),
        **({"waiting_for": waits} if waits else {}),
        "input": _input(item),
        "output": output_of(item),
        "logs": found.entries,
    }
    return Execution(view, found.next)


def _input(item: Item) -> Any:
    packed = strict_json.loads(item["input"])
    if "page" not in packed:
        return values.answered(packed)
    page = tables.get(settings().executions_table, item["pk"], f"P#{packed['page']:08d}")
    return values.answered(strict_json.loads(page["entries"])[0]["o"]) if page else None


def read_logs(account_id: str, execution_id: str, position: logs.Position | None, limit: int) -> logs.Logs:
    """A part of a run's logs."""
    return logs.read(read(account_id, execution_id), position, limit)


def listed(
    account_id: str,
    window: Window,
    *,
    workflow_id: str | None = None,
    status: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    with_total: bool = False,
) -> Listed[dict[str, Any]]:
    """Runs, newest first.

    Args:
        account_id: whose.
        window: which part.
        workflow_id: of one workflow only.
        status: of one status only.
        since, until: started at or after, and before.
        with_total: count them too, where the list begins or a page is asked for.
    """
    table = settings().executions_table
    index, name = ("by_workflow", "wpk") if workflow_id else ("list", "lpk")
    condition = f"{name} = :p AND lsk BETWEEN :first AND :last"
    given: dict[str, Any] = {
        ":p": f"{account_id}#{workflow_id}" if workflow_id else account_id,
        ":first": ids.floor_id("exec", since) if since else "exec_",
        ":last": _before(until) if until else "exec_~",
    }
    if given[":first"] > given[":last"]:  # DynamoDB refuses a range that ends before it begins
        return Listed([], None, 0 if with_total else None)
    options: dict[str, Any] = {"index": index}
    if status:
        options |= {"filter": "#status = :status", "names": {"#status": "status"}}
        given[":status"] = status

    def page(start_key: Key | None, limit: int) -> tables.Page:
        # With a filter, DynamoDB reads `limit` items and keeps some: read more of them at a time.
        return tables.query(
            table, condition, given, limit=limit if not status else max(limit, 200), start=start_key, forward=False, **options
        )

    def key_of(item: Item) -> Key:
        return {"pk": item["pk"], "sk": item["sk"], "lsk": item["lsk"], name: item[name]}

    found = walk(page, window, key_of=key_of)
    total = None
    if with_total and window.after is None:
        is_all = window.is_first and found.next_key is None
        total = len(found.items) if is_all else _count(condition, given, options, exact=window.page is not None)
    return Listed([summary_of(item) for item in found.items], found.next_key, total)


def _count(condition: str, given: dict[str, Any], options: dict[str, Any], *, exact: bool) -> int | None:
    """How many runs a list has. Unless asked for pages, a caller waits for one call only: None when that does not reach the end."""
    if exact:
        return tables.count(settings().executions_table, condition, given, **options)
    counted = tables.count_once(settings().executions_table, condition, given, **options)
    return counted.total if counted.is_all else None


def _before(moment: datetime) -> str:
    """The largest id before that moment (the interval is half-open, and ids carry milliseconds)."""
    floor = ids.floor_id("exec", moment)
    return floor[:-16]


def cancel(account_id: str, execution_id: str) -> Execution:
    """Ask a run to end. One that has not started ends at once; a parked one is woken; one at work sees it between two nodes.

    Raises:
        NotFound: no such run.
        Conflict: it has ended already.
    """
    item = read(account_id, execution_id)
    if item["status"] in FINAL:
        raise Conflict("The execution has ended", {"status": item["status"]})
    table, pk = settings().executions_table, item["pk"]
    if item["status"] == PENDING and "turn" not in item and _cancel_unstarted(item):
        return _execution(read(account_id, execution_id))
    again = due(execution_id, clock.now() + LOST_AFTER)
    try:
        fresh = tables.update(
            table,
            pk,
            RUN,
            "SET cancel_requested = :yes, answers = if_not_exists(answers, :zero) + :one, dpk = :dpk, dsk = :dsk",
            {
                ":yes": True,
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
    if fresh.get("park_token"):
        waking.send(fresh["park_token"])
    return wait(account_id, execution_id, CANCEL_SECONDS)


def _cancel_unstarted(item: Item) -> bool:
    usage = {"state_transitions": 0, "invocations": 0, "duration_ms": 0, "read_units": 0, "write_units": 1}
    expression, given = end_attributes({**item, "lease_owner": "cancel"}, CANCELLED, None, None, usage)
    try:
        tables.update(
            settings().executions_table,
            item["pk"],
            RUN,
            expression,
            {**given, ":pending": PENDING},
            names=END_NAMES,
            condition="#status = :pending AND attribute_not_exists(turn)",
            returns="NONE",
        )
    except ConditionFailed:
        return False
    return True


def retry(
    account_id: str,
    execution_id: str,
    *,
    from_node: str | None = None,
    version: str | int | None = None,
    new_execution_id: str | None = None,
    started_at: datetime | None = None,
    retention_days: int = 30,
    most_runs: int | None = None,
) -> Started:
    """Start a new run that takes over the results of the nodes that succeeded in a failed or cancelled one.

    Args:
        account_id, execution_id: the run to retry.
        from_node: run this node and all behind it again, whatever they did; a completed run needs it.
        version: None: the version of that run; ``published``, ``draft`` or a number.
        new_execution_id: for a repeat of the same request.
        started_at: the moment in that id.
        retention_days: how long the new run is kept.
        most_runs: how many runs of the account may be under way at once; None: no limit.

    Raises:
        NotFound: no such run, or its workflow is gone.
        Conflict: it has not ended, or it completed and no `from_node` is given.
    """
    item = read(account_id, execution_id)
    if item["status"] not in FINAL:
        raise Conflict("The execution has not ended", {"status": item["status"]})
    if item["status"] == COMPLETED and from_node is None:
        raise Conflict("The execution has completed; name the node to run again: from_node", {"status": item["status"]})
    workflow = pinning.pinned(account_id, item["workflow_id"])
    chosen = item["version"] if version is None else workflow.version_of(version)
    if from_node is not None:
        nodes = pinning.load(account_id, item["workflow_id"], chosen).definition["nodes"]
        if from_node not in {node["id"] for node in nodes}:
            raise invalid("from_node", "must be the id of a node of the workflow", "unknown_node")
    packed = strict_json.loads(item["input"])
    trigger = strict_json.loads(item["trigger"])
    return start(
        account_id,
        workflow,
        version=chosen,
        input=_whole_input(item, packed),
        trigger=trigger,
        by_trigger=bool(item.get("by_trigger")),
        execution_id=new_execution_id,
        started_at=started_at,
        depth=item.get("depth", 0),
        retention_days=retention_days,
        seed={"execution_id": execution_id, "from_node": from_node},
        check_input=False,
        most_runs=most_runs,
    )


def _whole_input(item: Item, packed: dict[str, Any]) -> Any:
    if "page" in packed:
        page = tables.get(settings().executions_table, item["pk"], f"P#{packed['page']:08d}")
        packed = strict_json.loads(page["entries"])[0]["o"] if page else {"v": None}
    return values.unpack(packed)


def wait(account_id: str, execution_id: str, seconds: float) -> Execution:
    """The run as soon as it has ended, or as it is after that time."""
    item = until_ended(account_id, execution_id, seconds)
    return _execution(item)


def until_ended(account_id: str, execution_id: str, seconds: float, *, or_responded: bool = False) -> Item:
    """The run's item once it has ended (or a ``respond`` node has answered), or as it is after `seconds` (at most 25).

    Looks again after pauses that grow from 40 ms to half a second.
    """
    until = time.monotonic() + min(seconds, LONGEST_WAIT_SECONDS)
    pause = 0.04
    while True:
        item = read(account_id, execution_id)
        left = until - time.monotonic()
        if item["status"] in FINAL or (or_responded and item.get("response")) or left <= 0:
            return item
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, 0.5)


def response_of(item: Item) -> dict[str, Any] | None:
    """What a ``respond`` node has answered: ``{status_code, headers, body}``."""
    if not item.get("response"):
        return None
    found: dict[str, Any] = values.unpack(strict_json.loads(item["response"]))
    return found


def output_of(item: Item) -> Any:
    """What the run gave, as answers show it."""
    return values.answered(strict_json.loads(item["output"])) if item.get("output") else None


def statuses() -> Sequence[str]:
    from flows.executions.records import STATUSES

    return STATUSES
