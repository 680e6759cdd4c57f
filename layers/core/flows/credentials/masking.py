"""Masking: secrets out of whatever is stored, in each form in which they travel.

Mask first, cut later: a text that was cut inside a secret no longer holds the whole of it. For texts that others have cut,
the beginning of a secret at a text's end is masked too.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "***"

MIN_SECRET = 4
"""Shorter secrets are not masked: they stand in every second text by chance."""

_MIN_CUT = 8
"""So much of a secret's beginning, at the end of a text, is taken for the secret itself."""


class Masker:
    """Replaces secrets by ``***``, deep in JSON values.

    Args:
        secrets: the secrets.
        pairs: ``(user name, password)`` of Basic authentication: their base64 is a secret in itself.
    """

    def __init__(self, secrets: Iterable[str], pairs: Iterable[tuple[str, str]] = ()) -> None:
        forms: dict[str, None] = {}
        plain = dict.fromkeys(secret for secret in secrets if len(secret) >= MIN_SECRET)
        for secret in plain:
            forms.update(dict.fromkeys(_forms(secret)))
        for user, password in pairs:
            if user or password:
                pair = base64.b64encode(f"{user}:{password}".encode()).decode()
                forms.update(dict.fromkeys((pair, pair.rstrip("="), _in_url(pair))))
        # The longest first: a form that is part of another must not break it up.
        self._forms: Sequence[str] = sorted((form for form in forms if len(form) >= MIN_SECRET), key=len, reverse=True)
        self._shortest = min(_MIN_CUT, *map(len, self._forms)) if self._forms else 0
        self._heads = tuple(dict.fromkeys((form[:_MIN_CUT], form) for form in self._forms if len(form) > _MIN_CUT))
        self._numbers = frozenset(secret for secret in plain if secret.replace(".", "", 1).lstrip("-").isdigit())

    def mask(self, value: Any) -> Any:
        """The JSON value with every secret replaced; the same object when there is none in it."""
        if not self._forms:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return self._mapping(value)
        if isinstance(value, list | tuple):
            masked = [self.mask(part) for part in value]
            return masked if any(new is not old for new, old in zip(masked, value, strict=True)) else value
        if self._numbers and isinstance(value, int | float) and not isinstance(value, bool) and str(value) in self._numbers:
            return MASK
        return value

    def text(self, text: str) -> str:
        """The text with every secret replaced."""
        if len(text) < self._shortest:
            return text
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return self._without_cut_secret(text)

    def _mapping(self, value: dict[str, Any]) -> dict[str, Any]:
        masked: dict[str, Any] = {}
        changed = False
        for key, part in value.items():
            new_key, new_part = self.text(key), self.mask(part)
            changed = changed or new_key is not key or new_part is not part
            while new_key in masked:
                new_key += "*"  # two keys that were different secrets stay two
            masked[new_key] = new_part
        return masked if changed else value

    def _without_cut_secret(self, text: str) -> str:
        for head, form in self._heads:
            place = text.rfind(head, max(0, len(text) - len(form)))
            if place >= 0 and form.startswith(text[place:]):
                return text[:place] + MASK
        return text


def masker_of(credentials: Iterable[Any]) -> Masker:
    """A masker for opened credentials (``flows.credentials.use``), with the tokens that they have got until now."""
    opened = list(credentials)
    return Masker(
        [secret for one in opened for secret in one.secrets()],
        [pair for one in opened for pair in one.basic_pairs()],
    )


def _forms(secret: str) -> list[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    forms = [secret, *_json_forms(secret), *_url_forms(secret, raw), raw.hex(), raw.hex().upper()]
    forms += [html.escape(secret), html.escape(secret, quote=False)]
    for standard in _base64_forms(raw):
        forms += [standard, standard.replace("+", "-").replace("/", "_"), _in_url(standard)]
    return forms


def _json_forms(secret: str) -> list[str]:
    forms = []
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        forms += [once, once.replace("/", "\\/"), json.dumps(once, ensure_ascii=ascii_only)[1:-1]]
    return forms


def _url_forms(secret: str, raw: bytes) -> list[str]:
    forms = []
    for once in (
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        quote(raw, safe="!'()*~-._"),
        quote(raw, safe="/:@!$&'()*,;=~-._"),
    ):
        forms += [once, _lower_escapes(once), quote(once, safe="")]
    forms.append("".join(f"%{byte:02X}" for byte in raw))
    return forms


def _lower_escapes(text: str) -> str:
    parts = text.split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])


def _base64_forms(raw: bytes) -> list[str]:
    """The characters that the bytes alone decide, at each of the three places where they can begin in a base64 text."""
    forms = []
    for shift, first in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(b"\0" * shift + raw).decode()
        forms.append(whole[first : (shift + len(raw)) * 8 // 6])
    return forms


def _in_url(text: str) -> str:
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
