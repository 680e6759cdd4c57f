"""Endpoints that are disabled, deleted, changed or closed while deliveries are under way to them."""

from __future__ import annotations

from typing import Any

import pytest
from flows import strict_json
from flows.aws.settings import settings
from flows.errors import NotFound
from flows.paging import Window
from flows.webhooks import deliveries, service
from flows.webhooks.deliveries import Filters
from flows.webhooks.models import UpdateWebhook

from .conftest import ACCOUNT, Platform, Receiver
from .steps import only, run, send


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
