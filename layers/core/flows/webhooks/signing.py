"""Signatures of outgoing webhooks: Standard Webhooks, symmetric (https://www.standardwebhooks.com).

What is signed is ``<webhook-id>.<webhook-timestamp>.<body>``, the body exactly as it is sent.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"

MAX_SECRET_LENGTH = 256


class BadSecret(ValueError):
    """A secret that no key can be made of; the message never quotes it."""


def secret_of(key: bytes) -> str:
    """A key in the notation that every Standard Webhooks library takes.

    Args:
        key: 24 to 64 random bytes, as the specification asks.
    """
    return PREFIX + base64.b64encode(key).decode()


def key_bytes(secret: str) -> bytes:
    """The key of a secret: what follows ``whsec_`` is base64, any other secret is its own UTF-8 bytes.

    Raises:
        BadSecret: no base64 after ``whsec_``.
    """
    if not secret.startswith(PREFIX):
        return secret.encode("utf-8", "surrogatepass")
    text = secret.removeprefix(PREFIX)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret("what follows whsec_ must be base64") from None


def check_secret(secret: str) -> str:
    """The secret as it is, when it can be used.

    Raises:
        BadSecret: empty, too long, no base64 after ``whsec_``, or a control character in it.
    """
    if len(secret) > MAX_SECRET_LENGTH:
        raise BadSecret(f"a secret has at most {MAX_SECRET_LENGTH} characters")
    if any(ord(char) < 32 or ord(char) == 127 for char in secret):
        raise BadSecret("a secret holds no control characters (a line break at its end?)")
    if not key_bytes(secret):
        raise BadSecret("a secret is not empty; 24 bytes or more, at random, are hard to guess")
    return secret


def sign(secrets: Sequence[str], message_id: str, timestamp: int, payload: bytes) -> str:
    """The value of ``webhook-signature``: one ``v1,<base64>`` a secret, separated by spaces.

    Args:
        secrets: the secret, and while it is rotated the one before it: a receiver that knows either can verify.
        message_id: ``webhook-id``.
        timestamp: seconds since 1970, ``webhook-timestamp``.
        payload: the body's bytes.
    """
    content = f"{message_id}.{timestamp}.".encode() + payload
    digests = [hmac.new(key_bytes(secret), content, hashlib.sha256).digest() for secret in secrets]
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def headers(secrets: Sequence[str], message_id: str, timestamp: int, payload: bytes) -> dict[str, str]:
    """The three headers of a signed message; arguments as for :func:`sign`."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secrets, message_id, timestamp, payload),
    }
