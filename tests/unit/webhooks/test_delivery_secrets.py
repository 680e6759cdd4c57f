"""What proves a delivery and what is kept from sight: secrets and their rotation, custom headers, masked answers."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flows.aws import clock
from flows.errors import Conflict
from flows.webhooks import service
from flows.webhooks.events import new_event
from standardwebhooks import Webhook

from .conftest import ACCOUNT, START, Platform, Receiver
from .steps import only, run, send


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
