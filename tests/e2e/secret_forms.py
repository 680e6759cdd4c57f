"""The forms in which a secret can be seen, made without the product's own code: for searching."""

from __future__ import annotations

import base64
import json
import random
import re
from urllib.parse import quote, quote_plus

PIECE = 12
"""So many of a secret's characters in a row are the secret."""


def canary() -> str:
    """A secret that every kind of escaping changes."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
    part = ["".join(random.choices(letters, k=14)) for _ in range(2)]
    return f'{part[0]}"\\+/&={part[1]}'


def forms(secret: str) -> dict[str, str]:
    """Name and text of each form: whole, and in pieces (what is left where a text was cut)."""
    raw = secret.encode()
    found = {
        "raw, beginning": secret[:PIECE],
        "raw, end": secret[-PIECE:],
        "JSON-escaped": json.dumps(secret)[1:-1],
        "JSON-escaped twice": json.dumps(json.dumps(secret))[1:-1],
        "URL-encoded": quote(secret, safe=""),
        "form-encoded": quote_plus(secret),
        "hex": raw.hex()[: 2 * PIECE],
        "HEX": raw.hex().upper()[: 2 * PIECE],
    }
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw).decode()
        found[f"base64, shifted by {shift}"] = encoded[4 : 4 + PIECE]
        found[f"base64 for URLs, shifted by {shift}"] = base64.urlsafe_b64encode(b"\0" * shift + raw).decode()[4 : 4 + PIECE]
    return found


def seen(secret: str, text: str) -> list[str]:
    """Which forms of the secret the text holds."""
    return [name for name, form in forms(secret).items() if re.search(re.escape(form), text)]
