"""Keeps the items for which `where` holds (as the condition of `if` does), in their order."""

from pydantic import Field

from flows.engine.contract import Example, Expression, NodeContext, NodeType, Parameters
from flows.engine.results import Outcome
from flows.engine.truth import holds


class FilterParameters(Parameters):
    items: Expression | None = Field(None, description="The list (without it: the input).")
    where: Expression = Field(description="Whether an item is kept; the item is `$item`, its place `$index`.")


def run(context: NodeContext, parameters: FilterParameters) -> Outcome:
    items = context.items(parameters.items)
    where = parameters.where
    return Outcome(
        [item for index, item in enumerate(items) if holds(context.evaluate(where, parameter="where", item=item, index=index))]
    )


NODE = NodeType(
    type="filter",
    title="Filter",
    description="Keeps the items that fit.",
    category="data",
    parameters=FilterParameters,
    run=run,
    examples=(
        Example(
            {"where": "$item.amount > 10"},
            [{"amount": 5}, {"amount": 50}],
            [{"amount": 50}],
            description="The input is the list.",
        ),
        Example({"items": "orders", "where": "$index < 1"}, {"orders": ["a", "b"]}, ["a"], description="A list in the input."),
    ),
)
