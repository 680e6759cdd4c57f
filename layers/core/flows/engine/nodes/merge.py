"""Brings branches together. Waits, as any node with several edges, for what can still come; branches that were not taken count for nothing.

* `object`: an object of the branches' outputs by node id.
* `append`: the branches' lists one after the other, in the order of the edges (a single value is a list of one, null an empty one).
* `combine`: one object of all names; where two branches have the same name, the later edge wins.
* `position`: the first items together, then the second ones, and so on: objects are laid over one another, other items become a list.
* `key`: items with the same value at `key` together, laid over one another, as a database joins tables. An item without the key matches none.

`join` says what becomes of items without a partner, in `position` and `key`: `inner` leaves them out, `left` keeps those of the
first branch, `outer` keeps all.
"""

from itertools import zip_longest
from typing import Any, Literal

from pydantic import Field, model_validator

from flows.engine import joins
from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Text
from flows.engine.results import NodeFailure, Outcome


class MergeParameters(Parameters):
    mode: Literal["object", "append", "combine", "position", "key"] = Field("object", description="How.")
    key: Text | None = Field(
        None, description="The name of the field that joins (`a.b` for one inside of another).", min_length=1
    )
    join: Literal["inner", "left", "outer"] = Field("inner", description="What becomes of items without a partner.")

    @model_validator(mode="after")
    def _key(self) -> "MergeParameters":
        if self.mode == "key" and self.key is None:
            raise ValueError("the mode key needs the parameter key")
        return self


def run(context: NodeContext, parameters: MergeParameters) -> Outcome:
    inputs = context.inputs
    if parameters.mode == "object":
        return Outcome(dict(inputs))
    if parameters.mode == "combine":
        return Outcome(_combined(inputs.items()))
    lists = [_as_list(value) for value in inputs.values()]
    if parameters.mode == "append":
        return Outcome([item for items in lists for item in items])
    if parameters.mode == "position":
        return Outcome(_zipped(lists, parameters.join))
    for node_id, items in zip(inputs, lists, strict=True):
        if not all(isinstance(item, dict) for item in items):
            raise NodeFailure(
                "InvalidInput", f"the mode key joins lists of objects; the output of {node_id} has something else in it"
            )
    return Outcome(joins.join_all(lists, parameters.key or "", parameters.join))


def _combined(inputs: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for node_id, value in inputs:
        if value is not None and not isinstance(value, dict):
            raise NodeFailure("InvalidInput", f"the mode combine needs objects; the output of {node_id} is none")
        result.update(value or {})
    return result


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _zipped(lists: list[list[Any]], join: str) -> list[Any]:
    if not lists:
        return []
    lengths = [len(items) for items in lists]
    length = {"inner": min(lengths), "left": lengths[0], "outer": max(lengths)}[join]
    rows = list(zip_longest(*(items[:length] for items in lists)))
    if all(isinstance(item, dict) for items in lists for item in items):
        return [{name: value for item in row if item is not None for name, value in item.items()} for row in rows]
    return [list(row) for row in rows]


_BRANCHES = {"people": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bo"}], "cities": [{"id": 1, "city": "London"}]}

NODE = NodeType(
    type="merge",
    title="Merge",
    description="Brings branches together.",
    category="flow",
    parameters=MergeParameters,
    run=run,
    examples=(
        Example({}, None, {"a": {"x": 1}, "b": [2]}, inputs={"a": {"x": 1}, "b": [2]}, description="By node id."),
        Example({"mode": "append"}, None, [1, 2, 3], inputs={"a": [1, 2], "b": 3}, description="One after the other."),
        Example(
            {"mode": "combine"}, None, {"x": 1, "y": 3}, inputs={"a": {"x": 1, "y": 2}, "b": {"y": 3}}, description="Later wins."
        ),
        Example(
            {"mode": "position"}, None, [[1, "a"], [2, "b"]], inputs={"a": [1, 2, 3], "b": ["a", "b"]}, description="Zipped."
        ),
        Example(
            {"mode": "key", "key": "id", "join": "left"},
            None,
            [{"id": 1, "name": "Ada", "city": "London"}, {"id": 2, "name": "Bo"}],
            inputs=_BRANCHES,
            description="Joined on a field.",
        ),
    ),
)
