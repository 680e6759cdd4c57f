"""The one reader of JSON that comes from outside, and the one writer.

``json.loads`` takes NaN, Infinity, 1e400, duplicate keys and lone surrogates, and fails with other errors than its own on
deep nesting and on integers of more than 4,300 digits. Whatever this reader lets in comes back from :func:`dumps` as it was.
"""

from __future__ import annotations

import json
import math
from typing import Any

MAX_DEPTH = 200
"""Levels of nesting that a value may have (RFC 8259 section 9 lets a reader set this limit)."""

VALUE_DEPTH = 230
"""Levels that a value in a run may have: more than come in, for nodes wrap what they get."""
STORED_DEPTH = 250
"""Levels of what we store and send ourselves, values wrapped a few times; our answers' serializer (pydantic-core) ends at 253."""

_MAX_INTEGER_DIGITS = 308
"""A longer integer has no floating-point neighbour, so no expression could calculate with it (IEEE 754 binary64)."""


class JsonError(ValueError):
    """The text is not JSON as we take it; the message says why, without quoting the text."""


def loads(text: str | bytes, max_depth: int = MAX_DEPTH) -> Any:
    """Read JSON strictly.

    Args:
        text: UTF-8 bytes or text.
        max_depth: levels of arrays and objects that may be nested.

    Returns:
        dict, list, str, int, float, bool or None.

    Raises:
        JsonError: broken JSON, not UTF-8, duplicate keys, a number out of range, a lone surrogate, too deep.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError:
            raise JsonError("the text is not UTF-8") from None
    if text.startswith("\ufeff"):
        raise JsonError("broken JSON at line 1, column 1: it begins with a byte order mark")
    try:
        value = _DECODER.decode(text)
    except JsonError:
        raise
    except json.JSONDecodeError as error:
        raise JsonError(f"broken JSON at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise JsonError(f"nested deeper than {max_depth} levels") from None
    except ValueError:
        raise JsonError("broken JSON") from None
    if text.count("[") + text.count("{") > max_depth:
        _check_depth(value, max_depth)
    if "\\u" in text or _has_surrogate(text):
        _refuse_surrogates(value)
    return value


def stored(text: str | bytes) -> Any:
    """Read what we have written ourselves: as :func:`loads`, where more may be nested than comes in from outside."""
    return loads(text, STORED_DEPTH)


def is_deeper(value: Any, limit: int, text: str | None = None) -> bool:
    """Whether more than so many arrays and objects are nested in the value; its JSON, where it is there, tells most of the time."""
    if text is not None and text.count("[") + text.count("{") <= limit:
        return False
    try:
        _check_depth(value, limit)
    except JsonError:
        return True
    return False


def dumps(value: Any) -> str:
    """Write compact JSON; refuses what JSON cannot hold (NaN, infinities, other types).

    Raises:
        ValueError, TypeError: a value that is not JSON.
    """
    return _ENCODER.encode(value)


def size(value: Any) -> int:
    """Bytes of the value as compact UTF-8 JSON."""
    return len(dumps(value).encode("utf-8", "surrogatepass"))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise JsonError(f"the key {key[:60]!r} stands twice in one object")
            seen.add(key)
    return result


def _constant(name: str) -> Any:
    raise JsonError(f"{name} is not a JSON number")


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise JsonError("a number is out of range (64-bit floating point)")
    return number


def _integer(text: str) -> int:
    if len(text) > _MAX_INTEGER_DIGITS:
        raise JsonError(f"an integer has more than {_MAX_INTEGER_DIGITS} digits")
    return int(text)


def _check_depth(value: Any, limit: int) -> None:
    level = [value] if isinstance(value, (dict, list)) else []
    depth = 0
    while level:
        depth += 1
        if depth > limit:
            raise JsonError(f"nested deeper than {limit} levels")
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]


def _has_surrogate(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _refuse_surrogates(value: Any) -> None:
    stack = [value]
    while stack:
        current = stack.pop()
        if isinstance(current, str):
            if _has_surrogate(current):
                raise JsonError("a string holds half of a surrogate pair")
        elif isinstance(current, list):
            stack.extend(current)
        elif isinstance(current, dict):
            stack.extend(current)
            stack.extend(current.values())


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_integer)
