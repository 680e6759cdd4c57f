"""Checking webhooks, held against the library of Standard Webhooks."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone

import pytest
import standardwebhooks

from yourapp import Client, WebhookVerificationError, webhooks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"id": "evt_1", "type": "form.submitted", "created_at": "2024-01-15T10:00:00Z", "data": {"a": "ü"}}).encode()


def signed(body: bytes = BODY, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    """Headers as the library of Standard Webhooks makes them."""
    moment = at or datetime.now(timezone.utc)
    signature = standardwebhooks.Webhook(secret).sign("evt_1", moment, body.decode())
    return {"Webhook-Id": "evt_1", "webhook-timestamp": str(int(moment.timestamp())), "WEBHOOK-SIGNATURE": signature}


def test_what_the_library_signs_is_genuine() -> None:
    event = webhooks.verify(BODY, signed(), SECRET)

    assert (event.id, event.type, event.data) == ("evt_1", "form.submitted", {"a": "ü"})
    assert Client("k").webhooks.verify(BODY.decode(), signed(), SECRET) == event


def test_what_we_sign_is_genuine_for_the_library() -> None:
    now = int(time.time())
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(now),
        "webhook-signature": webhooks.sign(SECRET, "evt_1", now, BODY),
    }

    assert standardwebhooks.Webhook(SECRET).verify(BODY, headers) == json.loads(BODY)


def test_the_known_answer_of_the_specification() -> None:
    signature = webhooks.sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_that_is_any_text() -> None:
    now = int(time.time())
    signature = webhooks.sign("your-webhook-secret", "evt_1", now, BODY)
    headers = {"webhook-id": "evt_1", "webhook-timestamp": str(now), "webhook-signature": signature}
    assert webhooks.verify(BODY, headers, "your-webhook-secret").id == "evt_1"


def test_while_a_secret_is_rotated_either_signature_will_do() -> None:
    other = "whsec_" + "QUFB" * 8
    headers = signed()
    headers["WEBHOOK-SIGNATURE"] = f"v1a,xyz {signed(secret=other)['WEBHOOK-SIGNATURE']} {headers['WEBHOOK-SIGNATURE']}"

    assert webhooks.verify(BODY, headers, SECRET)
    assert webhooks.verify(BODY, headers, other)


@pytest.mark.parametrize("seconds", [-290, 290])
def test_clocks_may_differ_a_little(seconds: int) -> None:
    assert webhooks.verify(BODY, signed(at=datetime.now(timezone.utc) + timedelta(seconds=seconds)), SECRET)


@pytest.mark.parametrize("seconds", [-310, 310])
def test_old_and_future_webhooks_are_refused(seconds: int) -> None:
    headers = signed(at=datetime.now(timezone.utc) + timedelta(seconds=seconds))
    with pytest.raises(WebhookVerificationError, match=r"old|ahead"):
        webhooks.verify(BODY, headers, SECRET)
    assert webhooks.verify(BODY, headers, SECRET, tolerance=400)


@pytest.mark.parametrize("signature", ["", "v1", "v1,", "v1,AAAA", "garbage", "v2,é", ",", "v1,Zm9v v1,YmFy"])
def test_a_wrong_signature_is_refused(signature: str) -> None:
    with pytest.raises(WebhookVerificationError):
        webhooks.verify(BODY, {**signed(), "WEBHOOK-SIGNATURE": signature}, SECRET)


def test_a_changed_body_is_refused() -> None:
    with pytest.raises(WebhookVerificationError, match="No signature matches"):
        webhooks.verify(BODY + b" ", signed(), SECRET)


@pytest.mark.parametrize("missing", ["Webhook-Id", "webhook-timestamp", "WEBHOOK-SIGNATURE"])
def test_a_header_that_is_missing(missing: str) -> None:
    headers = {name: value for name, value in signed().items() if name != missing}
    with pytest.raises(WebhookVerificationError, match=missing.lower()):
        webhooks.verify(BODY, headers, SECRET)


@pytest.mark.parametrize("timestamp", ["now", "1e9", "-5", "٣", "9" * 400])
def test_a_time_that_is_none(timestamp: str) -> None:
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": timestamp,
        "webhook-signature": webhooks.sign(SECRET, "evt_1", timestamp, BODY),
    }
    with pytest.raises(WebhookVerificationError, match="no time"):
        webhooks.verify(BODY, headers, SECRET)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_***", "whsec_é"])
def test_a_secret_that_is_none(secret: str) -> None:
    with pytest.raises(WebhookVerificationError, match="secret"):
        webhooks.verify(BODY, signed(), secret)


def test_a_genuine_body_that_is_no_event() -> None:
    with pytest.raises(WebhookVerificationError, match="no event"):
        webhooks.verify(b"[]", signed(b"[]"), SECRET)
