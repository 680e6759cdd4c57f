"""How a run ends: one write with the final status, the event that tells of it, and what has to follow from the table's stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows import strict_json
from flows.aws import clock
from flows.aws.tables import Item
from flows.engine.journal import Packed, packed_size, packed_text
from flows.executions import values
from flows.executions.records import status_partition

EVENTS = {"completed": "workflow.executed", "failed": "workflow.failed", "cancelled": "workflow.cancelled"}
EVENT_OUTPUT_BYTES = 60_000
"""A larger output is left out of the event; receivers read it from the API."""

END_NAMES = {"#status": "status", "#error": "error", "#usage": "usage", "#output": "output", "#ttl": "ttl"}
"""Names that :func:`end_attributes` uses."""

USD_PER_TRANSITION = 25e-6
USD_PER_INVOCATION = 0.20e-6
USD_PER_RUNNER_MS = 0.0000133334 / 1000
"""1 GB of memory on arm64, for a millisecond."""
USD_PER_READ_UNIT = 0.125e-6
USD_PER_WRITE_UNIT = 0.625e-6
"""List prices of us-east-1: Step Functions Standard, Lambda, DynamoDB on demand."""


def end_attributes(
    item: Item, status: str, output: Packed | None, error: Mapping[str, Any] | None, usage: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """The update that ends a run: (UpdateExpression, values); names: :data:`END_NAMES`.

    Args:
        item: the run's item.
        status: ``completed``, ``failed`` or ``cancelled``.
        output: packed.
        error: ``{node_id, type, message, details}``.
        usage: what the run took.
    """
    from flows.webhooks.events import new_event

    at = clock.now()
    data: dict[str, Any] = {
        "execution_id": item["id"],
        "workflow_id": item["workflow_id"],
        "workflow_name": item.get("workflow_name", ""),
        "version": item["version"],
        "status": status,
        "trigger": strict_json.loads(item["trigger"]),
        "started_at": item["started_at"],
        "completed_at": clock.iso(at),
    }
    if status == "completed":
        data["output"] = _in_event(output)
    if error is not None:
        data["error"] = {**error, "details": values.cut(error.get("details"))}
    event = new_event(EVENTS[status], data, f"{item['id']}|end", at)
    expression = (
        "SET #status = :status, spk = :spk, completed_at = :at, #usage = :usage, event = :event, ended_by = :owner, #ttl = :ttl"
        + (", #output = :output" if output is not None else "")
        + (", #error = :error" if error is not None else "")
        + " REMOVE lease_owner, lease_until, park_token, dpk, dsk"
    )
    if output is None:
        expression += ", #output"
    if error is None:
        expression += ", #error"
    given: dict[str, Any] = {
        ":status": status,
        ":spk": status_partition(item["account_id"], status),
        ":at": clock.iso(at),
        ":usage": strict_json.dumps(_priced(usage)),
        ":event": strict_json.dumps(event),
        ":ttl": int(at.timestamp()) + item.get("retention_days", 30) * 86_400,
        ":owner": item.get("lease_owner", "settled"),
    }
    if output is not None:
        given[":output"] = packed_text(output)
    if error is not None:
        given[":error"] = strict_json.dumps({**error, "details": _small(error.get("details"))})
    return expression, given


def _priced(usage: Mapping[str, Any]) -> dict[str, Any]:
    cost = (
        usage.get("state_transitions", 0) * USD_PER_TRANSITION
        + usage.get("invocations", 0) * USD_PER_INVOCATION
        + usage.get("duration_ms", 0) * USD_PER_RUNNER_MS
        + usage.get("read_units", 0) * USD_PER_READ_UNIT
        + usage.get("write_units", 0) * USD_PER_WRITE_UNIT
    )
    return {**usage, "estimated_cost_usd": round(cost, 8)}


def _in_event(output: Packed | None) -> Any:
    if output is None:
        return None
    if "v" not in output:
        return {"$truncated": True, "size": output["bytes"]}
    size = packed_size(output)
    return output["v"] if size <= EVENT_OUTPUT_BYTES else {"$truncated": True, "size": size}


def _small(details: Any) -> Any:
    return details if strict_json.size(details) <= 20_000 else values.cut(details)
