"""Runs as they are stored, in the executions table.

    pk               sk                what
    acct_…#exec_…    RUN               the run: what it is, how far it is, its lease, its end
    acct_…#exec_…    P#00000000        a large input (page 0)
    acct_…#exec_…    P#00000001 …      the journal, a page an item, written once
    acct_…#exec_…    A#<place>#<id>    an answer to a waiting node

    Who is under way, where that is limited, and who waits: see ``slots``. How many runs a workflow has: see ``counting``.

Indexes: ``list`` (account), ``by_workflow`` (account and workflow), ``by_status`` (account and status; pending and running together), all by
execution id, which sorts by start; ``due`` (shard, time):
runs that nothing has taken up yet, and answers whose wake-up call may have been lost.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flows import strict_json
from flows.aws import clock
from flows.aws.tables import Item
from flows.engine.journal import Page, RunRecord

RUN = "RUN"
PENDING, RUNNING, WAITING = "pending", "running", "waiting"
COMPLETED, FAILED, CANCELLED = "completed", "failed", "cancelled"
FINAL = frozenset({COMPLETED, FAILED, CANCELLED})
STATUSES = (PENDING, RUNNING, WAITING, COMPLETED, FAILED, CANCELLED)

SMALL_INPUT = 4_000
"""Bytes of input that are kept in the run's item; it is written again at each turn, and a write costs by the item's size."""
LOST_AFTER = timedelta(seconds=90)
"""When the sweeper takes up a run that nothing has started, or an answer that woke nobody."""
SHARDS = 16


def partition(account_id: str, execution_id: str) -> str:
    return f"{account_id}#{execution_id}"


def status_partition(account_id: str, status: str) -> str:
    """Key of the index ``by_status``. A run goes from pending to running within a moment: one key for both saves a move in the index."""
    return f"{account_id}#{'open' if status in (PENDING, RUNNING) else status}"


def page_key(number: int) -> str:
    return f"P#{number:08d}"


def due(execution_id: str, at: datetime) -> dict[str, str]:
    """The attributes that put an item into the due index."""
    return {"dpk": f"due#{zlib.crc32(execution_id.encode()) % SHARDS}", "dsk": clock.iso(at)}


def page_item(account_id: str, execution_id: str, page: Page, expires: int) -> Item:
    return {
        "pk": partition(account_id, execution_id),
        "sk": page_key(page.number),
        "account_id": account_id,
        "turn": page.turn,
        "owner": page.owner,
        "entries": page.entries_text(),
        "state": strict_json.dumps(page.state),
        "ttl": expires,
    }


def read_page(item: Item) -> Page:
    return Page(
        int(item["sk"][2:]), item["turn"], item["owner"], strict_json.stored(item["entries"]), strict_json.stored(item["state"])
    )


def read_run(item: Item) -> RunRecord:
    """The run's item as the walker needs it."""
    seed = item.get("seed")
    given = strict_json.stored(item["input"])
    return RunRecord(
        account_id=item["account_id"],
        execution_id=item["id"],
        workflow_id=item["workflow_id"],
        workflow_name=item.get("workflow_name", ""),
        version=item["version"],
        status=item["status"],
        started_at=item["started_at"],
        trigger=strict_json.loads(item["trigger"]),
        trigger_output=given if item.get("by_trigger") else None,
        input=given,
        turn=item.get("turn", 0),
        answers=item.get("answers", 0),
        cancel_requested=bool(item.get("cancel_requested")),
        deadline=clock.parse_iso(item["deadline"]) if item.get("deadline") else None,
        depth=item.get("depth", 0),
        settings={},
        machine_attempt=item.get("machine_attempt", 1),
        seed=strict_json.loads(seed) if seed else None,
    )


def machine_name(execution_id: str, attempt: int) -> str:
    """The name of the Step Functions execution that drives a run: it carries the attempt, for names stay taken for 90 days."""
    return f"{execution_id}-{attempt}"


def machine_input(account_id: str, execution_id: str) -> str:
    return strict_json.dumps({"account_id": account_id, "execution_id": execution_id})


def summary_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """A run as lists show it: without input, output and logs."""
    return {
        "id": item["id"],
        "workflow_id": item["workflow_id"],
        "version": item["version"],
        "status": item["status"],
        "trigger": strict_json.loads(item["trigger"]),
        "started_at": item["started_at"],
        "completed_at": item.get("completed_at"),
        "error": strict_json.stored(item["error"]) if item.get("error") else None,
        "usage": strict_json.loads(item["usage"]) if item.get("usage") else None,
        **({"retry_of": item["retry_of"]} if item.get("retry_of") else {}),
    }
