"""Checks of what comes in at a hook: does the sender know the secret, and is the message of now?

Every check fails closed: without a secret, with a header that is missing or malformed, or on a body that was altered, it
raises :class:`SignatureError` and nothing else. Comparisons take constant time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias

from flows.webhooks.signing import BadSecret, key_bytes

Style: TypeAlias = Literal["hmac", "github", "stripe", "slack", "standard_webhooks", "basic", "header"]

TOLERANCE = 300
"""Seconds that a signed timestamp may be away from now, in the past (a replay) or in the future (a stolen one, kept)."""

_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_MAX_SIGNATURES = 20
"""Signatures that are looked at in one header: it may hold thousands."""


class SignatureError(Exception):
    """The sender is not proven. ``reason`` is for the log of the workflow's owner, not for the sender."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def verify(
    style: Style,
    secret: str | Mapping[str, Any] | None,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    options: Mapping[str, Any] | None = None,
) -> None:
    """Check that a request comes from who knows the secret.

    Args:
        style: whose way of signing it is.
        secret: a credential's value: a string, or ``{username, password}`` for ``basic`` and ``{name, value}`` for ``header``.
        headers: the request's, names in lower case.
        body: the request's bytes, as they came.
        now: the present moment, with its zone.
        options: for ``hmac``: ``header`` ("X-Signature"), ``algorithm`` ("sha256"; sha1, sha384, sha512), ``encoding``
            (hex or base64; without it, either), ``prefix`` (without it, none or the algorithm's name, as "sha256="). For ``header`` with a
            string as its secret: ``header`` ("X-API-Key").

    Raises:
        SignatureError: it does not, or it cannot be told.
    """
    check = _CHECKS.get(style)
    if check is None:
        raise SignatureError("unknown kind of authentication")
    if not secret:
        raise SignatureError("no secret to check with")
    check(secret, headers, body, now, options or {})


def _generic(secret: Any, headers: Mapping[str, str], body: bytes, now: datetime, options: Mapping[str, Any]) -> None:
    name = str(options.get("header") or "X-Signature")
    named = str(options.get("algorithm") or "sha256").lower().replace("-", "")
    algorithm = _ALGORITHMS.get(named)
    encoding = options.get("encoding")
    if algorithm is None or encoding not in (None, "hex", "base64"):
        raise SignatureError("unknown algorithm or encoding")
    sent = _header(headers, name)
    prefix = options.get("prefix")
    if prefix is None:
        prefix = f"{named}=" if sent.startswith(f"{named}=") else ""
    if not sent.startswith(prefix):
        raise SignatureError(f"the header {name} does not begin with its prefix")
    expected = hmac.new(_key(secret), body, algorithm).digest()
    signature = sent.removeprefix(prefix).strip()
    if encoding is None:  # of one digest, hex is always longer than base64
        encoding = "hex" if len(signature) == 2 * len(expected) else "base64"
    _compare(expected, _decoded(signature, encoding))


def _github(secret: Any, headers: Mapping[str, str], body: bytes, now: datetime, options: Mapping[str, Any]) -> None:
    # https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    scheme, _, digest = _header(headers, "X-Hub-Signature-256").partition("=")
    if scheme != "sha256":
        raise SignatureError("X-Hub-Signature-256 does not begin with sha256=")
    _compare(hmac.new(_key(secret), body, hashlib.sha256).digest(), _decoded(digest, "hex"))


def _stripe(secret: Any, headers: Mapping[str, str], body: bytes, now: datetime, options: Mapping[str, Any]) -> None:
    # https://docs.stripe.com/webhooks#verify-manually: the secret as it is, with its whsec_; several v1 while it is rolled.
    parts = [part.strip().partition("=") for part in _header(headers, "Stripe-Signature").split(",")[: _MAX_SIGNATURES + 1]]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1:
        raise SignatureError("Stripe-Signature names no timestamp")
    _recent(times[0], now)
    expected = hmac.new(_key(secret), times[0].encode() + b"." + body, hashlib.sha256).digest()
    _compare_any(expected, [value for name, _, value in parts if name == "v1"], "hex")


def _slack(secret: Any, headers: Mapping[str, str], body: bytes, now: datetime, options: Mapping[str, Any]) -> None:
    # https://api.slack.com/authentication/verifying-requests-from-slack
    timestamp = _header(headers, "X-Slack-Request-Timestamp")
    version, _, digest = _header(headers, "X-Slack-Signature").partition("=")
    if version != "v0":
        raise SignatureError("X-Slack-Signature does not begin with v0=")
    _recent(timestamp, now)
    _compare(hmac.new(_key(secret), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).digest(), _decoded(digest, "hex"))


