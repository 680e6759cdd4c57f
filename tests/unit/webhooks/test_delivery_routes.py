"""What an account sees of its deliveries, and what it can do about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flows.aws import clock
from flows.errors import Conflict, NotFound, ValidationFailed
from flows.paging import Window
from flows.webhooks import deliveries, service
from flows.webhooks.catalogue import CATALOGUE
from flows.webhooks.deliveries import Filters
from flows.webhooks.models import UpdateWebhook

from .conftest import ACCOUNT, START, Platform, Receiver
from .steps import only, run, send


def listed(webhook_id: str, limit: int = 20, after: Any = None, **filters: Any) -> Any:
    return deliveries.listed(ACCOUNT, webhook_id, Window(limit, None, after), Filters(**filters))


def fail_and_give_up(aws: Platform, receiver: Receiver, count: int) -> None:
    """Events whose deliveries have failed for good, a minute apart."""
    receiver.answer = lambda seen: (500, {}, b"")
    for number in range(count):
        send(aws.event(seed=f"failed {number}"))
        for _ in range(8):
            messages = aws.messages()
            if not messages:
                break
            from flows.webhooks.delivery import deliver

            from .steps import message_of

            for message in messages:
                aws.now += timedelta(seconds=message["delay"])
                deliver(message_of(message))
        aws.later(minutes=1)
    receiver.answer = lambda seen: (200, {}, b"")


@pytest.fixture
def scaled(aws: Platform) -> None:
    """All retries fit the queue."""
    from flows.aws.settings import settings

    aws.monkeypatch.setenv("RETRY_SCALE", "0.001")
    settings.cache_clear()


def test_a_delivery_tells_its_attempts(aws: Platform, receiver: Receiver):
    receiver.answer = lambda seen: (503, {}, b"later")
    webhook = aws.webhook(receiver)
    event = aws.event()
    send(event)
    run(aws)

    [delivery] = listed(webhook.id).items

    assert delivery.id.startswith("dlv_")
    assert (delivery.event_id, delivery.event_type, delivery.status) == (event["id"], "workflow.executed", "pending")
    [attempt] = delivery.attempts
    assert (attempt.at, attempt.status_code, attempt.response) == ("2100-03-01T10:00:00.000Z", 503, "later")
    assert attempt.latency_ms >= 0
    assert "503" in attempt.error
    assert delivery.next_attempt_at > "2100-03-01T10:00:05"
    assert deliveries.get(ACCOUNT, webhook.id, delivery.id).payload == event


def test_lists_go_by_cursor_newest_first_and_filters_hold(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    for number in range(5):
        receiver.answer = (lambda seen: (500, {}, b"")) if number % 2 else (lambda seen: (200, {}, b""))
        send(aws.event("form.submitted" if number == 4 else "workflow.executed", seed=str(number)))
        run(aws)
        aws.messages()
        aws.later(seconds=1)

    everything = listed(webhook.id).items
    assert [delivery.created_at for delivery in everything] == sorted((d.created_at for d in everything), reverse=True)
    first = listed(webhook.id, 2)
    second = listed(webhook.id, 2, first.next_key)
    third = listed(webhook.id, 2, second.next_key)
    assert [d.id for page in (first, second, third) for d in page.items] == [d.id for d in everything]
    assert third.next_key is None

    assert [d.id for d in listed(webhook.id, status="succeeded").items] == [d.id for d in everything if d.status == "succeeded"]
    pending = listed(webhook.id, 1, status="pending")
    assert [d.id for d in [*pending.items, *listed(webhook.id, 1, pending.next_key, status="pending").items]] == [
        d.id for d in everything if d.status == "pending"
    ]
    assert [d.id for d in listed(webhook.id, event_type="form.submitted").items] == [everything[0].id]
    assert [d.id for d in listed(webhook.id, event_id=everything[2].event_id).items] == [everything[2].id]
    assert listed(webhook.id, event_id=everything[2].event_id, status="failed").items == []
    assert listed(webhook.id, event_id="nonsense").items == []


@pytest.mark.parametrize("status", [None, "failed", "succeeded"])
def test_a_list_may_be_of_the_events_of_a_time(aws: Platform, receiver: Receiver, status: str | None):
    receiver.answer = lambda seen: (410 if status == "failed" else 200, {}, b"")
    webhook = aws.webhook(receiver)
    for number in range(4):
        send(aws.event(seed=str(number)))
        run(aws)
        service.update(ACCOUNT, webhook.id, UpdateWebhook(enabled=True))
        aws.later(minutes=1)
    everything = listed(webhook.id, status=status).items

    def within(since: int | None, until: int | None, limit: int = 20, after: Any = None, **more: Any) -> Any:
        """Of the minutes from the beginning; until is no more part of it."""
        times = {name: START + timedelta(minutes=n) for name, n in (("since", since), ("until", until)) if n is not None}
        return listed(webhook.id, limit, after, status=status, **times, **more)

    assert within(1, 3).items == everything[1:3]
    assert within(1, None).items == everything[:3]
    assert within(None, 1).items == everything[3:]
    assert within(3, 3).items == within(3, 1).items == []
    first = within(1, None, 2)
    assert first.items + within(1, None, 2, first.next_key).items == everything[:3]
    assert within(1, 3, event_id=everything[1].event_id).items == [everything[1]]
    assert within(2, 3, event_id=everything[2].event_id).items == []


def test_an_events_deliveries_to_all_endpoints(aws: Platform, receiver: Receiver):
    made = {aws.webhook(receiver).id, aws.webhook(receiver).id}
    event = aws.event()
    send(event)
    send(aws.event(seed="another"))

    assert {delivery.webhook_id for delivery in deliveries.of_event(ACCOUNT, event["id"])} == made
    assert deliveries.of_event("acct_01hmx5j8yq3v7k2n9p4r6s8t0x", event["id"]) == []


@pytest.mark.usefixtures("scaled")
def test_a_dead_letter_is_kept_and_sent_again_with_its_schedule_anew(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    fail_and_give_up(aws, receiver, 1)
    failed = only(webhook.id)
    assert (failed.status, len(failed.attempts)) == ("failed", 8)
    receiver.answer = lambda seen: (500, {}, b"")
    receiver.seen.clear()

    again = deliveries.redeliver(ACCOUNT, webhook.id, failed.id)
    assert again.status == "pending"
    assert run(aws) == ["retrying"]
    receiver.answer = lambda seen: (200, {}, b"")
    aws.later(seconds=10)
    assert run(aws) == ["succeeded"]

    done = only(webhook.id)
    assert (done.status, len(done.attempts), done.id) == ("succeeded", 10, failed.id)
    assert {seen.headers["webhook-id"] for seen in receiver.seen} == {failed.event_id}


def test_a_waiting_delivery_is_sent_at_once_and_its_old_message_counts_no_more(aws: Platform, receiver: Receiver):
    receiver.answer = lambda seen: (500, {}, b"")
    webhook = aws.webhook(receiver)
    send(aws.event())
    run(aws)
    receiver.answer = lambda seen: (200, {}, b"")

    deliveries.redeliver(ACCOUNT, webhook.id, only(webhook.id).id)

    assert run(aws) == ["not_mine", "succeeded"]
    assert len(receiver.seen) == 2


@pytest.mark.usefixtures("scaled")
def test_all_failures_since_a_time_are_sent_again_once(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    fail_and_give_up(aws, receiver, 3)
    service.update(ACCOUNT, webhook.id, UpdateWebhook(enabled=True))
    send(aws.event(seed="fine"))
    run(aws)
    failed = listed(webhook.id, status="failed").items
    assert len(failed) == 3
    since = clock.iso(START + timedelta(seconds=30))

    first = deliveries.redeliver_failed(ACCOUNT, webhook.id, since, None)
    second = deliveries.redeliver_failed(ACCOUNT, webhook.id, since, None)

    assert (first.redelivered, first.has_more, second.redelivered) == (2, False, 0)
    assert run(aws) == ["succeeded", "succeeded"]
    assert [delivery.id for delivery in listed(webhook.id, status="failed").items] == [failed[-1].id]


@pytest.mark.parametrize("since", ["yesterday", "", "2024-13-01"])
def test_a_time_that_is_none_is_refused(aws: Platform, receiver: Receiver, since: str):
    with pytest.raises(ValidationFailed):
        deliveries.redeliver_failed(ACCOUNT, aws.webhook(receiver).id, since, None)


def test_nothing_is_sent_again_to_a_disabled_endpoint(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    send(aws.event())
    run(aws)
    service.update(ACCOUNT, webhook.id, UpdateWebhook(enabled=False))

    for again in (
        lambda: deliveries.redeliver(ACCOUNT, webhook.id, only(webhook.id).id),
        lambda: deliveries.redeliver_failed(ACCOUNT, webhook.id, "2024-01-01", None),
        lambda: deliveries.send_test(ACCOUNT, webhook.id, "webhook.test", "1"),
    ):
        with pytest.raises(Conflict):
            again()


def test_a_delivery_that_is_not_there_is_not_found(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)

    for wanted in ("dlv_01hmx5j8yq3v7k2n9p4r6s8t0w", "nonsense", "evt_01hmx5j8yq3v7k2n9p4r6s8t0w"):
        with pytest.raises(NotFound):
            deliveries.redeliver(ACCOUNT, webhook.id, wanted)
        with pytest.raises(NotFound):
            deliveries.get(ACCOUNT, webhook.id, wanted)


@pytest.mark.parametrize("type", sorted(CATALOGUE))
def test_a_test_of_any_event_is_a_real_delivery_to_this_endpoint_only(aws: Platform, receiver: Receiver, type: str):
    webhook = aws.webhook(receiver, events=["form.submitted"])
    aws.webhook(receiver, events=["*"])

    delivery = deliveries.send_test(ACCOUNT, webhook.id, type, "1")

    assert (delivery.status, delivery.event_type) == ("pending", type)
    assert run(aws) == ["succeeded"]
    [seen] = receiver.seen
    assert seen.headers["webhook-signature"].startswith("v1,")
    assert only(webhook.id).attempts[0].status_code == 200


def test_a_repeated_request_for_a_test_sends_one(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    begun = aws.now

    first = deliveries.send_test(ACCOUNT, webhook.id, "webhook.test", "1", begun)
    aws.later(seconds=40)
    again = deliveries.send_test(ACCOUNT, webhook.id, "webhook.test", "1", begun)

    assert first.id == again.id
    assert run(aws) == ["succeeded"]
    assert len(receiver.seen) == 1


def test_a_test_of_an_unknown_event_is_refused(aws: Platform, receiver: Receiver):
    with pytest.raises(ValidationFailed):
        deliveries.send_test(ACCOUNT, aws.webhook(receiver).id, "no.such", "1")


def test_statistics_count_attempts_of_the_last_day(aws: Platform, receiver: Receiver):
    webhook = aws.webhook(receiver)
    send(aws.event(seed="two days ago"))
    run(aws)
    aws.later(days=2)
    for number in range(4):
        receiver.answer = (lambda seen: (500, {}, b"")) if number == 3 else (lambda seen: (200, {}, b""))
        send(aws.event(seed=str(number)))
        run(aws)

    told = service.get(ACCOUNT, webhook.id).statistics

    assert (told.attempts, told.succeeded, told.failed, told.success_rate) == (4, 3, 1, 0.75)
    assert told.latency_p50_ms is not None
    assert told.latency_p95_ms >= told.latency_p50_ms


def test_percentiles_are_right_within_ten_percent(aws: Platform, receiver: Receiver):
    from flows.webhooks import statistics

    webhook = aws.webhook(receiver)
    for latency in [20] * 90 + [4000] * 10:
        statistics.count(ACCOUNT, webhook.id, succeeded=True, latency_ms=latency)

    told = statistics.read(ACCOUNT, webhook.id)

    assert 20 <= told.latency_p50_ms <= 22
    assert 4000 <= told.latency_p95_ms <= 4400
