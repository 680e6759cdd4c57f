"""`foreach`: a body for each item. The walker runs it; this module says what can be written."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.engine.contract import Example, Expression, NodeContext, NodeType, Parameters, RawMarker
from flows.engine.results import Outcome


class Body(BaseModel):
    """The graph that is run for each item."""

    model_config = ConfigDict(extra="forbid")

    nodes: list[dict[str, Any]] = Field(default_factory=list)
    edges: list[dict[str, Any]] = Field(default_factory=list)


class ForeachParameters(Parameters):
    items: Expression | None = Field(None, description="The list; without it the node's input.")
    body: Annotated[Body, RawMarker()] = Field(
        description="Nodes and edges that run for each item; its start nodes get the item."
    )
    concurrency: int = Field(10, ge=1, le=40, description="Items at the same time.")
    on_item_error: Literal["fail", "continue", "skip"] = Field(
        "fail", description="`fail` ends the loop, `continue` gives `{error}` in the item's place, `skip` leaves it out."
    )
    stop_when: Expression | None = Field(
        None, description="Looked at after each item, over its output; when it holds, no further item is started."
    )


def run(context: NodeContext, parameters: ForeachParameters) -> Outcome:
    """Never called: the walker runs loops itself, since their items may wait, fail and go on in another turn."""
    raise AssertionError("foreach is run by the walker")


NODE = NodeType(
    type="foreach",
    title="For each",
    description=(
        "Runs a body for each item of a list and gives the body's outputs in the order of the items. In the body, `$item` and "
        "`$index` are bound, and its start nodes get the item as their input."
    ),
    category="flow",
    parameters=ForeachParameters,
    run=run,
    examples=(
        Example(
            {
                "items": "orders",
                "body": {
                    "nodes": [
                        {
                            "id": "total",
                            "type": "set",
                            "parameters": {"values": {"place": "{{ $index }}", "sum": "{{ price * count }}"}},
                        }
                    ],
                    "edges": [],
                },
            },
            {"orders": [{"price": 2, "count": 3}, {"price": 5, "count": 1}]},
            [{"place": 0, "sum": 6}, {"place": 1, "sum": 5}],
            description="A calculation for each order.",
        ),
    ),
)