def _standard(secret: Any, headers: Mapping[str, str], body: bytes, now: datetime, options: Mapping[str, Any]) -> None:
    # https://www.standardwebhooks.com; Svix's own names of the headers are older and mean the same.
    prefix = "svix" if "webhook-id" not in headers and "svix-id" in headers else "webhook"
    message_id = _header(headers, f"{prefix}-id")
    timestamp = _header(headers, f"{prefix}-timestamp")
    signatures = _header(headers, f"{prefix}-signature").split(" ")[:_MAX_SIGNATURES]
    _recent(timestamp, now)
    try:
        key = key_bytes(_text(secret))
    except BadSecret:
        raise SignatureError("the secret is not base64") from None
    if not key:
        raise SignatureError("no secret to check with")
    content = message_id.encode("utf-8", "surrogateescape") + b"." + timestamp.encode() + b"." + body
    expected = hmac.new(key, content, hashlib.sha256).digest()
    _compare_any(
        expected, [value for version, _, value in (part.partition(",") for part in signatures) if version == "v1"], "base64"
    )


def _basic(secret: Any, headers: Mapping[str, str], body: bytes, now: datetime, options: Mapping[str, Any]) -> None:
    if not isinstance(secret, Mapping):
        raise SignatureError("the credential has no user name and password")
    username, password = secret.get("username"), secret.get("password")
    if not isinstance(username, str) or not isinstance(password, str) or not (username or password):
        raise SignatureError("the credential has no user name and password")
    scheme, _, pair = _header(headers, "Authorization").partition(" ")
    if scheme.lower() != "basic":
        raise SignatureError("Authorization is not Basic")
    _compare(f"{username}:{password}".encode("utf-8", "surrogatepass"), _decoded(pair.strip(), "base64"))


def _named_header(secret: Any, headers: Mapping[str, str], body: bytes, now: datetime, options: Mapping[str, Any]) -> None:
    if isinstance(secret, Mapping):
        name, value = secret.get("name"), secret.get("value")
    else:
        name, value = options.get("header") or "X-API-Key", secret
    if not isinstance(name, str) or not isinstance(value, str) or not name or not value:
        raise SignatureError("the credential names no header and value")
    _compare(value.encode("utf-8", "surrogatepass"), _header(headers, name).encode("utf-8", "surrogatepass"))


_CHECKS: Mapping[str, Callable[[Any, Mapping[str, str], bytes, datetime, Mapping[str, Any]], None]] = {
    "hmac": _generic,
    "github": _github,
    "stripe": _stripe,
    "slack": _slack,
    "standard_webhooks": _standard,
    "basic": _basic,
    "header": _named_header,
}


def _key(secret: Any) -> bytes:
    return _text(secret).encode("utf-8", "surrogatepass")


def _text(secret: Any) -> str:
    """The secret as a string; a credential of type ``header`` keeps it as its value."""
    text = secret.get("value") if isinstance(secret, Mapping) else secret
    if not isinstance(text, str) or not text:
        raise SignatureError("the credential holds no secret that could sign")
    return text


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name.lower())
    if not isinstance(value, str) or not value:
        raise SignatureError(f"the header {name} is missing")
    return value


def _recent(timestamp: str, now: datetime) -> None:
    # Digits only: int() takes signs, underscores, spaces and other scripts' digits.
    if not _TIMESTAMP.fullmatch(timestamp):
        raise SignatureError("the timestamp is not a number of seconds")
    age = now.timestamp() - int(timestamp)
    if age > TOLERANCE:
        raise SignatureError(f"the timestamp is more than {TOLERANCE} seconds old")
    if age < -TOLERANCE:
        raise SignatureError(f"the timestamp is more than {TOLERANCE} seconds ahead")


def _decoded(text: str, encoding: str) -> bytes:
    try:
        if encoding == "hex":
            return binascii.unhexlify(text)
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError(f"the signature is not {encoding}") from None


def _compare(expected: bytes, sent: bytes) -> None:
    if not hmac.compare_digest(expected, sent):
        raise SignatureError("the signature does not match")


def _compare_any(expected: bytes, sent: list[str], encoding: str) -> None:
    matches = 0
    for text in sent:
        try:
            matches |= hmac.compare_digest(expected, _decoded(text, encoding))
        except SignatureError:
            continue  # another of the signatures may be the right one
    if not matches:
        raise SignatureError("no signature matches")
