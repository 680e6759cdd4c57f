"""`execute_workflow`: another workflow as a step of this one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.results import Answer, NodeFailure, Outcome, Wait


class ExecuteWorkflowParameters(Parameters):
    workflow_id: str = Field(description="The workflow to run: its published version, else its draft.")
    input: Any = Field(None, description="Its input; without it this node's input.")
    wait: bool = Field(
        True,
        description="Wait for its end; else go on at once with `{execution_id}`. "
        "A run that is waited for is cancelled when its parent ends, or this node's time is over.",
    )


def run(context: NodeContext, parameters: ExecuteWorkflowParameters) -> Outcome:
    """Start the other workflow; its end is answered to this node."""
    given = parameters.input if "input" in parameters.model_fields_set else context.input
    execution_id = context.start_workflow(parameters.workflow_id, given, wait=parameters.wait)
    started = {"execution_id": execution_id}
    if not parameters.wait:
        return Outcome(started)
    return Outcome(wait=Wait(until=None, kind="execution", data=started))


def resume(context: NodeContext, parameters: ExecuteWorkflowParameters, answers: Sequence[Answer], timed_out: bool) -> Outcome:
    """Take over how the other run ended."""
    started = context.wait.data["execution_id"] if context.wait else None
    ends = [answer.data for answer in answers if answer.data["execution_id"] == started]  # others are an earlier attempt's
    if not ends:
        return Outcome(wait=context.wait)
    end = ends[0]
    if end["status"] == "completed":
        return Outcome(end.get("output"))
    error = end.get("error") or {}
    raise NodeFailure(
        "WorkflowFailed",
        f"The execution {end['execution_id']} ended as {end['status']}"
        + (f": {error['message']}" if error.get("message") else ""),
        {"execution_id": end["execution_id"], "status": end["status"], "error": end.get("error")},
    )


NODE = NodeType(
    type="execute_workflow",
    title="Execute workflow",
    description="Runs another workflow of the account, and gives its output when it ends.",
    category="flow",
    parameters=ExecuteWorkflowParameters,
    run=run,
    resume=resume,
    effect=True,
    examples=(
        Example(
            {"workflow_id": "wf_01hzy3m5n8p2q4r6s8t0v2w4x6", "input": {"email": "{{ email }}"}, "wait": False},
            {"email": "ada@example.com"},
            {"execution_id": ...},
            description="Started, and not waited for.",
        ),
    ),
)
