"""What the API shows of triggers."""

from __future__ import annotations

from pydantic import BaseModel, Field


class TriggerError(BaseModel):
    """What last kept a trigger from starting the workflow."""

    message: str
    at: str


class TriggerView(BaseModel):
    """One of the things that can start a workflow."""

    node_id: str
    type: str
    active: bool = Field(
        description="Whether the published version has it. A draft's triggers start nothing, but for `test_url`."
    )
    url: str | None = Field(None, description="Of a published webhook: where requests go.")
    test_url: str | None = Field(None, description="Of a draft's webhook: runs the draft.")
    methods: list[str] | None = Field(None, description="Of a webhook: the methods that it takes.")
    next_at: str | None = Field(None, description="Of a published schedule: its next moment.")
    last_started_at: str | None = Field(description="The newest execution that it started.")
    last_error: TriggerError | None = Field(description="What last kept it from starting one.")


class DecisionView(BaseModel):
    """A decision that a program has handed on."""

    decision: str = Field(description="`approved` or `rejected`: what the link stands for.")
    by: str | None
    comment: str | None


class ScheduledTime(BaseModel):
    """A moment at which a schedule will start the workflow."""

    node_id: str
    scheduled_at: str
    timezone: str
    local_time: str = Field(description="The same moment on the clock of that time zone.")
