"""What is sent and answered about runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["pending", "running", "waiting", "completed", "failed", "cancelled"]
NodeStatus = Literal["completed", "failed", "skipped", "waiting", "cancelled"]
Version = Literal["published", "draft"] | Annotated[int, Field(ge=1, le=99_999_999)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ExecuteWorkflow(_Input):
    """What a run starts with."""

    input: Any = Field(default_factory=dict, description="JSON; must fit the workflow's input_schema where it has one.")
    version: Version | None = Field(None, description="Default: the published version, else the draft.")


class RetryExecution(_Input):
    """How a run is tried again."""

    from_node: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        None, description="Run this node and all behind it again, whatever they did; a completed execution needs it."
    )
    version: Version | None = Field(None, description="Default: the version of that execution.")


class StartedView(BaseModel):
    """A run that has been started."""

    execution_id: str
    status: Status
    started_at: str


class ErrorView(BaseModel):
    """Why a run failed."""

    node_id: str | None
    type: str
    message: str
    details: Any = None


class UsageView(BaseModel):
    """What a run took."""

    state_transitions: int
    invocations: int
    duration_ms: int
    read_units: float
    write_units: float
    estimated_cost_usd: float


class TriggerView(BaseModel):
    """What started a run; more fields by type."""

    model_config = ConfigDict(extra="allow")

    type: str


class LogEntry(BaseModel):
    """One run of a node."""

    node_id: str
    type: str
    status: NodeStatus
    attempt: int
    started_at: str
    completed_at: str | None
    duration_ms: int | None
    input: Any = Field(description='Over 10 KB the beginning of its JSON: {"$cut": text, "size": bytes}.')
    output: Any = Field(description="Likewise.")
    error: dict[str, Any] | None
    scope: list[tuple[str, int]] = Field(description="[] or, in loops, [foreach node id, index] pairs.")


class ExecutionSummary(BaseModel):
    """A run in a list."""

    id: str
    workflow_id: str
    version: int
    status: Status
    trigger: TriggerView
    started_at: str
    completed_at: str | None
    error: ErrorView | None
    usage: UsageView | None
    retry_of: str | None = None


class ExecutionView(ExecutionSummary):
    """A run."""

    input: Any
    output: Any = Field(description='Over 1 MB {"$ref": url, "size": bytes}; the link works for 5 minutes.')
    logs: list[LogEntry] = Field(description="In the order of their start, up to 1 MB in all.")
    waiting_for: Literal["account_concurrency", "workflow_concurrency"] | None = Field(
        None,
        description="Of a pending execution: the limit of executions at once, of the account's plan or the workflow's, that holds it back.",
    )
    logs_next_cursor: str | None = Field(None, description="Where GET /executions/{id}/logs goes on, when there are more.")
