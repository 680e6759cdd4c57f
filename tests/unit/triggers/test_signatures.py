"""Inbound checks, against the vectors that the senders themselves publish."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from flows.triggers.signatures import SignatureError, verify
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

STYLES = ("hmac", "github", "stripe", "slack", "standard_webhooks", "basic", "header")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_the_vector_of_githubs_documentation_passes_and_an_altered_body_does_not():
    headers = {"x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}

    verify("github", "It's a Secret to Everybody", headers, b"Hello, World!", NOW)

    with pytest.raises(SignatureError):
        verify("github", "It's a Secret to Everybody", headers, b"Hello, World?", NOW)
    with pytest.raises(SignatureError):
        verify("github", "another secret", headers, b"Hello, World!", NOW)


SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
    b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SLACK_HEADERS = {
    "x-slack-request-timestamp": "1531420618",
    "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
}
SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


def test_the_vector_of_slacks_documentation_passes_within_five_minutes_only():
    verify("slack", SLACK_SECRET, SLACK_HEADERS, SLACK_BODY, at(1531420618))
    verify("slack", SLACK_SECRET, SLACK_HEADERS, SLACK_BODY, at(1531420618 + 300))

    for replayed in (301, -301, 86_400):
        with pytest.raises(SignatureError):
            verify("slack", SLACK_SECRET, SLACK_HEADERS, SLACK_BODY, at(1531420618 + replayed))


def test_the_vector_of_the_standard_webhooks_specification_passes():
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }

    verify("standard_webhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, b'{"test": 2432232314}', at(1614265330))
    as_svix = {name.replace("webhook-", "svix-"): value for name, value in headers.items()}
    verify("standard_webhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", as_svix, b'{"test": 2432232314}', at(1614265330))


def standard_headers(secret: str, body: str, moment: datetime) -> dict[str, str]:
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", moment, body),
    }


def test_what_the_standard_webhooks_library_signs_passes_also_among_signatures_of_other_versions():
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    headers = standard_headers(secret, '{"a":"ü"}', NOW)
    both = {**headers, "webhook-signature": "v1a,Zm9v v1,AAAA v1, " + headers["webhook-signature"]}

    verify("standard_webhooks", secret, headers, '{"a":"ü"}'.encode(), NOW)
    verify("standard_webhooks", secret, both, '{"a":"ü"}'.encode(), NOW)


@pytest.mark.parametrize("age", [timedelta(seconds=301), timedelta(seconds=-301), timedelta(days=30)])
def test_an_old_or_a_future_standard_webhook_is_refused(age):
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()

    with pytest.raises(SignatureError):
        verify("standard_webhooks", secret, standard_headers(secret, "{}", NOW), b"{}", NOW + age)


@pytest.mark.parametrize("signature", ["v1,", "v1", "v1,g0hM9SsE+OTPJTGt/", "v2,AAAA", ",", " ", "v1,ä", "v1,====", "v1,\x00"])
def test_a_malformed_standard_signature_is_the_checks_own_error(signature):
    headers = {"webhook-id": "m", "webhook-timestamp": str(int(NOW.timestamp())), "webhook-signature": signature}

    with pytest.raises(SignatureError):
        verify("standard_webhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, b"{}", NOW)


def stripe(secret: str, body: bytes, timestamp: int) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def test_a_stripe_signature_passes_with_its_whole_secret_as_key_and_while_the_secret_is_rolled():
    stamp = int(NOW.timestamp())
    good = stripe("whsec_test_secret", b'{"id":"evt_1"}', stamp)
    header = {"stripe-signature": f"t={stamp},v1={'0' * 64},v1={good},v0=ignored"}

    verify("stripe", "whsec_test_secret", header, b'{"id":"evt_1"}', NOW)
    verify("stripe", "whsec_test_secret", header, b'{"id":"evt_1"}', NOW + timedelta(seconds=300))
    for moment in (NOW + timedelta(seconds=301), NOW - timedelta(seconds=301)):
        with pytest.raises(SignatureError):
            verify("stripe", "whsec_test_secret", header, b'{"id":"evt_1"}', moment)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=",
        "t=1,t=2,v1=00",
        "v1=00",
        "t={now}",
        "t={now},v1",
        "t={now},v1=zz",
        "t={now},v0={good}",
        "t=+{now},v1={good}",
        "t=1_000,v1={good}",
        "t=٣٣٣,v1={good}",
        "t=" + "9" * 5000 + ",v1=00",
        "{good}",
    ],
)
def test_a_malformed_stripe_header_is_refused(header):
    stamp = int(NOW.timestamp())
    sent = header.replace("{now}", str(stamp)).replace("{good}", stripe("s", b"{}", stamp))

    with pytest.raises(SignatureError):
        verify("stripe", "s", {"stripe-signature": sent}, b"{}", NOW)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512", "SHA-256"])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("prefix", ["", "sha256="])
def test_a_generic_signature_is_found_as_its_options_say(algorithm, encoding, prefix):
    digest = hmac.new(b"secret", b"body", algorithm.lower().replace("-", "")).digest()
    text = digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()
    options = {"header": "X-My-Signature", "algorithm": algorithm, "encoding": encoding, "prefix": prefix}

    verify("hmac", "secret", {"x-my-signature": prefix + text}, b"body", NOW, options)

    with pytest.raises(SignatureError):
        verify("hmac", "secret", {"x-my-signature": prefix + text}, b"bodY", NOW, options)


def test_a_generic_signature_is_hex_of_sha256_in_x_signature_unless_told_otherwise():
    digest = hmac.new(b"secret", b"body", "sha256").hexdigest()

    verify("hmac", "secret", {"x-signature": digest}, b"body", NOW)
    verify("hmac", "secret", {"x-signature": digest.upper()}, b"body", NOW)
    verify("hmac", "secret", {"x-signature": f"sha256={digest}"}, b"body", NOW)
    in_base64 = base64.b64encode(bytes.fromhex(digest)).decode()
    verify("hmac", "secret", {"x-signature": in_base64}, b"body", NOW)
    verify("hmac", "secret", {"x-signature": f"sha256={in_base64}"}, b"body", NOW)
    for wrong in (f"sha512={digest}", f"sha256:{digest}", digest[:-2], in_base64[:-4], f"sha256=sha256={digest}"):
        with pytest.raises(SignatureError):
            verify("hmac", "secret", {"x-signature": wrong}, b"body", NOW)
    with pytest.raises(SignatureError):
        verify("hmac", "secret", {"x-signature": f"sha256={digest}"}, b"body", NOW, {"prefix": "v1="})
    with pytest.raises(SignatureError):
        verify("hmac", "secret", {"x-signature": in_base64}, b"body", NOW, {"encoding": "hex"})
    with pytest.raises(SignatureError):
        verify("hmac", "secret", {"x-signature": digest}, b"body", NOW, {"algorithm": "md5"})


def test_basic_wants_both_the_name_and_the_password():
    secret = {"username": "anna", "password": "pässword:1"}

    def header(pair: str) -> dict[str, str]:
        return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}

    verify("basic", secret, header("anna:pässword:1"), b"", NOW)
    verify("basic", secret, {"authorization": header("anna:pässword:1")["authorization"].replace("Basic", "basic")}, b"", NOW)
    for wrong in ("anna:", "anna", ":pässword:1", "bert:pässword:1", "", "anna:pässword:1\n"):
        with pytest.raises(SignatureError):
            verify("basic", secret, header(wrong), b"", NOW)
    for broken in ("Basic", "Basic ", "Basic %%%", "Bearer x", "Basic ä"):
        with pytest.raises(SignatureError):
            verify("basic", secret, {"authorization": broken}, b"", NOW)


def test_a_header_must_hold_the_credentials_value():
    verify("header", {"name": "X-Token", "value": "abc"}, {"x-token": "abc"}, b"", NOW)
    verify("header", "abc", {"x-api-key": "abc"}, b"", NOW)
    for sent in ({"x-token": "abcd"}, {"x-token": ""}, {}, {"x-api-key": "abc"}, {"x-token": "äbc"}):
        with pytest.raises(SignatureError):
            verify("header", {"name": "X-Token", "value": "abc"}, sent, b"", NOW)


@pytest.mark.parametrize("style", [*STYLES, "none", ""])
@pytest.mark.parametrize(
    "secret", [None, "", {}, {"value": ""}, {"username": "", "password": ""}, {"name": "", "value": ""}, {"value": 7}]
)
def test_without_a_secret_nothing_passes(style, secret):
    empty = hmac.new(b"", b"", "sha256").hexdigest()
    headers = {
        "x-signature": empty,
        "x-hub-signature-256": f"sha256={empty}",
        "authorization": "Basic Og==",
        "x-api-key": "",
        **SLACK_HEADERS,
        "webhook-id": "m",
        "webhook-timestamp": "1531420618",
        "webhook-signature": "v1,",
    }

    with pytest.raises(SignatureError):
        verify(style, secret, headers, b"", at(1531420618))


@given(
    style=st.sampled_from(STYLES), value=st.text(max_size=40), body=st.binary(max_size=20), secret=st.text(min_size=1, max_size=9)
)
def test_whatever_comes_in_raises_nothing_but_the_checks_own_error(style, value, body, secret):
    names = (
        "x-signature",
        "x-hub-signature-256",
        "stripe-signature",
        "x-slack-signature",
        "webhook-id",
        "webhook-signature",
        "authorization",
        "x-api-key",
    )
    stamp = str(int(NOW.timestamp()))
    headers = {**dict.fromkeys(names, value), "webhook-timestamp": stamp, "x-slack-request-timestamp": stamp}
    given_secret = {"username": secret, "password": secret} if style == "basic" else secret + "\x00"

    with pytest.raises(SignatureError):
        verify(style, given_secret, headers, body, NOW)


def test_the_reason_never_holds_the_secret_or_the_expected_signature():
    expected = hmac.new(b"topsecret", b"body", "sha256").hexdigest()

    with pytest.raises(SignatureError) as raised:
        verify("hmac", "topsecret", {"x-signature": "00" * 32}, b"body", NOW)

    assert "topsecret" not in raised.value.reason
    assert expected not in raised.value.reason
