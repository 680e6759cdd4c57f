"""docs/data-model.md tells the AWS calls of each route of webhooks: they are counted here, and with the rate limit's they are three at most."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flows.aws.clients import client

from .conftest import ACCOUNT, Platform, Receiver
from .steps import only, run, send
from .test_webhook_routes import Call, call

__all__ = ["call"]

DOCUMENT = Path(__file__).parents[3] / "docs" / "data-model.md"
ROW = re.compile(r"^\| `((?:GET|POST|PATCH|DELETE) /webhooks[^`]*)` \| ([A-Za-z, ]+) \|$", re.MULTILINE)
ROWS = {route: calls.split(", ") for route, calls in ROW.findall(DOCUMENT.read_text())}
BODIES: dict[str, Any] = {
    "POST /webhooks": {"url": "https://yoursite.com/webhook", "events": ["*"]},
    "PATCH /webhooks/{id}": {"enabled": True, "events": ["form.submitted"]},
    "POST /webhooks/{id}/redeliver": {"since": "2024-01-01T00:00:00Z"},
}


@pytest.fixture
def calls(aws: Platform) -> Iterator[list[str]]:
    made: list[str] = []
    events = [client(name).meta.events for name in ("dynamodb", "kms", "sqs")]
    for one in events:
        one.register("before-call", lambda model, **_: made.append(model.name), unique_id="counted")
    yield made
    for one in events:
        one.unregister("before-call", unique_id="counted")


def test_the_document_has_the_routes() -> None:
    assert len(ROWS) == 13


@pytest.mark.parametrize("route", ROWS)
def test_a_route_makes_the_calls_that_the_document_tells(
    aws: Platform, receiver: Receiver, call: Call, calls: list[str], route: str
) -> None:
    receiver.answer = lambda seen: (410 if route.endswith("/{id}/redeliver") else 500, {}, b"")
    webhook = aws.webhook(receiver)
    event = aws.event()
    send(event)
    run(aws)
    delivery = only(webhook.id)
    if route.endswith("/{id}/redeliver"):  # a 410 has disabled it
        call("PATCH", f"/webhooks/{webhook.id}", {"enabled": True})
    aws.later(seconds=1)
    method, path = route.split(" ")
    path = path.replace("{id}", webhook.id).replace("{delivery}", delivery.id).replace("evt", event["id"])
    path, _, query = path.partition("?")
    calls.clear()

    status, body = call(method, path, BODIES.get(route), query=dict([query.split("=")]) if query else None)

    assert status < 300, body
    assert calls == ROWS[route]
    assert len(calls) + 1 <= 3  # the rate limit's write, which the plan of these tests does without
    if route.endswith("/{id}/redeliver"):
        assert body["data"]["redelivered"] == 1


def test_more_failures_than_one_transaction_takes_are_sent_again_in_several(
    aws: Platform, receiver: Receiver, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.webhooks import delivery_store

    monkeypatch.setattr(delivery_store, "MOST_REOPENED", 2)
    receiver.answer = lambda seen: (410, {}, b"")
    webhook = aws.webhook(receiver)
    for number in range(3):
        send(aws.event(seed=str(number)))
        run(aws)
        call("PATCH", f"/webhooks/{webhook.id}", {"enabled": True})
    aws.later(seconds=1)
    wanted = {"since": "2024-01-01T00:00:00Z"}

    first = call("POST", f"/webhooks/{webhook.id}/redeliver", wanted, account=ACCOUNT)[1]["data"]
    second = call("POST", f"/webhooks/{webhook.id}/redeliver", wanted)[1]["data"]
    third = call("POST", f"/webhooks/{webhook.id}/redeliver", wanted)[1]["data"]

    assert (first, second, third) == (
        {"redelivered": 2, "has_more": True},
        {"redelivered": 1, "has_more": False},
        {"redelivered": 0, "has_more": False},
    )
    assert len(aws.messages()) == 3
