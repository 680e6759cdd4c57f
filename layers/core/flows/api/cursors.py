"""Cursors: a position in one list of one account, signed, good for a day."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from flows import strict_json
from flows.aws import clock
from flows.aws.settings import settings
from flows.errors import ValidationFailed, invalid

LIFETIME = 86_400
"""Seconds that a cursor is good for."""

_TAG = 16
"""Bytes of the signature (HMAC-SHA256, cut to 128 bits as RFC 2104 section 5 allows)."""


def write(position: dict[str, Any], binding: Any) -> str:
    """A cursor.

    Args:
        position: where the list goes on; JSON values.
        binding: account, route and filters; signed, but not part of the text.
    """
    payload = strict_json.dumps([clock.epoch() + LIFETIME, position]).encode()
    return base64.urlsafe_b64encode(_tag(payload, binding) + payload).rstrip(b"=").decode()


def read(cursor: str, binding: Any) -> dict[str, Any]:
    """The position that the cursor tells.

    Raises:
        ValidationFailed: altered, expired, or made for another account, route or filter; which of them is not told.
    """
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError, UnicodeEncodeError):
        raise _bad() from None
    payload = raw[_TAG:]
    # Compared as text too: base64 lets the last character vary without changing the bytes.
    canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    if not hmac.compare_digest(raw[:_TAG], _tag(payload, binding)) or canonical != cursor:
        raise _bad()
    expires, position = strict_json.loads(payload)
    if expires <= clock.epoch():
        raise _bad()
    return dict(position)


def _tag(payload: bytes, binding: Any) -> bytes:
    bound = json.dumps(binding, sort_keys=True).encode()
    message = b"cursor\0" + len(bound).to_bytes(4, "big") + bound + payload
    secret = settings().signing_secret
    if not secret:
        raise RuntimeError("SIGNING_SECRET is not set: cursors cannot be signed")
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()[:_TAG]


def _bad() -> ValidationFailed:
    return invalid("query.cursor", "the cursor is not valid for this list, or is older than a day", "cursor")
