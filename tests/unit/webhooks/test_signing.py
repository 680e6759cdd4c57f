"""Outgoing signatures, verified by the Standard Webhooks library as a receiver would."""

import base64
import os
from datetime import UTC, datetime

import pytest
from flows.webhooks import signing
from standardwebhooks import Webhook, WebhookVerificationError

BODY = '{"id":"evt_1","data":{"name":"Zoë"}}'.encode()


def now() -> int:
    return int(datetime.now(UTC).timestamp())


def test_the_vector_of_the_specification():
    signature = signing.sign(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_made_secret_is_verified_by_the_library():
    secret = signing.secret_of(os.urandom(32))

    headers = signing.headers([secret], "evt_1", now(), BODY)

    assert Webhook(secret).verify(BODY, headers) == {"id": "evt_1", "data": {"name": "Zoë"}}
    assert 24 <= len(signing.key_bytes(secret)) <= 64


def test_a_secret_without_whsec_is_its_own_bytes():
    headers = signing.headers(["your-webhook-secret"], "evt_1", now(), BODY)

    assert Webhook("whsec_" + base64.b64encode(b"your-webhook-secret").decode()).verify(BODY, headers)


def test_while_a_secret_is_rotated_both_verify():
    old, new = signing.secret_of(os.urandom(32)), signing.secret_of(os.urandom(32))

    headers = signing.headers([new, old], "evt_1", now(), BODY)

    assert Webhook(old).verify(BODY, headers)
    assert Webhook(new).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.secret_of(os.urandom(32))).verify(BODY, headers)


def test_forged_replayed_and_old_messages_are_refused_by_the_library():
    secret = signing.secret_of(os.urandom(32))

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", signing.headers([secret], "evt_1", now(), BODY))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, {**signing.headers([secret], "evt_1", now(), BODY), "webhook-id": "evt_2"})
    for stamp in (now() - 301, now() + 302):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(BODY, signing.headers([secret], "evt_1", stamp, BODY))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_%%%%%%%%%%%%", "with\nbreak", "x" * 257, "whsec_äöüäöüäöü"])
def test_a_secret_that_makes_no_good_key_is_refused(secret):
    with pytest.raises(signing.BadSecret) as raised:
        signing.check_secret(secret)

    assert not secret or secret not in str(raised.value)


@pytest.mark.parametrize(
    "secret", ["your-webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "ключ-ключ", "test", "whsec_" + "A" * 32]
)
def test_a_good_secret_is_taken_as_it_is(secret):
    assert signing.check_secret(secret) == secret
