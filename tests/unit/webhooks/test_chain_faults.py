"""The whole way of an event under faults: request -> table -> stream -> relay -> bus -> fan-out -> delivery -> retry -> sweep.

Each AWS call that the handlers on it make crashes before and after it and loses its answer; every message and record comes twice, and
out of order. What must hold each time is what holds without faults.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from flows.webhooks import deliveries, service

from .chain import Chain
from .conftest import ACCOUNT, Platform, Receiver, Seen
from .steps import only

CALLS = 25
"""Of the story without a fault: relay 1, deliver 6, relay 1, fan-out 4, deliver 7 and 6."""


@dataclass
class Story:
    """A test is sent to an endpoint that answers 410: it is disabled, and the account's other endpoint, which fails once, hears of it."""

    gone: Any
    other: Any
    receiver: Receiver

    @classmethod
    def begin(cls, aws: Platform, receiver: Receiver) -> Story:
        def answer(seen: Seen) -> tuple[int, dict[str, str], bytes]:
            if seen.path == "/gone":
                return 410, {}, b""
            return (500 if len([one for one in receiver.seen if one.path == "/other"]) == 1 else 200), {}, b""

        receiver.answer = answer
        base = receiver.url.removesuffix("/hook")
        gone = aws.webhook(receiver, url=f"{base}/gone", events=["form.submitted"])
        other = aws.webhook(receiver, url=f"{base}/other", events=["webhook.disabled"])
        return cls(gone, other, receiver)

    def holds(self) -> None:
        view = service.get(ACCOUNT, self.gone.id)
        assert (view.enabled, view.disabled_reason) == (False, "gone")
        assert only(self.gone.id).status == "failed"
        heard = [seen for seen in self.receiver.seen if seen.path == "/other"]
        assert {seen.headers["webhook-id"] for seen in heard} == {only(self.other.id).event_id}
        assert len({seen.body for seen in heard}) == 1
        assert json.loads(heard[0].body)["data"]["webhook_id"] == self.gone.id
        assert only(self.other.id).status == "succeeded"


@pytest.fixture
def story(aws: Platform, receiver: Receiver) -> Story:
    return Story.begin(aws, receiver)


def test_these_are_all_the_calls_of_the_story(aws: Platform, story: Story):
    chain = Chain(aws)
    deliveries.send_test(ACCOUNT, story.gone.id, "form.submitted", "1")
    chain.settle()

    story.holds()
    assert len(story.receiver.seen) == 3
    assert len(chain.calls) == CALLS, chain.calls


LAST = (0, 6, 7, 11, 18, 24)
"""The last call of each function: a crash after any other one is a crash before the next."""


@pytest.mark.parametrize(("kind", "number"), [*product(("before", "lost"), range(CALLS)), *product(("after",), LAST)])
def test_a_fault_at_any_call_on_the_way_changes_nothing(aws: Platform, story: Story, kind: str, number: int):
    chain = Chain(aws, kind, number)
    deliveries.send_test(ACCOUNT, story.gone.id, "form.submitted", "1")
    chain.settle()

    story.holds()


@pytest.mark.parametrize("reverse", [False, True])
def test_everything_twice_and_out_of_order_changes_nothing(aws: Platform, story: Story, reverse: bool):
    chain = Chain(aws, twice=True, reverse=reverse)
    deliveries.send_test(ACCOUNT, story.gone.id, "form.submitted", "1")
    chain.settle()

    story.holds()
    assert len(story.receiver.seen) == 3
