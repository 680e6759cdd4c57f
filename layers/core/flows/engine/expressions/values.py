"""JSONata's values in Python: null, equality, truth, and text.

Inside an evaluation None is "undefined" and NULL is JSON's null; documents hold None for null, so whatever is read out of
a document passes `nulls` or `seen`.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.parser import Parser
from jsonata.utils import Utils

from flows.engine.expressions.limits import MAX_RESULT_DEPTH, Budget, Stopped
from flows.engine.expressions.regex import Regex

NULL = Utils.NULL_VALUE
JList = Utils.JList
sequence = Utils.create_sequence
sequence_of = Utils.create_sequence_from_iter


def seen(value: Any) -> Any:
    """A value that was read from a document's object: null is a value, not an absence."""
    if value is None:
        return NULL
    return nulls(value) if type(value) is list else value


_LONG = 200
_last_seen: tuple[Any, Any] = (None, None)


def seen_again(value: Any) -> Any:
    """As `seen`, for a whole document or binding: the last long array is remembered, with what it was seen as.

    A node evaluates an expression for each item of a list while the list itself is the document; looking through the
    list each time would make that quadratic. Documents are never changed, and the array is held, so its identity is its own.
    """
    global _last_seen  # noqa: PLW0603 - one slot a process
    if type(value) is not list or len(value) < _LONG:
        return seen(value)
    raw, made = _last_seen
    if raw is not value:
        made = nulls(value)
        _last_seen = (value, made)
    return made


def nulls(items: list[Any]) -> list[Any]:
    """A document's array, with null as a value; the same array when there is none in it.

    Arrays that an evaluation made are JLists, and never come here: they may share their parts so often that looking
    into them all would take for ever.
    """
    if None in items or list in set(map(type, items)):
        return [seen(item) for item in items]
    return items


def is_function(value: Any) -> bool:
    """Built-in, lambda, or regular expression (which is a function in JSONata)."""
    if value is None or isinstance(value, (str, int, float, list, dict)) or value is NULL:
        return False
    return isinstance(value, Jsonata.JFunctionCallable) or is_lambda(value) or is_regex(value)


def is_lambda(value: Any) -> bool:
    """A function that the expression defined."""
    return isinstance(value, Parser.Symbol) and value._jsonata_lambda


def is_regex(value: Any) -> bool:
    """A compiled regular expression."""
    return isinstance(value, Regex)


def is_number(value: Any) -> bool:
    """A finite number.

    Raises:
        JException: D1001 for infinity.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    if isinstance(value, float) and math.isinf(value):
        raise JException("D1001", -1, value)
    return value == value  # noqa: PLR0124 - not a NaN


def number(value: float) -> int | float:
    """A computed number: whole ones become int, so that 3.0 is 3.

    Raises:
        JException: D1001 when it is no finite number.
    """
    if isinstance(value, int):
        return value
    if not math.isfinite(value):
        raise JException("D1001", -1, value)
    return int(value) if value.is_integer() else value


def truth(value: Any, budget: Budget) -> bool:
    """JSONata's cast to boolean; undefined is false, and an array is as true as any of its items."""
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        budget.tick()
        return any(truth(item, budget) for item in value)
    if isinstance(value, (str, dict)):
        return bool(value)
    return is_number(value) and value != 0


def equal(left: Any, right: Any, budget: Budget) -> bool:
    """Deep equality; counts its steps, for values that share their parts can be exponentially large."""
    budget.tick()
    if left is right:
        return True
    if isinstance(left, list):
        return (
            isinstance(right, list)
            and len(left) == len(right)
            and all(equal(one, other, budget) for one, other in zip(left, right, strict=True))
        )
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and left.keys() == right.keys()
            and all(equal(value, right[key], budget) for key, value in left.items())
        )
    if left is None or left is NULL:
        return right is None or right is NULL
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def number_text(value: float) -> str:
    """A number as JavaScript writes it (ECMA-262, Number::toString), rounded to 15 digits as JSONata does."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise JException("D3001", -1, value)
        if not value.is_integer():
            value = float(f"{value:.15g}")
    if value == 0:
        return "0"
    if isinstance(value, int) and abs(value) < 10**21:
        return str(value)
    exact = Decimal(repr(float(value)))
    if Decimal("1e-6") <= abs(exact) < Decimal("1e21"):
        plain = f"{exact:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    sign, digits, _ = exact.normalize().as_tuple()
    mantissa = str(digits[0]) + ("." + "".join(map(str, digits[1:])) if len(digits) > 1 else "")
    exponent = exact.adjusted()
    return f"{'-' if sign else ''}{mantissa}e{'+' if exponent > 0 else '-'}{abs(exponent)}"


def text(value: Any, budget: Budget, *, pretty: bool = False) -> str:
    """`$string`: strings as they are, functions empty, anything else as JSON."""
    if isinstance(value, str):
        return value
    if is_function(value):
        return ""
    if isinstance(value, JList) and value.outer_wrapper:
        value = value[0]
    pieces: list[str] = []
    _write(value, pieces, budget, "\n" if pretty else "", 0)
    made = "".join(pieces)
    budget.text(len(made))
    return made


def _write(value: Any, pieces: list[str], budget: Budget, newline: str, depth: int) -> None:
    budget.tick()
    if depth > MAX_RESULT_DEPTH:
        raise Stopped(f"nested too deeply: more than {MAX_RESULT_DEPTH} levels")
    if isinstance(value, str):
        budget.text(len(value))
        pieces.append(json.dumps(value, ensure_ascii=False))
    elif value is None or value is NULL:
        pieces.append("null")
    elif isinstance(value, bool):
        pieces.append("true" if value else "false")
    elif isinstance(value, (int, float)):
        pieces.append(number_text(value))
    elif isinstance(value, (list, dict)):
        _write_container(value, pieces, budget, newline, depth)
    else:
        pieces.append('""')  # a function


def _write_container(value: list[Any] | dict[str, Any], pieces: list[str], budget: Budget, newline: str, depth: int) -> None:
    opening, closing = "[]" if isinstance(value, list) else "{}"
    inner = newline + "  " * (depth + 1) if newline else ""
    pieces.append(opening)
    separator = ""
    for entry in value:
        pieces.append(separator + inner)
        separator = ","
        if isinstance(value, dict):
            budget.text(len(entry))
            pieces.append(json.dumps(entry, ensure_ascii=False) + (": " if newline else ":"))
            _write(value[entry], pieces, budget, newline, depth + 1)
        else:
            _write(entry, pieces, budget, newline, depth + 1)
    if value and newline:
        pieces.append(newline + "  " * depth)
    pieces.append(closing)


def kind_of(value: Any) -> str:
    """A value's kind, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    for kinds, name in (((int, float), "a number"), (str, "a text"), (list, "a list"), (dict, "an object")):
        if isinstance(value, kinds):
            return name
    return "null" if type(value).__name__ == "NullValue" else "a function"
