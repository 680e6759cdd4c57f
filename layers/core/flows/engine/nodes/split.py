"""Makes one item for each element of a field, and keeps the rest of the item beside it. An item whose field is missing, null or an empty list
gives none; a field that is no list counts as a list of one.
"""

from typing import Any

from pydantic import Field

from flows.engine.contract import Example, Expression, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Text
from flows.engine.results import NodeFailure, Outcome

MAX_ITEMS = 100_000


class SplitParameters(Parameters):
    items: Expression | None = Field(None, description="The list (without it: the input).")
    field: Text = Field(description="The name of the field (`a.b` for one inside of another).", min_length=1)


def run(context: NodeContext, parameters: SplitParameters) -> Outcome:
    rows: list[Any] = []
    for index, item in enumerate(context.items(parameters.items)):
        if not isinstance(item, dict):
            raise NodeFailure("InvalidInput", f"items: item {index} is no object, so it has no field {parameters.field}")
        rows.extend(_split(item, parameters.field))
        if len(rows) > MAX_ITEMS:
            raise NodeFailure("TooLarge", f"more than {MAX_ITEMS} items would be made")
    return Outcome(rows)


def _split(item: dict[str, Any], field: str) -> list[dict[str, Any]]:
    if field not in item and "." in field:
        head, rest = field.split(".", 1)
        inner = item.get(head)
        return [{**item, head: row} for row in _split(inner, rest)] if isinstance(inner, dict) else []
    value = item.get(field)
    elements = value if isinstance(value, list) else [] if value is None else [value]
    return [{**item, field: element} for element in elements]


NODE = NodeType(
    type="split",
    title="Split",
    description="Makes an item of each element of a field.",
    category="data",
    parameters=SplitParameters,
    run=run,
    examples=(
        Example(
            {"field": "lines"},
            {"order": 7, "lines": ["pen", "ink"]},
            [{"order": 7, "lines": "pen"}, {"order": 7, "lines": "ink"}],
            description="One item for each line of an order.",
        ),
    ),
)
