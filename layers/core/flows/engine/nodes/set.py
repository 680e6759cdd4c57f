"""Makes an object of named values. Each value is any JSON, with `{{ expressions }}` anywhere in it; names are taken as they are.

With `keep_input` the values are laid over the input, which then must be an object (or null, which counts as an empty one).
"""

from typing import Any

from pydantic import Field

from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Flag
from flows.engine.results import NodeFailure, Outcome


class SetParameters(Parameters):
    values: dict[str, Any] = Field(description="The values by name.")
    keep_input: Flag = Field(False, description="Lay the values over the input instead of leaving it behind.")


def run(context: NodeContext, parameters: SetParameters) -> Outcome:
    if not parameters.keep_input:
        return Outcome(parameters.values)
    kept = {} if context.input is None else context.input
    if not isinstance(kept, dict):
        raise NodeFailure(
            "InvalidInput", "keep_input needs an object as the input; turn it off, or make an object before this node"
        )
    return Outcome({**kept, **parameters.values})


NODE = NodeType(
    type="set",
    title="Set values",
    description="Makes an object of named values.",
    category="data",
    parameters=SetParameters,
    run=run,
    examples=(
        Example(
            {"values": {"name": "{{ first & ' ' & last }}", "total": "{{ price * 2 }}"}},
            {"first": "Ada", "last": "Lovelace", "price": 21},
            {"name": "Ada Lovelace", "total": 42},
            description="A text that is one expression keeps the type of its value.",
        ),
        Example(
            {"values": {"seen": True}, "keep_input": True},
            {"id": 7, "seen": False},
            {"id": 7, "seen": True},
            description="Laid over the input.",
        ),
    ),
)
