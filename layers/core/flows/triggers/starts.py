"""Starting a workflow by one of its triggers: once for each thing that happened, however often it is told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.accounts import allowance
from flows.aws import ids
from flows.errors import NotFound, ValidationFailed
from flows.executions import service as executions
from flows.executions.service import Started
from flows.triggers import standing
from flows.workflows import pinning
from flows.workflows.pinning import Pinned


@dataclass(frozen=True)
class Trigger:
    """A trigger node of a version.

    Args:
        account_id, workflow_id, node_id: which.
        version: the one that runs; None: the published one.
        type: of the node.
    """

    account_id: str
    workflow_id: str
    node_id: str
    version: int | None
    type: str


def start(
    trigger: Trigger,
    output: Any,
    *,
    execution_id: str | None = None,
    at: datetime | None = None,
    told: Mapping[str, Any] | None = None,
    depth: int = 0,
    pinned: Pinned | None = None,
) -> Started | None:
    """Start a run at a trigger node.

    Args:
        trigger: the node.
        output: JSON: the node's output.
        execution_id: from :func:`execution_of`, where the same thing may be told again.
        at: the moment in that id.
        told: what callers see of the run's trigger, beside type and node.
        depth: how many runs stand behind this one.
        pinned: the workflow, when it has been read.

    Returns:
        None when nothing is to be started: the workflow is gone or out of service, or runs start each other without end.
    """
    try:
        workflow = pinned or pinning.pinned(trigger.account_id, trigger.workflow_id)
        allowed = allowance.of(trigger.account_id)
    except NotFound:
        return None
    version = trigger.version or workflow.published_version
    if version is None:
        return None
    try:
        return executions.start(
            trigger.account_id,
            workflow,
            version=version,
            input=output,
            trigger={"type": trigger.type, "node_id": trigger.node_id, **(told or {})},
            by_trigger=True,
            execution_id=execution_id,
            started_at=at,
            depth=depth,
            retention_days=allowed.retention_days,
            most_runs=allowed.most_runs,
            is_failure_run=trigger.type == "error",
        )
    except ValidationFailed as refused:
        # Runs that start runs are nested too deep: to try again would change nothing.
        standing.note_error(
            trigger.account_id, trigger.workflow_id, trigger.node_id, f"Not started: {refused.problems[0].message}"
        )
        return None


def execution_of(trigger: Trigger, at: datetime, key: str) -> str:
    """The id of the run that a thing starts: always the same one.

    Args:
        trigger: what it starts.
        at: when it happened; the same moment whenever it is told.
        key: what makes it this thing: an event's id, a tick's time.
    """
    seed = "\0".join((trigger.account_id, trigger.workflow_id, trigger.node_id, key))
    return ids.derived_id("exec", at, hashlib.sha256(seed.encode()).digest())
