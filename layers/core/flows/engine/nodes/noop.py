"""Does nothing: a place where branches meet, or a note in the graph. The output is the input."""

from flows.engine.contract import Example, NodeContext, NodeType, NoParameters
from flows.engine.results import Outcome


def run(context: NodeContext, parameters: NoParameters) -> Outcome:
    return Outcome(context.input)


NODE = NodeType(
    type="noop",
    title="No operation",
    description="Hands its input on.",
    category="flow",
    parameters=NoParameters,
    run=run,
    examples=(Example({}, [1, 2], [1, 2], description="The input goes on as it is."),),
)
