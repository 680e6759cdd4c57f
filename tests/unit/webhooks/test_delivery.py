"""From an event on the bus to the receiver: attempts, their schedule, their record."""

from __future__ import annotations

import base64
import json
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flows import strict_json
from flows.aws import clock
from flows.aws.settings import settings
from flows.errors import Conflict, NotFound
from flows.paging import Window
from flows.webhooks import deliveries, due, repository, service
from flows.webhooks.deliveries import Filters
from flows.webhooks.delivery import deliver
from flows.webhooks.events import new_event
from flows.webhooks.fan_out import fan_out
from flows.webhooks.models import UpdateWebhook
from flows.webhooks.queue import Message
from flows.webhooks.throttle import wait_for
from standardwebhooks import Webhook

from .conftest import ACCOUNT, START, Platform, Receiver

DELAYS = [5, 300, 1800, 7200, 18000, 36000, 36000]


def send(event: dict[str, Any], account_id: str = ACCOUNT) -> int:
    detail = {"account_id": account_id, "depth": 0, "event": event}
    [outcome] = fan_out([strict_json.dumps({"detail": detail})])
    if isinstance(outcome, Exception):
        raise outcome
    return int(outcome["deliveries"])


def run(aws: Platform) -> list[str]:
    """Deliver what is on the queue now."""
    return [deliver(message_of(message)) for message in aws.messages()]


def message_of(message: dict[str, Any]) -> Message:
    return Message(*(message[name] for name in ("account_id", "webhook_id", "delivery_id", "turn")))


def only(webhook_id: str) -> Any:
    [found] = deliveries.listed(ACCOUNT, webhook_id, Window(), Filters()).items
    return found


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


def test_410_disables_at_once_with_an_event_on_the_endpoints_record(aws: Platform, receiver: Receiver):
    receiver.answer = lambda seen: (410, {}, b"")
    webhook = aws.webhook(receiver)
    send(aws.event(seed="1"))
    send(aws.event(seed="2"))

    assert run(aws) == ["failed", "failed"]

    view = service.get(ACCOUNT, webhook.id)
    assert (view.enabled, view.status, view.disabled_reason) == (False, "disabled", "gone")
    assert "410" in view.notice
    assert len(receiver.seen) == 1
    event = stored_event(webhook.id)
    assert event["type"] == "webhook.disabled"
    assert event["data"] == {"webhook_id": webhook.id, "url": webhook.url, "reason": "gone", "disabled_at": view.disabled_at}
    assert send(aws.event(seed="3")) == 0


def stored_event(webhook_id: str) -> dict[str, Any]:
    from flows import strict_json
    from flows.aws import tables

    item = tables.get("webhooks", ACCOUNT, f"WH#{webhook_id}")
    assert item is not None
    assert item["account_id"] == ACCOUNT
    return dict(strict_json.loads(item["event"]))


def test_five_days_without_a_success_disable_and_switching_on_begins_anew(aws: Platform, receiver: Receiver):
    receiver.answer = lambda seen: (500, {}, b"")
    webhook = aws.webhook(receiver)
    for day in range(5):
        send(aws.event(seed=f"day {day}"))
        run(aws)
        aws.later(hours=23, minutes=50)
        aws.messages()
    assert service.get(ACCOUNT, webhook.id).enabled
    assert service.get(ACCOUNT, webhook.id).failing_since == "2100-03-01T10:00:00.000Z"

    aws.later(hours=1)
    send(aws.event(seed="last"))
    assert run(aws) == ["failed"]

    view = service.get(ACCOUNT, webhook.id)
    assert (view.enabled, view.disabled_reason) == (False, "failing")
    again = service.update(ACCOUNT, webhook.id, UpdateWebhook(enabled=True))
    assert (again.enabled, again.disabled_reason, again.failing_since, again.notice) == (True, None, None, None)


