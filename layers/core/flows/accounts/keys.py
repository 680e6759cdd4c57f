"""API keys: ``ya_live_``, 32 base62 characters (190 random bits), 6 of checksum.

The checksum (CRC32 of all before it, in base62) lets a mistyped key be refused without a database and lets secret scanners know a
key when they see one; it is no secret. Of a key only the SHA-256 is kept: with 190 random bits nothing slower is needed.
Nothing is imported here that is not in the standard library: the authorizer is on every cold path.
"""

from __future__ import annotations

import hashlib
import re
import zlib

PREFIX = "ya_live_"
_RANDOM = 32
_CHECKSUM = 6
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_RANDOM + _CHECKSUM}}}")


def make(entropy: bytes) -> str:
    """The key made from 32 random bytes."""
    if len(entropy) < 32:
        raise ValueError("a key needs 32 random bytes")
    body = PREFIX + _base62(int.from_bytes(entropy, "big"), _RANDOM)
    return body + _checksum(body)


def is_well_formed(key: str) -> bool:
    """Whether the text has the form of a key and its checksum is right."""
    return _FORM.fullmatch(key) is not None and key[-_CHECKSUM:] == _checksum(key[:-_CHECKSUM])


def digest(key: str) -> str:
    """What is kept of a key: SHA-256, in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def record_pk(key_digest: str) -> str:
    """The partition key of the record that the authorizer reads."""
    return f"key#{key_digest}"


def from_header(value: str) -> str | None:
    """The key of an ``Authorization: Bearer ...`` header, or None (the scheme's case does not matter: RFC 9110 section 11.1)."""
    scheme, _, key = value.partition(" ")
    key = key.strip()
    return key if scheme.lower() == "bearer" and is_well_formed(key) else None


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECKSUM)


def _base62(number: int, length: int) -> str:
    chars = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        chars.append(_ALPHABET[digit])
    return "".join(reversed(chars))
