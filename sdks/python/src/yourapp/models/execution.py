"""Executions: runs of workflows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from yourapp.models.base import Model

ExecutionStatus = Literal["pending", "running", "waiting", "completed", "failed", "cancelled"]
FINAL = frozenset({"completed", "failed", "cancelled"})


class StartedExecution(Model):
    """A run that was started."""

    execution_id: str
    status: ExecutionStatus | str
    started_at: datetime

    @property
    def id(self) -> str:
        """The same as ``execution_id``."""
        return self.execution_id


class ExecutionFailure(Model):
    """Why a run failed."""

    node_id: str | None = None
    type: str
    message: str
    details: Any = None


class Usage(Model):
    """What a run took."""

    state_transitions: int
    invocations: int
    duration_ms: int
    read_units: float
    write_units: float
    estimated_cost_usd: float


class ExecutionTrigger(Model):
    """What started a run; more fields by type."""

    type: str


class LogEntry(Model):
    """One run of a node. ``scope`` is [] or, in loops, [foreach node id, index] pairs."""

    node_id: str
    type: str
    status: str
    attempt: int
    started_at: datetime
    completed_at: datetime | None = None
    duration_ms: int | None = None
    input: Any = None
    output: Any = None
    error: dict[str, Any] | None = None
    scope: list[list[Any]] = Field(default_factory=list)


class ExecutionSummary(Model):
    """A run in a list: without input, output and logs."""

    id: str
    workflow_id: str
    version: int
    status: ExecutionStatus | str
    trigger: ExecutionTrigger
    started_at: datetime
    completed_at: datetime | None = None
    error: ExecutionFailure | None = None
    usage: Usage | None = None
    retry_of: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether the run has ended."""
        return self.status in FINAL

    @property
    def execution_id(self) -> str:
        """The same as ``id``."""
        return self.id


class Execution(ExecutionSummary):
    """A run. An output over 1 MB is ``{"$ref": url, "size": bytes}``: ``client.executions.output(id)`` fetches it."""

    input: Any = None
    output: Any = None
    waiting_for: str | None = None
    """Of a pending run: ``account_concurrency`` or ``workflow_concurrency``, the limit that holds it back."""
    logs: list[LogEntry] = Field(default_factory=list)
    logs_next_cursor: str | None = None
