"""Runs as callers know them: start, look, list, wait. See ``cancelling`` and ``retrying`` for the rest."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows import strict_json
from flows.aws import ids, tables
from flows.aws.settings import settings
from flows.aws.tables import Item
from flows.errors import NotFound, invalid
from flows.executions import counting, logs, slots, values
from flows.executions.records import COMPLETED, FINAL, PENDING, RUN, RUNNING, page_key, partition, status_partition, summary_of
from flows.executions.starting import Started, start
from flows.executions.waking import answer
from flows.paging import Key, Listed, Window, walk

__all__ = ["Execution", "Started", "answer", "get", "listed", "read_logs", "read_whole", "shown", "start", "wait"]

LONGEST_WAIT_SECONDS = 25.0
"""API Gateway ends a request after 29 seconds."""


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


def read_whole(account_id: str, execution_id: str) -> tuple[Item, Sequence[Item] | None]:
    """The run's item and its journal in its order, in one call; the journal is None when it is more than that (1 MB).

    Raises:
        NotFound.
    """
    if not ids.is_id("exec", execution_id):
        raise NotFound("Execution not found")
    page = tables.query(
        settings().executions_table,
        "pk = :pk AND sk BETWEEN :first AND :run",
        {":pk": partition(account_id, execution_id), ":first": page_key(0), ":run": RUN},
        forward=False,
        consistent=True,
    )
    if not page.items or page.items[0]["sk"] != RUN:
        raise NotFound("Execution not found")
    return page.items[0], page.items[:0:-1] if page.next_key is None else None


def get(account_id: str, execution_id: str) -> Execution:
    """A run, with its logs up to 1 MB."""
    return shown(read(account_id, execution_id))


def shown(item: Item, pages: Sequence[Item] | None = None) -> Execution:
    """A run as callers see it.

    Args:
        item: its item.
        pages: its whole journal, page 0 included, where that has been read.
    """
    waits = None
    if item["status"] == PENDING and "turn" not in item:
        found = logs.unstarted(item, pages)
        waits = slots.waiting_for(item)
    else:
        found = logs.read(item, pages=pages)
    view = {
        **summary_of(item),
        **({"waiting_for": waits} if waits else {}),
        "input": values.answered(found.given),
        "output": output_of(item),
        "logs": found.entries,
    }
    return Execution(view, found.next)


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
    index, name, partition_key = _index(account_id, workflow_id, status)
    if window.after is not None and name not in window.after:
        raise invalid("query.cursor", "this cursor is no longer good; begin again without it", "cursor")
    condition = f"{name} = :p AND lsk BETWEEN :first AND :last"
    given: dict[str, Any] = {
        ":p": partition_key,
        ":first": ids.floor_id("exec", since) if since else "exec_",
        ":last": _before(until) if until else "exec_~",
    }
    if given[":first"] > given[":last"]:  # DynamoDB refuses a range that ends before it begins
        return Listed([], None, 0 if with_total else None)
    options: dict[str, Any] = {"index": index}
    kept = []
    if status and (index != "by_status" or status in (PENDING, RUNNING)):
        kept.append("#status = :status")
        options["names"] = {"#status": "status"}
        given[":status"] = status
    if workflow_id and index == "by_status":
        kept.append("workflow_id = :workflow")
        given[":workflow"] = workflow_id
    if kept:
        options["filter"] = " AND ".join(kept)

    # A page of all runs of a workflow comes with their exact number, and who counts has to read the newest anyway.
    is_whole = bool(workflow_id and with_total and window.page and not (status or since or until))
    seen: list[tables.Page] = []

    def page(start_key: Key | None, limit: int) -> tables.Page:
        # With a filter, DynamoDB counts what it reads, not what it keeps: let it read 1 MB.
        wanted = None if kept or is_whole else limit
        seen.append(
            tables.query(settings().executions_table, condition, given, limit=wanted, start=start_key, forward=False, **options)
        )
        return seen[-1]

    def key_of(item: Item) -> Key:
        return {"pk": item["pk"], "sk": item["sk"], "lsk": item["lsk"], name: item[name]}

    found = walk(page, window, key_of=key_of)
    total = None
    if is_whole and workflow_id:
        total = counting.total(account_id, workflow_id, seen)
    elif with_total and window.after is None:
        is_all = window.is_first and found.next_key is None
        total = len(found.items) if is_all else _count(condition, given, options, exact=window.page is not None)
    return Listed([summary_of(item) for item in found.items], found.next_key, total)


def _index(account_id: str, workflow_id: str | None, status: str | None) -> tuple[str, str, str]:
    """The index that has least to drop, its key's name, and the key.

    Most runs of a workflow are completed, and of those with another status an account has few.
    """
    if status and not (workflow_id and status == COMPLETED):
        return "by_status", "spk", status_partition(account_id, status)
    if workflow_id:
        return "by_workflow", "wpk", f"{account_id}#{workflow_id}"
    return "list", "lpk", account_id


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


def wait(account_id: str, execution_id: str, seconds: float) -> Execution:
    """The run as soon as it has ended, or as it is after that time."""
    return shown(until_ended(account_id, execution_id, seconds))


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
    found: dict[str, Any] = values.unpack(strict_json.stored(item["response"]))
    return found


def output_of(item: Item) -> Any:
    """What the run gave, as answers show it."""
    return values.answered(strict_json.stored(item["output"])) if item.get("output") else None


def statuses() -> Sequence[str]:
    from flows.executions.records import STATUSES

    return STATUSES
