"""Checking that a webhook comes from YourApp: Standard Webhooks (https://www.standardwebhooks.com).

from yourapp import webhooks

event = webhooks.verify(request.body, request.headers, "whsec_...")
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping

from pydantic import ValidationError as ModelMismatch

from yourapp.errors import WebhookVerificationError
from yourapp.models import WebhookEvent

TOLERANCE_SECONDS = 300.0
"""How far a webhook's time may be from ours, before or after."""

PREFIX = "whsec_"


def verify(
    payload: bytes | str, headers: Mapping[str, str], secret: str, *, tolerance: float = TOLERANCE_SECONDS
) -> WebhookEvent:
    """Check a webhook and take it apart.

    Args:
        payload: the request's body, exactly as it came: parsed and written again it may differ.
        headers: the request's headers, their names in any case.
        secret: the endpoint's: ``whsec_`` and base64, or any other text, of which the UTF-8 bytes are the key.
        tolerance: seconds that its time may be off, before or after now.

    Returns:
        The event.

    Raises:
        WebhookVerificationError: do not act on it. Answer 400.
    """
    body = payload.encode() if isinstance(payload, str) else bytes(payload)
    named = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp, signatures = (_header(named, name) for name in ("id", "timestamp", "signature"))
    if not hmac_matches(sign(secret, message_id, timestamp, body), signatures):
        raise WebhookVerificationError("No signature matches: another secret, or the body was changed")
    _check_time(timestamp, tolerance)
    try:
        return WebhookEvent.model_validate_json(body)
    except ModelMismatch as mismatch:
        raise WebhookVerificationError("The signature is right, but the body is no event") from mismatch


def sign(secret: str, message_id: str, timestamp: str | int, payload: bytes) -> str:
    """The signature of a message, ``v1,<base64>``: what the API makes, and what tests of your endpoint need.

    Raises:
        WebhookVerificationError: the secret is none.
    """
    content = f"{message_id}.{timestamp}.".encode() + payload
    return "v1," + base64.b64encode(hmac.new(_key(secret), content, hashlib.sha256).digest()).decode()


def hmac_matches(expected: str, signatures: str) -> bool:
    """Whether one of the signatures (there are two while a secret is rotated) is the expected one, in constant time."""
    matches = [hmac.compare_digest(expected.encode(), given.encode()) for given in signatures.split()]
    return any(matches)


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(f"webhook-{name}")
    if not value:
        raise WebhookVerificationError(f"There is no webhook-{name} header")
    return value


def _check_time(timestamp: str, tolerance: float) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15):
        raise WebhookVerificationError("webhook-timestamp is no time")
    age = time.time() - int(timestamp)
    if age > tolerance:
        raise WebhookVerificationError(f"The webhook is {age:.0f} s old: it may be a replay")
    if age < -tolerance:
        raise WebhookVerificationError(f"The webhook is {-age:.0f} s ahead of this machine's clock")


def _key(secret: str) -> bytes:
    if not secret:
        raise WebhookVerificationError("The secret is empty")
    if not secret.startswith(PREFIX):
        return secret.encode()
    text = secret.removeprefix(PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise WebhookVerificationError("What follows whsec_ in the secret is no base64") from None
    if not key:
        raise WebhookVerificationError("The secret is empty")
    return key
