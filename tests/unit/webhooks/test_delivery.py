"""From an event on the bus to the receiver: attempts, their schedule, their record."""

from __future__ import annotations

import base64
import json
import socket
from datetime import timedelta
from typing import Any

import pytest
from flows.aws import clock
from flows.aws.settings import settings
from flows.paging import Window
from flows.webhooks import deliveries, due, repository, service
from flows.webhooks.deliveries import Filters
from flows.webhooks.delivery import deliver
from flows.webhooks.events import new_event
from flows.webhooks.throttle import wait_for
from standardwebhooks import Webhook

from .conftest import ACCOUNT, START, Platform, Receiver
from .steps import message_of, only, run, send

DELAYS = [5, 300, 1800, 7200, 18000, 36000, 36000]


def test_an_event_arrives_signed_at_every_endpoint_that_wants_it_and_nowhere_else(aws: Platform, start_receiver):
    wants_all, wants_runs, wants_forms = receivers = [start_receiver() for _ in range(3)]
    for each in receivers:
        aws.open(each)
    made = aws.webhook(wants_all, events=["*"])
    aws.webhook(wants_runs, events=["workflow.*"], secret="your-webhook-secret")
    aws.webhook(wants_forms, events=["form.submitted"])
    clock.set_now(None)
    event = new_event("workflow.executed", {"execution_id": "exec_1", "output": {"ü": 1.5}}, "1")

    assert send(event) == 2
    assert run(aws) == ["succeeded", "succeeded"]

    [first], [second] = wants_all.seen, wants_runs.seen
    assert Webhook(made.secret).verify(first.body, first.headers) == event
    assert Webhook("whsec_" + base64.b64encode(b"your-webhook-secret").decode()).verify(second.body, second.headers) == event
    assert first.headers["webhook-id"] == event["id"] == json.loads(first.body)["id"]
    assert first.headers["content-type"] == "application/json"
    assert wants_forms.seen == []


def test_another_accounts_endpoint_gets_nothing(aws: Platform, receiver: Receiver):
    aws.webhook(receiver, account_id="acct_01hmx5j8yq3v7k2n9p4r6s8t0x")

    assert send(aws.event()) == 0


def test_an_event_that_comes_twice_is_delivered_once(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    event = aws.event()

    send(event)
    send(event)
    outcomes = run(aws)
    send(event)

    assert sorted(outcomes) == ["not_mine", "succeeded"]
    assert aws.messages() == []
    assert len(receiver.seen) == 1
    assert only(webhook.id).status == "succeeded"


def test_messages_are_grouped_by_endpoint(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)

    send(aws.event())

    assert [message["group"] for message in aws.messages()] == [webhook.id]


def test_attempts_come_at_0_5s_5min_30min_2h_5h_10h_10h_and_then_it_has_failed(aws: Platform, receiver: Receiver):
    receiver.answer = lambda seen: (500, {}, b"broken")
    webhook = aws.webhook(receiver)
    send(aws.event())
    assert run(aws) == ["retrying"]

    waited = []
    for _ in DELAYS:
        planned = clock.parse_iso(only(webhook.id).next_attempt_at)
        waited.append((planned - aws.now).total_seconds())
        messages = aws.messages()
        aws.now = planned
        if not messages:  # too far off for the queue: the sweeper brings it
            assert waited[-1] > 900
            assert due.sweep(aws.now) == 1
            messages = aws.messages()
        [message] = messages
        deliver(message_of(message))

    delivery = only(webhook.id)
    assert delivery.status == "failed"
    assert delivery.next_attempt_at is None
    assert [attempt.status_code for attempt in delivery.attempts] == [500] * 8
    assert delivery.attempts[0].response == "broken"
    assert all(planned <= real <= planned * 1.2 + 0.001 for planned, real in zip(DELAYS, waited, strict=True))
    assert len({round(real / planned, 6) for planned, real in zip(DELAYS, waited, strict=True)}) > 1
    assert {seen.headers["webhook-id"] for seen in receiver.seen} == {delivery.event_id}
    assert aws.messages() == []
    assert due.sweep(aws.now + timedelta(days=2)) == 0


def test_the_clock_of_the_schedule_can_be_scaled(aws: Platform, receiver: Receiver):
    aws.monkeypatch.setenv("RETRY_SCALE", "0.001")
    settings.cache_clear()
    receiver.answer = lambda seen: (500, {}, b"")
    webhook = aws.webhook(receiver)
    send(aws.event())

    for _ in range(8):
        run(aws)
        aws.later(seconds=44)

    assert only(webhook.id).status == "failed"
    assert len(receiver.seen) == 8


def test_a_receiver_that_recovers_gets_the_event(aws: Platform, receiver: Receiver):
    receiver.answer = lambda seen: (503, {}, b"") if len(receiver.seen) < 3 else (204, {}, b"")
    webhook = aws.webhook(receiver)
    send(aws.event())

    outcomes = []
    for _ in range(3):
        outcomes += run(aws)
        aws.later(minutes=7)

    assert outcomes == ["retrying", "retrying", "succeeded"]
    assert only(webhook.id).status == "succeeded"
    assert service.get(ACCOUNT, webhook.id).failing_since is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120),
        ("999999999", 36_000),
        ("9" * 400, 36_000),
        ("-5", 5),
        ("Mon, 01 Mar 2100 10:04:00 GMT", 240),
        ("Tue, 01 Mar 9999 10:00:00 GMT", 36_000),
        ("soon", 5),
    ],
)
def test_retry_after_is_honoured_within_bounds(aws: Platform, receiver: Receiver, value: str, expected: int):
    receiver.answer = lambda seen: (429, {"retry-after": value}, b"")
    webhook = aws.webhook(receiver)
    send(aws.event())

    run(aws)

    wait = (clock.parse_iso(only(webhook.id).next_attempt_at) - START).total_seconds()
    assert expected <= wait <= expected * 1.2


