"""Keeps the first of each kind, in their order: of items that are the same, or that have the same value of `by`.

1 and 1.0 are the same, 1 and "1" are not; the order of an object's names does not count. Without a value counts as null.
"""

from pydantic import Field

from flows.engine.contract import Example, Expression, NodeContext, NodeType, Parameters
from flows.engine.json_order import identity
from flows.engine.results import Outcome


class UniqueParameters(Parameters):
    items: Expression | None = Field(None, description="The list (without it: the input).")
    by: Expression | None = Field(
        None, description="What tells items apart (without it: the whole item); the item is `$item`, its place `$index`."
    )


def run(context: NodeContext, parameters: UniqueParameters) -> Outcome:
    seen = set()
    kept = []
    for index, item in enumerate(context.items(parameters.items)):
        value = item if parameters.by is None else context.evaluate(parameters.by, parameter="by", item=item, index=index)
        key = identity(value)
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return Outcome(kept)


NODE = NodeType(
    type="unique",
    title="Unique",
    description="Removes duplicates.",
    category="data",
    parameters=UniqueParameters,
    run=run,
    examples=(
        Example(
            {}, [1, 2, 1.0, "1", {"a": 1, "b": 2}, {"b": 2, "a": 1}], [1, 2, "1", {"a": 1, "b": 2}], description="Whole items."
        ),
        Example(
            {"by": "$lowercase($item.email)"},
            [{"email": "A@x.org", "n": 1}, {"email": "a@x.org", "n": 2}],
            [{"email": "A@x.org", "n": 1}],
            description="By a value of each item.",
        ),
    ),
)
