"""A new run that takes over the results of the nodes that succeeded in an earlier one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flows import strict_json
from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item
from flows.errors import Conflict, NotFound, invalid
from flows.executions import values
from flows.executions.records import COMPLETED, FINAL, RUN, page_key, partition
from flows.executions.starting import Started, start
from flows.workflows import pinning
from flows.workflows.pinning import Pinned


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
    item, page = _read(account_id, execution_id)
    if item["status"] not in FINAL:
        raise Conflict("The execution has not ended", {"status": item["status"]})
    if item["status"] == COMPLETED and from_node is None:
        raise Conflict("The execution has completed; name the node to run again: from_node", {"status": item["status"]})
    # The same version once more: the run knows what it was, and the write looks whether the workflow is still there.
    as_it_was = version is None
    workflow = _as_it_was(item) if as_it_was else pinning.pinned(account_id, item["workflow_id"])
    chosen = item["version"] if as_it_was else workflow.version_of(version)
    if from_node is not None:
        nodes = pinning.load(account_id, item["workflow_id"], chosen).definition["nodes"]
        if from_node not in {node["id"] for node in nodes}:
            raise invalid("from_node", "must be the id of a node of the workflow", "unknown_node")
    try:
        return start(
            account_id,
            workflow,
            version=chosen,
            input=values.unpack(_input(item, page)),
            trigger=strict_json.loads(item["trigger"]),
            by_trigger=bool(item.get("by_trigger")),
            execution_id=new_execution_id,
            started_at=started_at,
            depth=item.get("depth", 0),
            retention_days=retention_days,
            seed={"execution_id": execution_id, "from_node": from_node},
            is_failure_run=bool(item.get("is_failure_run")),
            check_input=False,
            most_runs=most_runs,
            only_while=pinning.still_there(account_id, item["workflow_id"]) if as_it_was else None,
        )
    except ConditionFailed:
        raise NotFound("Workflow not found") from None


def _read(account_id: str, execution_id: str) -> tuple[Item, Item | None]:
    """The run, and page 0 of its journal, which holds a large input: in one call."""
    pk = partition(account_id, execution_id)
    found = {}
    if ids.is_id("exec", execution_id):
        found = tables.get_many(settings().executions_table, [(pk, RUN), (pk, page_key(0))], consistent=True)
    if (pk, RUN) not in found:
        raise NotFound("Execution not found")
    return found[pk, RUN], found.get((pk, page_key(0)))


def _input(item: Item, page: Item | None) -> dict[str, Any]:
    packed: dict[str, Any] = strict_json.stored(item["input"])
    if "page" in packed:
        packed = strict_json.stored(page["entries"])[0]["o"] if page else {"v": None}
    return packed


def _as_it_was(item: Item) -> Pinned:
    """The workflow as far as the earlier run tells of it: its settings are those of the version that ran."""
    deadline = item.get("deadline")
    seconds = (clock.parse_iso(deadline) - clock.parse_iso(item["started_at"])) / timedelta(seconds=1) if deadline else None
    return pinning.of_version(
        item["account_id"],
        item["workflow_id"],
        item.get("workflow_name", ""),
        item["version"],
        {
            "timeout_seconds": seconds,
            "on_failure_workflow_id": item.get("on_failure"),
            "max_concurrency": item.get("slots"),
            "slot_key": item.get("slot_key"),
        },
    )
