"""Faults: every AWS call of fan-out and delivery crashes before and after it, loses its answer, and runs twice at once.

What must hold each time: the event has arrived, with one webhook-id; the delivery has ended; nothing is left to be done.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import botocore.client
import pytest
from flows.webhooks import delivery_store, due
from flows.webhooks.delivery import deliver
from flows.webhooks.queue import Message

from .chain import Crash, crashed
from .conftest import ACCOUNT, Platform, Receiver
from .steps import message_of, only, send

CALLS_OF_FAN_OUT = 4
CALLS_OF_DELIVERY = 8


@contextmanager
def fault(kind: str, which: int | str) -> Iterator[list[str]]:
    """Let the AWS call of this number, or every one of this operation, meet a fault; yields the names of the calls that were made."""
    real = botocore.client.BaseClient._make_api_call
    made: list[str] = []

    def call(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        made.append(operation)
        if which not in (len(made) - 1, operation):
            return real(self, operation, parameters)
        if kind == "before":
            raise Crash
        answer = real(self, operation, parameters)
        if kind == "after":
            raise Crash
        return real(self, operation, parameters) if kind == "lost" else answer

    botocore.client.BaseClient._make_api_call = call  # type: ignore[method-assign]
    try:
        yield made
    finally:
        botocore.client.BaseClient._make_api_call = real  # type: ignore[method-assign]


def test_a_message_that_comes_again_sends_the_next_one_that_its_worker_could_not(aws: Platform, receiver: Receiver) -> None:
    webhook = aws.webhook(receiver)
    receiver.answer = lambda seen: (503 if len(receiver.seen) == 1 else 200, {}, b"")
    send(aws.event())
    [message] = aws.messages()
    with fault("before", "SendMessageBatch"), pytest.raises(Crash):
        deliver(message_of(message))
    assert only(webhook.id).status == "pending"
    assert aws.messages() == []

    assert deliver(message_of(message)) == "not_mine"

    aws.later(seconds=10)
    assert [deliver(message_of(following)) for following in aws.messages()] == ["succeeded"]
    assert only(webhook.id).status == "succeeded"


def recover(aws: Platform, event: dict[str, Any], rounds: int = 8) -> None:
    """What the platform does by itself: SQS brings the event again, and messages; the sweeper looks each minute."""
    send(event)
    for _ in range(rounds):
        for message in aws.messages():
            deliver(message_of(message))
        aws.later(minutes=17)
        due.sweep(aws.now)


@pytest.mark.parametrize("kind", ["before", "after", "lost"])
@pytest.mark.parametrize("number", range(CALLS_OF_FAN_OUT))
def test_an_event_arrives_whatever_call_of_the_fan_out_meets_a_fault(aws: Platform, receiver: Receiver, kind: str, number: int):
    webhook = aws.webhook(receiver)
    event = aws.event()

    with fault(kind, number):
        crashed(lambda: send(event))
    recover(aws, event)

    assert [seen.headers["webhook-id"] for seen in receiver.seen] == [event["id"]]
    assert only(webhook.id).status == "succeeded"


@pytest.mark.parametrize("answers", [[200], [500, 200]])
@pytest.mark.parametrize("kind", ["before", "after", "lost"])
@pytest.mark.parametrize("number", range(CALLS_OF_DELIVERY))
def test_an_event_arrives_whatever_call_of_a_delivery_meets_a_fault(
    aws: Platform, receiver: Receiver, kind: str, number: int, answers: list[int]
):
    receiver.answer = lambda seen: (answers[min(len(receiver.seen), len(answers)) - 1], {}, b"")
    webhook = aws.webhook(receiver)
    event = aws.event()
    send(event)
    [message] = aws.messages()

    with fault(kind, number):
        outcome = crashed(lambda: deliver(message_of(message)))
    if outcome is Crash:  # its message comes again after the visibility timeout
        aws.later(seconds=120)
        deliver(message_of(message))
    recover(aws, event)

    assert {seen.headers["webhook-id"] for seen in receiver.seen} == {event["id"]}
    assert len({seen.body for seen in receiver.seen}) == 1
    assert only(webhook.id).status == "succeeded"
    assert aws.messages() == []


def test_these_are_all_the_calls_there_are(aws: Platform, receiver: Receiver):
    receiver.answer = lambda seen: (500, {}, b"")
    aws.webhook(receiver)

    with fault("none", -1) as of_fan_out:
        send(aws.event())
    [message] = aws.messages()
    with fault("none", -1) as of_delivery:
        deliver(message_of(message))

    assert len(of_fan_out) <= CALLS_OF_FAN_OUT
    assert len(of_delivery) <= CALLS_OF_DELIVERY


@pytest.mark.usefixtures("one_at_a_time")
def test_two_workers_with_the_same_message_send_once(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    send(aws.event())
    [message] = aws.messages()
    both_claim = threading.Barrier(2)
    outcomes: list[str] = []

    def work() -> None:
        both_claim.wait()
        outcomes.append(deliver(message_of(message)))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(outcomes) == ["not_mine", "succeeded"]
    assert len(receiver.seen) == 1
    assert len(only(webhook.id).attempts) == 1


def test_an_attempt_whose_worker_died_is_made_again_after_its_lease_and_not_before(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    send(aws.event())
    [message] = aws.messages()
    delivery_store.claim(ACCOUNT, webhook.id, message["delivery_id"], 1, "a worker that dies")

    assert deliver(message_of(message)) == "not_mine"
    aws.later(seconds=61)
    assert deliver(message_of(message)) == "succeeded"


def test_what_a_worker_knows_counts_no_more_when_another_has_taken_over(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    send(aws.event())
    [message] = aws.messages()
    _, late = delivery_store.claim(ACCOUNT, webhook.id, message["delivery_id"], 1, "a worker that hangs")
    aws.later(seconds=61)
    assert deliver(message_of(message)) == "succeeded"

    assert not delivery_store.record_end(late, "failed", {"at": "", "status_code": 500})
    assert only(webhook.id).status == "succeeded"


def test_a_message_of_the_past_or_the_future_counts_for_nothing(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    send(aws.event())
    [message] = aws.messages()

    for turn in (0, 2, 99):
        assert deliver(Message(ACCOUNT, webhook.id, message["delivery_id"], turn)) == "not_mine"
    assert deliver(Message(ACCOUNT, webhook.id, "dlv_01hmx5j8yq3v7k2n9p4r6s8t0w", 1)) == "not_mine"
    assert receiver.seen == []


def test_a_message_that_got_lost_is_sent_by_the_sweeper_once(aws: Platform, receiver: Receiver):
    aws.webhook(receiver)
    send(aws.event())
    aws.messages()

    assert due.sweep(aws.later(minutes=5)) == 0
    assert due.sweep(aws.later(minutes=10)) == 1
    assert due.sweep(aws.later(minutes=1)) == 0
    [message] = aws.messages()
    assert deliver(message_of(message)) == "succeeded"
    assert due.sweep(aws.later(days=3)) == 0


def test_the_sweeper_brings_late_attempts_in_their_minute(aws: Platform, receiver: Receiver):
    receiver.answer = lambda seen: (500, {}, b"")
    webhook = aws.webhook(receiver)
    send(aws.event())
    for _ in range(3):
        for message in aws.messages():
            aws.now += timedelta(seconds=message["delay"])
            deliver(message_of(message))
    at = only(webhook.id).next_attempt_at
    assert aws.messages() == []

    from flows.aws import clock

    aws.now = clock.parse_iso(at) - timedelta(seconds=61)
    assert due.sweep(aws.now) == 0
    aws.now += timedelta(seconds=31)
    assert due.sweep(aws.now) == 1
    [message] = aws.messages()
    assert message["delay"] == 30
