"""The check of the state machines finds what it is for."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from local.settings import ROOT
from local.state_machines import problems

TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Arguments": {"FunctionName": "${Runner}", "Payload": "{% $states.input %}"},
    "TimeoutSeconds": 60,
    "Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "FULL"}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Settle"}],
    "Next": "Which",
}
MACHINE: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "Run",
    "States": {
        "Run": TASK,
        "Which": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.again %}", "Next": "Run"}], "Default": "Done"},
        "Settle": {"Type": "Pass", "Next": "Done"},
        "Done": {"Type": "Succeed"},
    },
}


def changed(**states: dict[str, Any]) -> dict[str, Any]:
    machine = copy.deepcopy(MACHINE)
    for name, changes in states.items():
        state = machine["States"].setdefault(name, {})
        for field, value in changes.items():
            if value is None:
                del state[field]
            else:
                state[field] = value
    return machine


def test_a_sound_machine_has_no_problems() -> None:
    assert problems(MACHINE) == []


@pytest.mark.parametrize("file", sorted((ROOT / "statemachines").glob("*.asl.json")), ids=lambda file: file.name)
def test_our_machines_are_sound(file: Any) -> None:
    assert problems(json.loads(file.read_text())) == []


@pytest.mark.parametrize(
    ("machine", "problem"),
    [
        (changed(Run={"TimeoutSeconds": None}), "Run: a Task needs TimeoutSeconds"),
        (changed(Run={"Retry": None}), "Run: a Task needs Retry"),
        (changed(Run={"Catch": None}), "Run: a Task needs Catch"),
        (changed(Run={"Next": "Nowhere"}), "Run: leads to Nowhere, which is no state"),
        (changed(Which={"Default": None}), "Which: a Choice without Default fails with States.NoChoiceMatched"),
        (changed(Island={"Type": "Succeed"}), "Island: no transition leads here"),
        (changed(Settle={"Type": "Fail", "Next": None}), "Settle: a Fail needs a name (Error)"),
        ({**MACHINE, "QueryLanguage": "JSONPath"}, "QueryLanguage is not JSONata"),
        ({**MACHINE, "StartAt": "Begin"}, "StartAt names Begin, which is no state"),
    ],
)
def test_a_flaw_is_named_with_its_state(machine: dict[str, Any], problem: str) -> None:
    assert problem in problems(machine)


def test_an_expression_that_does_not_parse_is_named() -> None:
    machine = changed(Run={"Output": "{% $states.result. %}"})

    found = problems(machine)

    assert len(found) == 1
    assert found[0].startswith("Run: {% $states.result. %}: ")
