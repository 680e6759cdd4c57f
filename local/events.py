"""Sample events: events/<function>/<case>.json, and what each is answered.

``<case>.expected.json`` beside an event tells what the answer must contain: an object its keys, a list its elements in
order, ``"*"`` anything at all; where the answer has a text and the expectation an object, the text is parsed as JSON
(the body of an API answer). Without that file the function has to answer without an error.

In both files ``{{api_key}}`` and ``{{account_id}}`` stand for the key and the account that the caller fills in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.settings import ROOT, StackProblem

EVENTS = ROOT / "events"


@dataclass(frozen=True)
class SampleEvent:
    """One case of one function."""

    function: str
    case: str
    file: Path

    @property
    def name(self) -> str:
        return f"{self.function}/{self.case}"

    def event(self, values: Mapping[str, str]) -> Any:
        return filled(self.file, values)

    def expected(self, values: Mapping[str, str]) -> Any:
        """What the answer must contain; None when nothing is said of it."""
        file = self.file.with_suffix(".expected.json")
        return filled(file, values) if file.exists() else None


def filled(file: Path, values: Mapping[str, str]) -> Any:
    """The file's JSON with its ``{{names}}`` replaced."""
    text = file.read_text()
    for name, value in values.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return json.loads(text)


def all_events() -> list[SampleEvent]:
    """Every sample event, by function and case."""
    files = sorted(file for file in EVENTS.glob("*/*.json") if not file.name.endswith(".expected.json"))
    return [SampleEvent(file.parent.name, file.stem, file) for file in files]


def find(function: str, case: str) -> SampleEvent:
    """The event of that name; raises StackProblem that lists those there are."""
    for event in all_events():
        if (event.function, event.case) == (function, case):
            return event
    known = ", ".join(event.name for event in all_events() if event.function == function or not function)
    raise StackProblem(f"There is no events/{function}/{case}.json; there are {known or 'none for this function'}")


def differences(expected: Any, answer: Any, path: str = "answer") -> Iterator[str]:
    """Where the answer lacks what is expected."""
    if expected == "*":
        return
    if isinstance(expected, dict | list) and isinstance(answer, str):
        try:
            answer = json.loads(answer)
        except ValueError:
            yield f"{path} is no JSON: {answer[:200]}"
            return
    if isinstance(expected, dict) and isinstance(answer, dict):
        for key, value in expected.items():
            if key not in answer:
                yield f"{path}.{key} is missing"
            else:
                yield from differences(value, answer[key], f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(answer, list):
        if len(expected) != len(answer):
            yield f"{path} has {len(answer)} elements, expected {len(expected)}"
        for index, (one, other) in enumerate(zip(expected, answer, strict=False)):
            yield from differences(one, other, f"{path}[{index}]")
    elif expected != answer or type(expected) is not type(answer):
        yield f"{path} is {json.dumps(answer)[:300]}, expected {json.dumps(expected)}"
