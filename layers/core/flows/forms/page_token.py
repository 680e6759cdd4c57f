"""The signed field of a hosted page: when it was opened, and a number that makes it sent once.

One that sends the same opened page again and again meets the number. Where a form asks for a time (`min_seconds`), a robot that posts without
having opened the page has no token, and one that fills it in within a blink is told by the time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from flows.aws import clock
from flows.aws.settings import settings

LIFETIME = 3 * 86_400
"""Seconds that an opened page can be sent: a form left open over a weekend still works."""


@dataclass(frozen=True)
class Opened:
    """An opened page.

    Args:
        nonce: its random number.
        age: seconds since it was opened.
        expires: epoch seconds until when it can be sent.
    """

    nonce: str
    age: float
    expires: int


def issue(form_id: str) -> str:
    """A token for a page that is being opened."""
    payload = f"{int(clock.now().timestamp() * 1000):x}.{secrets.token_hex(16)}"
    return f"{payload}.{_signature(form_id, payload)}"


def read(form_id: str, token: str) -> Opened | None:
    """What the token tells; None when it is not ours, of another form, or too old."""
    payload, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), _signature(form_id, payload).encode()):
        return None
    opened, nonce = payload.split(".")
    begun = int(opened, 16) / 1000
    age = clock.now().timestamp() - begun
    return Opened(nonce, age, int(begun) + LIFETIME) if age <= LIFETIME else None


def _signature(form_id: str, payload: str) -> str:
    message = f"form-page\0{form_id}\0{payload}".encode("utf-8", "replace")
    return hmac.new(settings().signing_secret.encode(), message, hashlib.sha256).hexdigest()
