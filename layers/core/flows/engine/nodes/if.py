"""Goes one of two ways. The condition holds as JSONata's `$boolean` says: false, null, 0, "", an empty list or object, and a list
with nothing true in it do not hold. The output is the input.
"""

from pydantic import Field

from flows.engine.contract import Example, Expression, NodeContext, NodeType, Parameters
from flows.engine.results import Outcome
from flows.engine.truth import holds


class IfParameters(Parameters):
    condition: Expression = Field(description="Decides the port.")


def run(context: NodeContext, parameters: IfParameters) -> Outcome:
    value = context.evaluate(parameters.condition, parameter="condition")
    return Outcome(context.input, port="true" if holds(value) else "false")


NODE = NodeType(
    type="if",
    title="If",
    description="Goes on through `true` or `false`.",
    category="flow",
    parameters=IfParameters,
    run=run,
    ports=("true", "false"),
    examples=(
        Example({"condition": "score >= 50"}, {"score": 70}, {"score": 70}, port="true", description="The condition holds."),
        Example(
            {"condition": "missing"}, {"score": 70}, {"score": 70}, port="false", description="What is not there does not hold."
        ),
    ),
)
