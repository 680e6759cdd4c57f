"""Every sample event is sent to its function in the genuine Lambda runtime, on the built artifact, against the stack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local import build, events
from local.settings import ROOT
from tests.rie import Function, environment_of
from tests.stack import RunningStack

FUNCTIONS = sorted(handler.parent.name for handler in (ROOT / "functions").glob("*/handler.py"))


class Runtimes:
    """The functions in their runtimes, each started when its first event comes."""

    def __init__(self, stack: RunningStack, running: ExitStack) -> None:
        self._stack = stack
        self._running = running
        self._started: dict[str, Function] = {}
        template, _ = build.build()
        self._build: Path = template.parent

    def __getitem__(self, name: str) -> Function:
        if name not in self._started:
            function = Function(name, self._build, environment_of(self._stack, name))
            self._started[name] = self._running.enter_context(function)
        return self._started[name]


@pytest.fixture(scope="module")
def runtimes(stack: RunningStack) -> Iterator[Runtimes]:
    with ExitStack() as running:
        yield Runtimes(stack, running)


@pytest.fixture(scope="module")
def values(stack: RunningStack) -> dict[str, str]:
    account_id, api_key = stack.make_account("business")
    return {"account_id": account_id, "api_key": api_key}


@pytest.mark.parametrize("sample", events.all_events(), ids=lambda sample: sample.name)
def test_the_function_answers_the_event_as_expected(
    sample: events.SampleEvent, runtimes: Runtimes, values: dict[str, str]
) -> None:
    function = runtimes[sample.function]

    answer = function.invoke(sample.event(values))

    expected = sample.expected(values)
    if expected is None:
        assert not (isinstance(answer, dict) and "errorMessage" in answer), f"{answer}\n{function.log()[-3000:]}"
    else:
        found = list(events.differences(expected, answer))
        assert not found, "\n".join([*found, json.dumps(answer)[:1000], function.log()[-3000:]])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_a_sample_event(function: str) -> None:
    assert any(event.function == function for event in events.all_events()), f"events/{function}/*.json"
