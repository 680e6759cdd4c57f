"""Goes on through the port of the first case that holds, else through `default`. A case holds as the condition of `if` does.
The output is the input. Cases after the first one that holds are not evaluated.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator

from flows.engine.contract import Example, Expression, NodeContext, NodeType, Parameters
from flows.engine.results import Outcome
from flows.engine.truth import holds

_TAKEN = frozenset({"default", "error"})


class Case(Parameters):
    name: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\s{}](?:[^{}\r\n]*[^\s{}])?$")] = Field(
        description="The name of its port."
    )
    when: Expression = Field(description="Whether it is this case.")


class SwitchParameters(Parameters):
    cases: list[Case] = Field(description="Looked at in this order.", min_length=1, max_length=100)

    @field_validator("cases")
    @classmethod
    def _names(cls, cases: list[Case]) -> list[Case]:
        seen: set[str] = set()
        for case in cases:
            if case.name in _TAKEN:
                raise ValueError(f"no case can be called {case.name}: every switch has a port of that name")
            if case.name in seen:
                raise ValueError(f"two cases are called {case.name}")
            seen.add(case.name)
        return cases


def run(context: NodeContext, parameters: SwitchParameters) -> Outcome:
    for index, case in enumerate(parameters.cases):
        if holds(context.evaluate(case.when, parameter=f"cases[{index}].when")):
            return Outcome(context.input, port=case.name)
    return Outcome(context.input, port="default")


def ports(parameters: Mapping[str, Any]) -> Sequence[str]:
    """The names of the cases as written, and ``default``; takes broken parameters too."""
    cases = parameters.get("cases")
    names = [case.get("name") for case in cases if isinstance(case, Mapping)] if isinstance(cases, list) else []
    return (*(name for name in names if isinstance(name, str)), "default")


NODE = NodeType(
    type="switch",
    title="Switch",
    description="Goes on through the first case that holds.",
    category="flow",
    parameters=SwitchParameters,
    run=run,
    ports=ports,
    examples=(
        Example(
            {"cases": [{"name": "big", "when": "amount > 1000"}, {"name": "small", "when": "amount > 0"}]},
            {"amount": 20},
            {"amount": 20},
            port="small",
            description="The first case that holds decides.",
        ),
        Example({"cases": [{"name": "big", "when": "amount > 1000"}]}, {}, {}, port="default", description="None holds."),
    ),
)
