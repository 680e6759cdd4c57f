"""Fan-outs, sweeps and redeliveries that meet a fault, run twice at once, or are told of in the wrong order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flows.webhooks import deliveries, due, service
from flows.webhooks.delivery import deliver
from flows.webhooks.models import UpdateWebhook

from .chain import Crash, at_once, crashed
from .conftest import ACCOUNT, Platform, Receiver
from .steps import message_of, only, run, send
from .test_delivery_faults import fault


@pytest.mark.usefixtures("one_at_a_time")
def test_two_that_fan_the_same_event_out_at_once_make_one_delivery(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    event = aws.event()

    assert at_once(lambda: send(event), lambda: send(event)) == [1, 1]
    run(aws)

    assert len(receiver.seen) == 1
    assert len(only(webhook.id).attempts) == 1


@pytest.mark.usefixtures("one_at_a_time")
def test_two_sweeps_at_once_bring_a_lost_attempt_once(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    send(aws.event())
    aws.messages()
    aws.later(minutes=16)

    at_once(lambda: due.sweep(aws.now), lambda: due.sweep(aws.now))
    run(aws)

    assert len(receiver.seen) == 1
    assert only(webhook.id).status == "succeeded"
    assert due.sweep(aws.later(minutes=20)) == 0


@pytest.mark.parametrize("kind", ["before", "after", "lost"])
@pytest.mark.parametrize("operation", ["Query", "BatchGetItem", "SendMessageBatch", "UpdateItem"])
def test_a_sweep_that_meets_a_fault_is_made_up_for_by_the_next(aws: Platform, receiver: Receiver, kind: str, operation: str):
    webhook = aws.webhook(receiver)
    send(aws.event())
    aws.messages()
    aws.later(minutes=16)

    # The 16 shards are read at once, so that calls have no number: each of this operation meets the fault.
    with fault(kind, operation) as calls:
        crashed(lambda: due.sweep(aws.now))
    for _ in range(2):
        run(aws)
        due.sweep(aws.later(minutes=16))
    run(aws)

    assert len(receiver.seen) == 1
    assert only(webhook.id).status == "succeeded"
    assert set(calls) <= {"Query", "BatchGetItem", "SendMessageBatch", "UpdateItem"}  # there are no others


def ask_for_one(webhook_id: str, delivery_id: str) -> None:
    deliveries.redeliver(ACCOUNT, webhook_id, delivery_id)


def ask_for_all(webhook_id: str, delivery_id: str) -> None:
    deliveries.redeliver_failed(ACCOUNT, webhook_id, "2024-01-01T00:00:00Z", None)


@pytest.fixture
def failed(aws: Platform, receiver: Receiver) -> Any:
    """A delivery that has failed, at an endpoint that is well again."""
    receiver.answer = lambda seen: (410, {}, b"")
    webhook = aws.webhook(receiver)
    send(aws.event())
    run(aws)
    receiver.answer = lambda seen: (200, {}, b"")
    receiver.seen.clear()
    service.update(ACCOUNT, webhook.id, UpdateWebhook(enabled=True))
    aws.later(seconds=1)
    return only(webhook.id)


@pytest.mark.parametrize("ask", [ask_for_one, ask_for_all])
@pytest.mark.parametrize("kind", ["none", "before", "after", "lost"])
@pytest.mark.parametrize("number", range(2))
def test_a_redelivery_that_meets_a_fault_and_is_asked_for_again_sends_once(
    aws: Platform, receiver: Receiver, failed: Any, ask: Callable[[str, str], None], kind: str, number: int
):
    with fault(kind, number) as calls:
        outcome = crashed(lambda: ask(failed.webhook_id, failed.id))
    if outcome is Crash:  # its caller got no answer, and asks again
        ask(failed.webhook_id, failed.id)
    run(aws)

    assert len(receiver.seen) == 1
    assert only(failed.webhook_id).status == "succeeded"
    assert kind != "none" or len(calls) == 2


@pytest.mark.usefixtures("one_at_a_time")
@pytest.mark.parametrize("second", [ask_for_one, ask_for_all])
def test_two_redeliveries_at_once_send_once(aws: Platform, receiver: Receiver, failed: Any, second: Callable[[str, str], None]):
    at_once(lambda: ask_for_one(failed.webhook_id, failed.id), lambda: second(failed.webhook_id, failed.id))
    run(aws)

    assert len(receiver.seen) == 1
    assert only(failed.webhook_id).status == "succeeded"


def test_messages_of_two_redeliveries_that_come_in_the_wrong_order_send_once(aws: Platform, receiver: Receiver, failed: Any):
    ask_for_one(failed.webhook_id, failed.id)
    [first] = aws.messages()
    ask_for_one(failed.webhook_id, failed.id)
    [second] = aws.messages()

    assert [deliver(message_of(message)) for message in (second, first, second)] == ["succeeded", "not_mine", "not_mine"]
    assert len(receiver.seen) == 1
