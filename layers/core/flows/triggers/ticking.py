"""A tick of a schedule: one run for the moment that it stands for, however late and however often it comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flows.aws import clock
from flows.errors import NotFound
from flows.executions.service import Started
from flows.triggers import clockwork, schedules, starts
from flows.workflows import pinning

EARLY = timedelta(seconds=5)
"""How far the clock of the function may stand behind that of the schedule."""


def tick(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Start the workflow of a tick.

    Args:
        sent: ``{account_id, workflow_id, node_id, scheduled_at}``, as the schedule says it.

    Returns:
        For the log: ``{outcome: started|withdrawn|missed, ...}``.
    """
    account_id, workflow_id, node_id = sent["account_id"], sent["workflow_id"], sent["node_id"]
    moment = clock.parse_iso(sent["scheduled_at"])
    told: dict[str, Any] = {"account_id": account_id, "workflow_id": workflow_id, "scheduled_at": clock.iso(moment)}
    try:
        workflow = pinning.pinned(account_id, workflow_id)
        rule = schedules.rules(account_id, workflow_id, workflow).get(node_id)
    except NotFound:
        rule = None
    if rule is None or workflow.published_version is None:
        return {**told, "outcome": "withdrawn"}  # taken out of service a moment ago
    if _missed(rule, moment):
        return {**told, "outcome": "missed"}
    trigger = starts.Trigger(account_id, workflow_id, node_id, workflow.published_version, "schedule")
    started = starts.start(
        trigger,
        {"scheduled_at": clock.iso(moment), "timezone": rule.timezone},
        execution_id=starts.execution_of(trigger, moment, clock.iso(moment)),
        at=moment,
        told={"scheduled_at": clock.iso(moment)},
        pinned=workflow,
    )
    return {**told, "outcome": "started" if isinstance(started, Started) else "withdrawn", "execution_id": _id(started)}


def _missed(rule: clockwork.Rule, moment: Any) -> bool:
    """Whether a tick comes too late to count. With ``run_once`` the last of those that were missed still does."""
    now = clock.now()
    if now - moment <= schedules.LATE:
        return False
    if rule.missed == "skip":
        return True
    following = next(clockwork.ticks(rule, moment + EARLY), None)
    return following is not None and following <= now


def _id(started: Started | None) -> str | None:
    return started.execution_id if started else None
