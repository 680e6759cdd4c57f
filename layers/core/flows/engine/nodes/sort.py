"""Sorts items by one or more values. Items with equal values stay in their order; null, and what is not there, comes last in both directions.

Values of any type have an order: false, true, numbers, texts (by code point, so "Z" before "a"), lists, objects.
"""

from typing import Literal

from pydantic import Field

from flows.engine.contract import Example, Expression, NodeContext, NodeType, Parameters
from flows.engine.json_order import stable_sorted
from flows.engine.results import Outcome


class SortKey(Parameters):
    value: Expression = Field(description="The value; the item is `$item`, its place `$index`.")
    order: Literal["asc", "desc"] = Field("asc", description="The direction.")


class SortParameters(Parameters):
    items: Expression | None = Field(None, description="The list (without it: the input).")
    by: list[SortKey] = Field(description="The values that decide, the most important first.", min_length=1, max_length=20)


def run(context: NodeContext, parameters: SortParameters) -> Outcome:
    items = context.items(parameters.items)
    keys = [
        (
            [
                context.evaluate(key.value, parameter=f"by[{place}].value", item=item, index=index)
                for index, item in enumerate(items)
            ],
            key.order == "desc",
        )
        for place, key in enumerate(parameters.by)
    ]
    return Outcome(stable_sorted(items, keys))


NODE = NodeType(
    type="sort",
    title="Sort",
    description="Sorts items.",
    category="data",
    parameters=SortParameters,
    run=run,
    examples=(
        Example(
            {"by": [{"value": "$item.age", "order": "desc"}, {"value": "$item.name"}]},
            [{"name": "Cy", "age": 30}, {"name": "Al"}, {"name": "Bo", "age": 30}, {"name": "Di", "age": 41}],
            [{"name": "Di", "age": 41}, {"name": "Bo", "age": 30}, {"name": "Cy", "age": 30}, {"name": "Al"}],
            description="By age, the oldest first, then by name.",
        ),
    ),
)
