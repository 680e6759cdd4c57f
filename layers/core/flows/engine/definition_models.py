"""The shape of a definition as people write it: fields, types and bounds. What they mean together is in ``definition``."""

from __future__ import annotations

from types import NoneType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from flows import strict_json

MAX_RUN_SECONDS = 360 * 86_400
"""A run's longest life: Step Functions ends an execution after a year."""

MAX_NODES = 200
"""Nodes of a definition, those in loops' bodies included."""

MAX_BYTES = 300_000
"""Compact JSON of the whole definition."""


def _position(value: Any) -> Any:
    if not isinstance(value, dict | list | NoneType) or strict_json.size(value) > 1000:
        raise ValueError("must be {x, y} or [x, y], at most 1,000 bytes")
    return value


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class RetryPolicy(_Model):
    """When a failed node is tried again. Without it there is one attempt."""

    max_attempts: Annotated[int, Field(ge=1, le=100)] | None = Field(None, description="Attempts in all (default 3).")
    interval_seconds: Annotated[float, Field(ge=0, le=86_400)] | None = Field(None, description="First pause (default 1).")
    backoff_rate: Annotated[float, Field(ge=1, le=10)] | None = Field(None, description="Factor on each pause (default 2).")
    max_delay_seconds: Annotated[float, Field(ge=0, le=86_400)] | None = Field(None, description="Longest pause (default 300).")
    when: str | None = Field(None, description="Expression over $failure and $attempt; replaces the rule of what is retried.")


class WorkflowNode(_Model):
    """A node of a workflow. Its parameters are those of its type: see GET /node-types."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Unique in its graph; expressions name it: $nodes.<id>.output.")
    type: str = Field(min_length=1, max_length=64, description="A node type, such as http_request.")
    name: Annotated[str, Field(max_length=200)] | None = None
    parameters: dict[str, Any] = Field(default_factory=dict, description="By type. Strings may hold {{ expression }}.")
    credential_id: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    retry: RetryPolicy | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=MAX_RUN_SECONDS)] | None = None
    on_error: Literal["fail", "continue", "route"] | None = Field(None, description='Default "fail".')
    disabled: bool | None = Field(None, description="A disabled node hands its input on through main.")
    position: Annotated[Any, AfterValidator(_position)] = Field(None, description="Where an editor draws it.")
    notes: Annotated[str, Field(max_length=5000)] | None = None


class WorkflowEdge(_Model):
    """A connection from a node's port to another node."""

    source: str
    target: str
    source_port: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(None, description='Default "main".')


class WorkflowSettings(_Model):
    """How the workflow runs."""

    timeout_seconds: Annotated[float, Field(gt=0, le=MAX_RUN_SECONDS)] | None = Field(
        None, description="Deadline of a run, at most 360 days."
    )
    max_concurrency: Annotated[int, Field(ge=1, le=1000)] | None = Field(None, description="Runs at the same time.")
    concurrency_key: Annotated[str, Field(min_length=1, max_length=1000)] | None = Field(
        None, description="Expression over the input, or a text with some: max_concurrency counts for each of its values."
    )
    on_failure_workflow_id: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        None, description="Workflow that a failed run starts."
    )
    stepping: Literal["node", "each", "segment"] | None = Field(
        None, description='How much is walked between two recorded hand-backs. Default "node".'
    )
