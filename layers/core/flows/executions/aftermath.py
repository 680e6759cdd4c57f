"""What follows the end of a run: its parent is answered, its failure workflow starts, its places are freed.

Called for each ended run by the relay of the table's stream, once at least; everything here may happen twice.
"""

from __future__ import annotations

import hashlib
from typing import Any

from flows import strict_json
from flows.aws import clock, ids
from flows.aws.tables import Item
from flows.errors import Conflict, NotFound, ValidationFailed
from flows.executions import values
from flows.executions.launching import release
from flows.executions.records import FAILED
from flows.executions.starting import start
from flows.executions.waking import answer
from flows.workflows import pinning


def after_end(item: Item) -> None:
    """Do what follows.

    Args:
        item: the run's item, with a final status.
    """
    if item.get("parent"):
        _answer_parent(item)
    if item["status"] == FAILED and item.get("on_failure"):
        _start_failure_workflow(item)
    release(item)


def _answer_parent(item: Item) -> None:
    parent = strict_json.loads(item["parent"])
    scope = tuple((node, index) for node, index in parent["scope"])
    data: dict[str, Any] = {"execution_id": item["id"], "status": item["status"]}
    if item.get("output"):
        data["output"] = values.unpack(strict_json.loads(item["output"]))
    if item.get("error"):
        data["error"] = strict_json.loads(item["error"])
    try:
        answer(item["account_id"], parent["execution_id"], scope, parent["node_id"], "execution", data, f"end|{item['id']}")
    except (NotFound, Conflict):
        return  # the parent has ended meanwhile: nobody waits any more


def _start_failure_workflow(item: Item) -> None:
    account_id = item["account_id"]
    ended = clock.parse_iso(item["completed_at"])
    error = strict_json.loads(item["error"]) if item.get("error") else None
    input = {
        "execution": {
            "id": item["id"],
            "status": item["status"],
            "started_at": item["started_at"],
            "completed_at": item["completed_at"],
            "trigger": strict_json.loads(item["trigger"]),
        },
        "workflow": {"id": item["workflow_id"], "name": item.get("workflow_name", ""), "version": item["version"]},
        "node": {"id": error["node_id"]} if error and error.get("node_id") else None,
        "error": error,
    }
    try:
        handler = pinning.pinned(account_id, item["on_failure"])
        start(
            account_id,
            handler,
            version=handler.version_of(None),
            input=input,
            trigger={"type": "error", "execution_id": item["id"], "workflow_id": item["workflow_id"]},
            execution_id=ids.derived_id("exec", ended, hashlib.sha256(f"failure|{item['id']}".encode()).digest()),
            started_at=ended,
            depth=item.get("depth", 0) + 1,
            retention_days=item.get("retention_days", 30),
            is_failure_run=True,
            check_input=False,
            most_runs=item.get("account_slots"),
        )
    except (NotFound, ValidationFailed):
        return  # it was deleted, or the chain of runs is too deep