def test_one_success_within_the_five_days_keeps_it_enabled(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    for day in range(12):
        receiver.answer = (lambda seen: (200, {}, b"")) if day == 4 else (lambda seen: (500, {}, b""))
        send(aws.event(seed=f"day {day}"))
        run(aws)
        aws.later(hours=12)

    assert service.get(ACCOUNT, webhook.id).enabled


def test_what_is_under_way_to_a_disabled_endpoint_stops_and_can_be_sent_later(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    send(aws.event())
    service.update(ACCOUNT, webhook.id, UpdateWebhook(enabled=False))

    assert run(aws) == ["failed"]
    assert only(webhook.id).note == "The endpoint is disabled."
    assert receiver.seen == []

    service.update(ACCOUNT, webhook.id, UpdateWebhook(enabled=True))
    deliveries.redeliver(ACCOUNT, webhook.id, only(webhook.id).id)
    assert run(aws) == ["succeeded"]


def test_what_is_under_way_to_a_deleted_endpoint_is_dropped(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    send(aws.event())
    service.delete(ACCOUNT, webhook.id)

    assert run(aws) == ["dropped"]
    assert receiver.seen == []
    with pytest.raises(NotFound):
        deliveries.listed(ACCOUNT, webhook.id, Window(), Filters())


def test_the_endpoint_is_called_as_it_is_now(aws: Platform, receiver: Receiver, start_receiver):
    moved = start_receiver()
    aws.open(moved)
    webhook = aws.webhook(receiver)
    send(aws.event())
    service.update(ACCOUNT, webhook.id, UpdateWebhook(url=moved.url))

    run(aws)

    assert (len(receiver.seen), len(moved.seen)) == (0, 1)


def test_an_address_that_is_closed_by_now_is_judged_at_each_sending(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    send(aws.event())
    aws.monkeypatch.setenv("ALLOWED_PRIVATE_HOSTS", "")
    settings.cache_clear()

    run(aws)

    assert receiver.seen == []
    assert "not allowed" in only(webhook.id).attempts[0].error


def test_while_rotated_both_secrets_sign_and_after_a_day_the_new_one_only(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    rotated = service.rotate(ACCOUNT, webhook.id, None, b"n" * 32)
    for seed, hours in (("1", 23), ("2", 25)):
        aws.now = START + timedelta(hours=hours)
        send(aws.event(seed=seed))
        run(aws)

    during, after = (seen.headers["webhook-signature"].split(" ") for seen in receiver.seen)
    assert (len(during), len(after)) == (2, 1)
    assert rotated.secret != webhook.secret
    assert rotated.previous_secret_expires_at == "2100-03-02T10:00:00.000Z"


def test_each_secret_signs_for_its_24_hours_whatever_rotations_follow(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    clock.set_now(None)
    secrets = [webhook.secret]
    secrets += [service.rotate(ACCOUNT, webhook.id, None, bytes([number]) * 32).secret for number in range(1, 6)]

    with pytest.raises(Conflict) as refused:
        service.rotate(ACCOUNT, webhook.id, None, b"z" * 32)
    send(new_event("workflow.executed", {}, "1"))
    run(aws)

    assert refused.value.details["limit"] == 5
    [seen] = receiver.seen
    signatures = seen.headers["webhook-signature"].split(" ")
    expected = [Webhook(secret).sign(seen.headers["webhook-id"], stamp(seen), seen.body.decode()) for secret in reversed(secrets)]
    assert signatures == expected  # the new one first
    in_a_day = clock.now() + timedelta(hours=24, seconds=1)
    clock.set_now(lambda: in_a_day)
    assert service.get(ACCOUNT, webhook.id).previous_secret_expires_at is None
    assert service.rotate(ACCOUNT, webhook.id, None, b"z" * 32).secret


def stamp(seen: Any) -> datetime:
    return datetime.fromtimestamp(int(seen.headers["webhook-timestamp"]), UTC)


def test_a_repeated_rotation_is_answered_as_before_also_after_another(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    first = service.rotate(ACCOUNT, webhook.id, None, b"n" * 32)
    aws.later(hours=1)
    second = service.rotate(ACCOUNT, webhook.id, None, b"m" * 32)
    aws.later(hours=1)

    assert service.rotate(ACCOUNT, webhook.id, None, b"n" * 32) == first
    assert service.rotate(ACCOUNT, webhook.id, None, b"m" * 32) == second
    send(aws.event())
    run(aws)
    assert len(receiver.seen[0].headers["webhook-signature"].split(" ")) == 3


@pytest.mark.parametrize(("status", "told"), [(301, "redirect"), (308, "redirect"), (304, "only 2xx"), (399, "only 2xx")])
def test_only_what_is_a_redirect_is_told_as_one(aws: Platform, receiver: Receiver, status: int, told: str):
    receiver.answer = lambda seen: (status, {"Location": "/other"}, b"")
    webhook = aws.webhook(receiver)
    send(aws.event())

    run(aws)

    assert told in only(webhook.id).attempts[0].error


def test_rotating_twice_with_the_same_request_rotates_once(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    clock.set_now(None)

    first = service.rotate(ACCOUNT, webhook.id, None, b"n" * 32)
    assert service.rotate(ACCOUNT, webhook.id, None, b"n" * 32) == first

    send(new_event("workflow.executed", {}, "1"))
    run(aws)
    [seen] = receiver.seen
    assert Webhook(webhook.secret).verify(seen.body, seen.headers)
    assert Webhook(first.secret).verify(seen.body, seen.headers)


def test_custom_headers_are_sent_and_only_their_names_are_shown(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver, headers={"X-Team": "blue", "Authorization": "Bearer canary-0123456789"})
    send(aws.event())

    run(aws)

    assert receiver.seen[0].headers["x-team"] == "blue"
    assert receiver.seen[0].headers["authorization"] == "Bearer canary-0123456789"
    assert service.get(ACCOUNT, webhook.id).headers == {"Authorization": "***", "X-Team": "***"}


def test_secrets_that_a_receiver_echoes_are_masked_and_the_answer_is_cut(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver, secret="canary-secret-0123456789", headers={"X-Key": "canary-header-0123456789"})
    secrets = b"canary-secret-0123456789 canary-header-0123456789 " + base64.b64encode(b"canary-secret-0123456789")
    receiver.answer = lambda seen: (500, {}, secrets + b"x" * 1900 + secrets + b"y" * 5_000_000)
    send(aws.event())

    run(aws)

    response = only(webhook.id).attempts[0].response
    assert "canary" not in response
    assert base64.b64encode(b"canary-secret-0123456789").decode() not in response
    assert len(response.encode()) <= 2048
    assert response.startswith("*** *** ***")


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
