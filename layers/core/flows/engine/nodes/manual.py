"""A person, or a call of the API, starts the run here. The output is the execution's input."""

from flows.engine.contract import Example, NodeContext, NodeType, NoParameters
from flows.engine.results import Outcome


def run(context: NodeContext, parameters: NoParameters) -> Outcome:
    return Outcome(context.input)


NODE = NodeType(
    type="manual",
    title="Manual trigger",
    description="Starts the run when somebody executes the workflow.",
    category="trigger",
    parameters=NoParameters,
    run=run,
    trigger=True,
    examples=(
        Example({}, {"email": "ada@example.com"}, {"email": "ada@example.com"}, description="The input goes on as it is."),
    ),
)
