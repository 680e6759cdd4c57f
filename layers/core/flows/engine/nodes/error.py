"""Starts the workflow when an execution of another one has failed: of those in `workflow_ids`, or of any.

A failure of the run that it starts starts nothing again. A workflow that another one names as its `on_failure_workflow_id` begins
here as well, published or not, and once for a failure. The output is `{execution, workflow, node, error}`.
"""

from typing import Annotated

from pydantic import Field

from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.results import Outcome


class ErrorParameters(Parameters):
    workflow_ids: list[Annotated[str, Field(min_length=1, max_length=64)]] | None = Field(
        None, description="The workflows that are watched (without it: all).", min_length=1, max_length=100
    )


def run(context: NodeContext, parameters: ErrorParameters) -> Outcome:
    return Outcome(context.input)


_FAILURE = {
    "execution": {"id": "exec_01hzy3m5n8p2q4r6s8t0v2w4x6"},
    "workflow": {"id": "wf_01hzy3m5n8p2q4r6s8t0v2w4x6", "name": "Orders"},
    "node": {"id": "fetch", "type": "http_request"},
    "error": {"type": "HttpError", "message": "The server answered 500", "details": None},
}

NODE = NodeType(
    type="error",
    title="Error trigger",
    description="Starts the workflow when another one has failed.",
    category="trigger",
    parameters=ErrorParameters,
    run=run,
    trigger=True,
    examples=(Example({}, _FAILURE, _FAILURE, description="The failure is the output."),),
)
