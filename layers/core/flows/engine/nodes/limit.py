"""Keeps the first or the last items of a list, in their order."""

from typing import Literal

from pydantic import ConfigDict, Field

from flows.engine.contract import Example, Expression, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Whole
from flows.engine.results import Outcome


class LimitParameters(Parameters):
    model_config = ConfigDict(populate_by_name=False)

    items: Expression | None = Field(None, description="The list (without it: the input).")
    count: Whole = Field(description="How many at most.", ge=0)
    side: Literal["start", "end"] = Field("start", alias="from", description="Which ones.")


def run(context: NodeContext, parameters: LimitParameters) -> Outcome:
    items = context.items(parameters.items)
    if parameters.side == "start":
        return Outcome(items[: parameters.count])
    return Outcome(items[max(0, len(items) - parameters.count) :])


NODE = NodeType(
    type="limit",
    title="Limit",
    description="Keeps the first or the last items.",
    category="data",
    parameters=LimitParameters,
    run=run,
    examples=(
        Example({"count": 2}, [1, 2, 3], [1, 2], description="The first two."),
        Example({"count": 2, "from": "end"}, [1, 2, 3], [2, 3], description="The last two."),
    ),
)
