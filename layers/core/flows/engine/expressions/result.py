"""What an evaluation gives back: plain JSON, of a bounded size."""

from __future__ import annotations

import json
import math
from typing import Any

from flows.engine.expressions.limits import MAX_RESULT_BYTES, MAX_RESULT_DEPTH, Stopped

_SAFE_INTEGER = 2**53
_SHORT = 60_000  # no text that short can be too large: at most 4 bytes a character, or 6 when escaped, on its own


def plain(value: Any) -> Any:
    """A copy of the value in JSON's own types; None for undefined and null.

    Raises:
        Stopped: over 256 KB as JSON, nested too deeply, a function, no finite number, or half of a surrogate pair.
    """
    kind = type(value)
    if value is None or kind is bool or kind is int:
        return value
    if kind is float:
        return _plain_number(value)
    if kind is str:
        return _plain_text(value, _Size())
    if not isinstance(value, (dict, list, str, int, float)) and not _is_null(value):
        raise Stopped("the result is a function, not a value")
    return _copy(value, _Size(), 0)


class _Size:
    """Bytes of JSON so far."""

    __slots__ = ("used",)

    def __init__(self) -> None:
        self.used = 0

    def add(self, count: int) -> None:
        self.used += count
        if self.used > MAX_RESULT_BYTES:
            raise Stopped(f"the result is larger than {MAX_RESULT_BYTES // 1024} KB")


def _copy(value: Any, size: _Size, depth: int) -> Any:
    if depth > MAX_RESULT_DEPTH:
        raise Stopped(f"the result is nested too deeply: more than {MAX_RESULT_DEPTH} levels")
    if isinstance(value, str):
        return _plain_text(value, size)
    if isinstance(value, dict):
        size.add(2)
        made = {}
        for key, entry in value.items():
            if _is_function(entry):
                continue  # as JSON.stringify
            name = _plain_text(key, size)
            size.add(2)
            made[name] = _copy(entry, size, depth + 1)
        return made
    if isinstance(value, list):
        size.add(2)
        items = []
        for item in value:
            size.add(1)
            items.append(None if _is_function(item) else _copy(item, size, depth + 1))
        return items
    if value is None or _is_null(value):
        size.add(4)
        return None
    if isinstance(value, bool):
        size.add(4)
        return value
    size.add(8)
    return _plain_number(value) if isinstance(value, float) else value


def _plain_number(value: float) -> int | float:
    if not math.isfinite(value):
        raise Stopped("the result is not a finite number")
    return int(value) if value.is_integer() and abs(value) < _SAFE_INTEGER else value


def _plain_text(value: str, size: _Size) -> str:
    if value.isascii() and len(value) < 64:
        size.add(len(value) + 2)
        return value
    if not value.isascii():
        value = joined_surrogates(value)
    size.add(len(value))  # before it is encoded: never more than the limit
    size.add(len(json.dumps(value, ensure_ascii=False).encode()) - len(value))
    return value


def joined_surrogates(value: str) -> str:
    r"""Pairs such as ``"\ud83d\ude00"`` as the one character they stand for.

    Raises:
        Stopped: half of a pair is left over; it is no text.
    """
    try:
        value.encode()
        return value
    except UnicodeEncodeError:
        pass
    try:
        return value.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise Stopped("the text holds half of a surrogate pair, which is no character") from None


def _is_null(value: Any) -> bool:
    return type(value).__name__ == "NullValue"


def _is_function(value: Any) -> bool:
    return value is not None and not isinstance(value, (str, int, float, list, dict)) and not _is_null(value)
