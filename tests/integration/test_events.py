"""Every sample event is sent to its function in the genuine Lambda runtime, on the built artifact, against the stack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from local import build, events
from local.settings import ROOT, aws_environment
from tests.rie import Function
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
            function = Function(name, self._build, self.environment(name))
            self._started[name] = self._running.enter_context(function)
        return self._started[name]

    def environment(self, name: str) -> dict[str, str]:
        """What the deployed function is told, with the credentials of its own role: IAM judges it as when deployed."""
        configuration: dict[str, Any] = self._stack.client("lambda").get_function_configuration(
            FunctionName=self._stack.functions[name]
        )
        role = self._stack.client("sts").assume_role(RoleArn=configuration["Role"], RoleSessionName="events")
        credentials = role["Credentials"]
        return {
            **configuration["Environment"]["Variables"],
            **aws_environment(self._stack.endpoint_url),
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
        }


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
