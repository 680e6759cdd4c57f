"""What follows the end of a run: its parent is answered, its failure workflow starts, its places are freed.

Called for each ended run by the relay of the table's stream, once at least; everything here may happen twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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
        data["output"] = values.unpack(strict_json.stored(item["output"]))
    if item.get("error"):
        data["error"] = strict_json.stored(item["error"])
    try:
        answer(item["account_id"], parent["execution_id"], scope, parent["node_id"], "execution", data, f"end|{item['id']}")
    except (NotFound, Conflict):
        return  # the parent has ended meanwhile: nobody waits any more


def _start_failure_workflow(item: Item) -> None:
    account_id = item["account_id"]
    ended = clock.parse_iso(item["completed_at"])
    trigger = {"type": "error", "execution_id": item["id"], "workflow_id": item["workflow_id"]}
    try:
        handler = pinning.pinned(account_id, item["on_failure"])
        version = handler.version_of(None)
        node = _error_trigger(account_id, handler.workflow_id, version)
        if node and handler.published_version is not None and _starts_by_itself(item, node):
            return  # the event of the failure starts it: once is enough
        start(
            account_id,
            handler,
            version=version,
            input=_failure_of(item),
            trigger={**trigger, "node_id": node["id"]} if node else trigger,
            by_trigger=node is not None,
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


def _error_trigger(account_id: str, workflow_id: str, version: int) -> Mapping[str, Any] | None:
    """The error trigger that a failure workflow begins at, as if it had fired; without one it begins as by ``execute``."""
    nodes = pinning.load(account_id, workflow_id, version).definition["nodes"]
    return next((node for node in nodes if node["type"] == "error" and not node.get("disabled")), None)


def _starts_by_itself(item: Item, node: Mapping[str, Any]) -> bool:
    """Whether the published error trigger fires for this failed run: see ``flows.triggers.dispatch``."""
    watched = (node.get("parameters") or {}).get("workflow_ids")
    by_failure = strict_json.loads(item["trigger"]).get("type") == "error"
    return not by_failure and (not watched or item["workflow_id"] in watched)


def _failure_of(item: Item) -> dict[str, Any]:
    """What an error trigger would give; the error names its node too."""
    from flows.triggers.failure import failure_of

    error = strict_json.stored(item["error"]) if item.get("error") else None
    told = {
        "execution_id": item["id"],
        "workflow_id": item["workflow_id"],
        "workflow_name": item.get("workflow_name", ""),
        "version": item["version"],
        "status": item["status"],
        "started_at": item["started_at"],
        "completed_at": item["completed_at"],
        "trigger": strict_json.loads(item["trigger"]),
        "error": error,
    }
    return {**failure_of(item["account_id"], told), "error": error}
