"""Ends the whole execution at once, whatever else is under way. With `failure` the execution fails with the message; with `success` it is
completed. `output` becomes the execution's output (null without it).
"""

from typing import Any, Literal

from pydantic import Field

from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Text
from flows.engine.results import EndRun, Outcome


class StopParameters(Parameters):
    outcome: Literal["success", "failure"] = Field(description="How the execution ends.")
    message: Text = Field("", description="What the execution's error says.", max_length=10_000)
    output: Any = Field(None, description="The execution's output.")


def run(context: NodeContext, parameters: StopParameters) -> Outcome:
    if parameters.outcome == "success":
        return Outcome(parameters.output, end=EndRun("completed", parameters.message))
    message = parameters.message or f"The node {context.node_id} stopped the execution."
    return Outcome(parameters.output, end=EndRun("failed", message))


NODE = NodeType(
    type="stop",
    title="Stop",
    description="Ends the whole execution.",
    category="flow",
    parameters=StopParameters,
    run=run,
    ports=(),
    examples=(
        Example(
            {"outcome": "failure", "message": "No stock of {{ sku }}"},
            {"sku": "A-1"},
            None,
            description="The execution fails with this message.",
        ),
        Example({"outcome": "success", "output": {"done": True}}, {}, {"done": True}, description="The execution is completed."),
    ),
)
