"""Identifiers: a prefix that says what it is, and a part that sorts by time and cannot be guessed.

The sortable part is a ULID (48 bits of milliseconds, 80 random bits) in lower-case Crockford base32.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from flows.aws import clock

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALID = re.compile(r"[a-z]+_[0-9a-hjkmnp-tv-z]{26}")


def new_id(prefix: str, at: datetime | None = None) -> str:
    """Make an id.

    Args:
        prefix: ``wf exec form sub cred int wh evt key acct`` and so on, without the underscore.
        at: the moment that it sorts by (default: now).
    """
    moment = at or clock.now()
    return f"{prefix}_{_encode(int(moment.timestamp() * 1000), 10)}{_encode(secrets.randbits(80), 16)}"


def derived_id(prefix: str, at: datetime, digest: bytes) -> str:
    """An id that is the same whenever it is made from the same moment and digest (10 bytes or more): for work that may run twice."""
    number = int.from_bytes(digest[:10], "big")
    return f"{prefix}_{_encode(int(at.timestamp() * 1000), 10)}{_encode(number, 16)}"


def floor_id(prefix: str, at: datetime) -> str:
    """The smallest id of that moment: ids of the moment and later are greater or equal. For key conditions on time."""
    return f"{prefix}_{_encode(max(0, int(at.timestamp() * 1000)), 10)}{'0' * 16}"


def is_id(prefix: str, text: str) -> bool:
    """Whether the text has the form of such an id. Nothing else is looked up in a table."""
    return text.startswith(f"{prefix}_") and _VALID.fullmatch(text) is not None


def new_token() -> str:
    """192 random bits as URL-safe text: for hook URLs and links that are a secret in themselves."""
    return secrets.token_urlsafe(24)


def _encode(number: int, length: int) -> str:
    chars = []
    for _ in range(length):
        chars.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(chars))
