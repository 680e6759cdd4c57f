"""Check the state machines as a reviewer would: nothing unreachable, nothing without an end, a timeout or a handler.

python -m local.state_machines         checks statemachines/*.asl.json, prints what is wrong, exits 1 if anything is
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.settings import ROOT

TERMINAL = ("Succeed", "Fail")
EXPRESSION = re.compile(r"^\{%(.*)%\}$", re.DOTALL)
# Filled in by CloudFormation (DefinitionSubstitutions) before Step Functions sees the definition.
SUBSTITUTION = re.compile(r"\$\{[A-Za-z]+\}")


def problems(definition: dict[str, Any]) -> list[str]:
    """Everything that is wrong with one definition, each with its state's name."""
    states: dict[str, dict[str, Any]] = definition.get("States", {})
    found = [] if definition.get("QueryLanguage") == "JSONata" else ["QueryLanguage is not JSONata"]
    if definition.get("StartAt") not in states:
        found.append(f"StartAt names {definition.get('StartAt')}, which is no state")
    for name, state in states.items():
        found += [f"{name}: {what}" for what in problems_of_state(state, states)]
    reachable = reached(definition.get("StartAt", ""), states)
    found += [f"{name}: no transition leads here" for name in states if name not in reachable]
    if not any(state.get("Type") in TERMINAL or state.get("End") for state in states.values()):
        found.append("no state ends the execution")
    return found


def problems_of_state(state: dict[str, Any], states: dict[str, dict[str, Any]]) -> Iterator[str]:
    """What is wrong with one state by itself."""
    kind = state.get("Type")
    yield from (f"leads to {target}, which is no state" for target in targets(state) if target not in states)
    if kind in ("Task", "Pass", "Wait") and ("Next" in state) == bool(state.get("End")):
        yield "needs either Next or End"
    if kind == "Choice" and "Default" not in state:
        yield "a Choice without Default fails with States.NoChoiceMatched"
    if kind == "Task":
        yield from (f"a Task needs {field}" for field in ("TimeoutSeconds", "Catch") if field not in state)
        if "Retry" not in state and ".waitForTaskToken" not in state.get("Resource", ""):
            yield "a Task needs Retry"
        for retry in state.get("Retry", []):
            if not retry.get("JitterStrategy"):
                yield "Retry without JitterStrategy"
    if kind == "Fail" and not state.get("Error"):
        yield "a Fail needs a name (Error)"
    for text in texts(state):
        matched = EXPRESSION.match(text)
        if matched and (wrong := syntax_error(matched[1])):
            yield f"{text}: {wrong}"


def targets(state: dict[str, Any]) -> Iterator[str]:
    """The states that can follow."""
    for field in ("Next", "Default"):
        if field in state:
            yield state[field]
    for branch in (*state.get("Choices", []), *state.get("Catch", [])):
        if "Next" in branch:
            yield branch["Next"]


def reached(start: str, states: dict[str, dict[str, Any]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in states and name not in seen:
            seen.add(name)
            waiting += targets(states[name])
    return seen


def texts(value: Any) -> Iterator[str]:
    """All strings in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def syntax_error(expression: str) -> str:
    """What JSONata says against the expression; empty when it parses."""
    from jsonata.jexception import JException
    from jsonata.jsonata import Jsonata

    try:
        Jsonata(SUBSTITUTION.sub("x", expression))
    except JException as error:
        return str(error)
    return ""


def main(files: list[str]) -> int:
    wrong = 0
    for file in [Path(name) for name in files] or sorted((ROOT / "statemachines").glob("*.asl.json")):
        for problem in problems(json.loads(file.read_text())):
            wrong += 1
            print(f"{file.name}: {problem}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
