"""The final status of a run whose machinery died. Without the engine: the function that settles is cold nearly always."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows import strict_json
from flows.aws import tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed
from flows.executions.ending import END_NAMES, end_attributes
from flows.executions.records import FINAL, RUN, machine_name, partition


def settle(account_id: str, execution_id: str, reason: str, machine: str | None = None) -> bool:
    """Give a run whose machinery died its final status.

    Args:
        account_id, execution_id: the run.
        reason: what happened, for a person.
        machine: the machine that died; when the run has gone on in another one, nothing is done.

    Returns:
        Whether this call ended the run.
    """
    table, pk = settings().executions_table, partition(account_id, execution_id)
    item = tables.get(table, pk, RUN, consistent=True)
    if item is None or item["status"] in FINAL:
        return False
    if machine is not None and machine != machine_name(execution_id, item.get("machine_attempt", 1)):
        return False
    error = {"node_id": None, "type": "MachineryFailed", "message": reason, "details": None}
    status = "cancelled" if item.get("cancel_requested") else "failed"
    turns = item.get("turn", 0)
    usage = {"state_transitions": 2 * turns + 2, "invocations": turns, "duration_ms": 0, "read_units": 0, "write_units": turns}
    expression, given = end_attributes(
        {**item, "lease_owner": "settled"}, status, None, error if status == "failed" else None, usage
    )
    try:
        tables.update(
            table,
            pk,
            RUN,
            expression,
            {**given, ":a": "completed", ":b": "failed", ":c": "cancelled"},
            names=END_NAMES,
            condition="NOT #status IN (:a, :b, :c)",
            returns="NONE",
        )
    except ConditionFailed:
        return False
    return True


def settle_from_machine(detail: Mapping[str, Any]) -> bool:
    """Settle from an ``aws.states`` status event."""
    given = strict_json.loads(detail.get("input") or "{}")
    reasons = {
        "ABORTED": "The execution's state machine was stopped from outside",
        "TIMED_OUT": "The execution's state machine timed out",
    }
    reason = reasons.get(detail.get("status", ""), "The execution's state machine failed")
    if not given.get("account_id") or not given.get("execution_id"):
        return False
    return settle(given["account_id"], given["execution_id"], reason, machine=detail.get("name"))
