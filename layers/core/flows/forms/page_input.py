"""What a browser sends, as a submission's data: everything arrives as text, so each value is converted by its field's type."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from flows.errors import UnsupportedMediaType, invalid
from flows.forms import field_types
from flows.forms.models import FormField

TRAP = "__homepage"
TOKEN = "__opened"

_MAX_PAIRS = 5_000
_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Sent:
    """A posted page.

    Args:
        data: the submission's data.
        typed: the texts as they were sent, to be shown again.
        token: the page's signed field.
        trapped: somebody filled in the field that people do not see.
    """

    data: dict[str, Any]
    typed: dict[str, list[str]] = field(default_factory=dict)
    token: str = ""
    trapped: bool = False


def read(fields: Sequence[FormField], body: bytes, content_type: str) -> Sent:
    """Read a posted page.

    Raises:
        UnsupportedMediaType: not what an HTML form sends.
        ValidationFailed: not UTF-8, or no pairs of names and values.
    """
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("The page's answers come as application/x-www-form-urlencoded")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PAIRS)
    except ValueError:
        raise invalid("", "the answers cannot be read", "form_invalid") from None
    typed: dict[str, list[str]] = {}
    for name, value in pairs:
        typed.setdefault(name, []).append(value.replace("\r\n", "\n"))
    token = "".join(typed.pop(TOKEN, []))
    trapped = any(typed.pop(TRAP, []))
    data: dict[str, Any] = {}
    for part in fields:
        value = _convert(part, typed.get(part.name))
        if value is not None:
            data[part.name] = value
    names = {part.name for part in fields}
    data |= {name: values[0] for name, values in typed.items() if name not in names}
    return Sent(data, typed, token, trapped)


def _convert(part: FormField, texts: list[str] | None) -> Any:
    """The value of a field, None when nothing was answered. What cannot be converted stays text, and is refused as such later."""
    if part.type == "checkbox" and part.options is None:
        return {(): False, ("true",): True, ("on",): True}.get(tuple(texts or ()), texts)
    if field_types.takes_several(part):
        return [text for text in texts or [] if text] or None
    if not texts:
        return None
    if len(texts) > 1:
        return texts
    text = texts[0] if part.type == "textarea" else texts[0].strip()
    if not text.strip():
        return None
    return _number(text) if part.type in ("number", "rating") else text


def _number(text: str) -> Any:
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