def test_a_redirect_is_a_failure_and_is_not_followed(aws: Platform, receiver: Receiver):
    receiver.answer = lambda seen: (307, {"location": "/elsewhere"}, b"")
    webhook = aws.webhook(receiver)
    send(aws.event())

    assert run(aws) == ["retrying"]
    assert [seen.path for seen in receiver.seen] == ["/hook"]
    assert "redirect" in only(webhook.id).attempts[0].error


@pytest.mark.parametrize(("status", "told"), [(301, "redirect"), (308, "redirect"), (304, "only 2xx"), (399, "only 2xx")])
def test_only_what_is_a_redirect_is_told_as_one(aws: Platform, receiver: Receiver, status: int, told: str):
    receiver.answer = lambda seen: (status, {"Location": "/other"}, b"")
    webhook = aws.webhook(receiver)
    send(aws.event())

    run(aws)

    assert told in only(webhook.id).attempts[0].error


def test_a_large_answer_of_200_is_a_success(aws: Platform, receiver: Receiver):
    receiver.answer = lambda seen: (200, {}, b"x" * 20_000_000)
    aws.webhook(receiver)
    send(aws.event())

    assert run(aws) == ["succeeded"]


def test_no_receiver_at_all_is_recorded_in_words(aws: Platform, receiver: Receiver):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        receiver.port = closed.getsockname()[1]
    aws.open(receiver)
    webhook = aws.webhook(receiver)
    send(aws.event())

    assert run(aws) == ["retrying"]

    [attempt] = only(webhook.id).attempts
    assert attempt.status_code is None
    assert attempt.error == "The host could not be connected to."


def test_a_filter_decides_and_fields_thin(aws: Platform, receiver: Receiver, start_receiver):
    other = start_receiver()
    aws.open(other)
    aws.webhook(receiver, filter='data.status = "failed"')
    aws.webhook(other, fields=["status", "output.total", "missing", "output.none.deeper"])
    data = {"execution_id": "exec_1", "status": "completed", "output": {"total": 3, "rows": [1, 2, 3]}}

    assert send(aws.event(data=data, seed="1")) == 1
    assert send(aws.event(data={**data, "status": "failed"}, seed="2")) == 2
    run(aws)

    assert [json.loads(seen.body)["data"]["status"] for seen in receiver.seen] == ["failed"]
    assert json.loads(other.seen[0].body)["data"] == {"status": "completed", "output": {"total": 3}}


def test_an_event_on_which_the_filter_fails_is_sent_and_the_delivery_says_so(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver, filter="$uppercase(data.amount)")

    assert send(aws.event(data={"amount": 5})) == 1
    assert "filter" in only(webhook.id).note


def test_what_stands_in_an_event_is_data_and_never_an_expression(aws: Platform, receiver: Receiver):
    aws.webhook(receiver)
    send(aws.event("form.submitted", {"form_id": "f", "data": {"name": "{{ 1+1 }}", "big": 10**40, "small": 1e-300}}))

    run(aws)

    assert b'"{{ 1+1 }}"' in receiver.seen[0].body
    assert str(10**40).encode() in receiver.seen[0].body


def test_deep_data_gets_through(aws: Platform, receiver: Receiver):
    deep: Any = 1
    for _ in range(195):
        deep = [deep]
    aws.webhook(receiver)
    send(aws.event(data={"data": {"field": deep}}))

    assert run(aws) == ["succeeded"]


def test_a_throttle_spreads_deliveries(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver, throttle=0.5)
    for seed in range(4):
        send(aws.event(seed=str(seed)))

    assert run(aws) == ["succeeded", "postponed", "postponed", "postponed"]
    messages = aws.messages()
    assert sorted(message["delay"] for message in messages) == [2, 4, 6]
    waiting = deliveries.listed(ACCOUNT, webhook.id, Window(), Filters(status="pending")).items
    assert sorted(delivery.next_attempt_at for delivery in waiting) == [f"2100-03-01T10:00:0{n}.000Z" for n in (2, 4, 6)]

    aws.later(seconds=6)
    assert [deliver(message_of(message)) for message in messages] == ["succeeded"] * 3
    assert all(len(delivery.attempts) == 1 for delivery in deliveries.listed(ACCOUNT, webhook.id, Window(), Filters()).items)


def test_a_message_before_its_time_goes_back_to_the_queue(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver, throttle=0.1)
    for seed in range(2):
        send(aws.event(seed=str(seed)))
    run(aws)
    early = aws.messages()

    assert [deliver(message_of(message)) for message in early] == ["postponed"]
    assert [message["delay"] for message in aws.messages()] == [10]
    assert len(receiver.seen) == 1
    assert service.get(ACCOUNT, webhook.id).throttle == 0.1


def test_an_endpoint_that_hangs_gets_little_until_it_answers(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    slow = repository.change(ACCOUNT, webhook.id, {"slow_until": int(aws.now.timestamp()) + 60})

    waits = [wait_for(slow) for _ in range(30)]

    assert [wait.seconds for wait in waits if wait.has_slot] == [5.0 * n for n in range(13)]
    assert all(30 <= wait.seconds <= 60 for wait in waits if not wait.has_slot)

    send(aws.event())
    assert run(aws) == ["postponed"]
    aws.later(seconds=61)
    assert run(aws) == ["succeeded"]
    assert repository.get(ACCOUNT, webhook.id).slow_until == 0
