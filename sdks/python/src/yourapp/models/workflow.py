"""Workflows: what runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from yourapp.models.base import Model, Problem

WorkflowStatus = Literal["draft", "published"]


class Node(Model):
    """One step of a workflow."""

    id: str
    type: str
    name: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    credential_id: str | None = None
    retry: dict[str, Any] | None = None
    timeout_seconds: float | None = None
    on_error: str | None = None
    disabled: bool | None = None
    position: Any = None
    notes: str | None = None


class Edge(Model):
    """What follows on what."""

    source: str
    target: str
    source_port: str | None = None


class WorkflowSummary(Model):
    """A workflow in a list."""

    id: str
    name: str
    status: WorkflowStatus | str
    version: int
    created_at: datetime
    updated_at: datetime


class Definition(Model):
    """What a workflow does."""

    nodes: list[Node] = Field(default_factory=list)
    edges: list[Edge] = Field(default_factory=list)
    variables: dict[str, Any] = Field(default_factory=dict)
    settings: dict[str, Any] = Field(default_factory=dict)
    input_schema: dict[str, Any] | None = None


class Workflow(Definition):
    """A workflow with its newest definition."""

    id: str
    name: str
    description: str | None = None
    status: WorkflowStatus | str
    version: int
    published_version: int | None = None
    has_unpublished_changes: bool = False
    created_at: datetime
    updated_at: datetime


class WorkflowVersionSummary(Model):
    """A version in a list."""

    version: int
    created_at: datetime
    published: bool
    node_count: int


class WorkflowVersion(Definition):
    """One version of a workflow; it never changes."""

    workflow_id: str
    version: int
    created_at: datetime
    published: bool


class Validation(Model):
    """Whether a definition is right, and everything that is not."""

    valid: bool
    problems: list[Problem] = Field(default_factory=list)


class TriggerError(Model):
    """Why a trigger could not start the workflow."""

    message: str
    at: datetime


class Trigger(Model):
    """What starts a workflow."""

    node_id: str
    type: str
    active: bool
    url: str | None = None
    test_url: str | None = None
    methods: list[str] | None = None
    next_at: datetime | None = None
    last_started_at: datetime | None = None
    last_error: TriggerError | None = None


class ScheduledTime(Model):
    """A moment at which a schedule starts the workflow."""

    node_id: str
    scheduled_at: datetime
    timezone: str
    local_time: str


class NodeType(Model):
    """A kind of node that workflows can be made of."""

    type: str
    title: str
    description: str
    category: str
    trigger: bool
    effect: bool
    ports: list[str] | None = None
    parameters_schema: dict[str, Any]
    examples: list[dict[str, Any]] = Field(default_factory=list)


class Evaluation(Model):
    """What an expression gives."""

    result: Any = None
