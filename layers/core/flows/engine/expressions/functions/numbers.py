"""Functions on numbers and truth."""

from __future__ import annotations

import functools
import math
import operator
import random as random_module
import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING, Any

from jsonata.jexception import JException

from flows.engine.expressions.values import number, truth

if TYPE_CHECKING:
    from flows.engine.expressions.evaluator import Evaluator

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?")
_RADIX = re.compile(r"0([xX][0-9A-Fa-f]+|[oO][0-7]+|[bB][01]+)")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MAX_DIGITS = 1_000


def total(evaluator: Evaluator, items: Any) -> Any:
    """`$sum`, in the order of the items (Python 3.12's own sum rounds differently)."""
    return None if items is None else number(functools.reduce(operator.add, map(float, items), 0.0))


def average(evaluator: Evaluator, items: Any) -> Any:
    """`$average`"""
    return None if not items else number(total(evaluator, items) / len(items))


def largest(evaluator: Evaluator, items: Any) -> Any:
    """`$max`"""
    return max(items) if items else None


def smallest(evaluator: Evaluator, items: Any) -> Any:
    """`$min`"""
    return min(items) if items else None


def count(evaluator: Evaluator, items: Any) -> int:
    """`$count`"""
    return 0 if items is None else len(items)


def to_number(evaluator: Evaluator, value: Any) -> Any:
    """`$number`"""
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and len(value) <= _MAX_DIGITS:
        if _DECIMAL.fullmatch(value) and math.isfinite(float(value)):
            return number(float(value))
        if _RADIX.fullmatch(value):
            return number(float(int(value, 0)))
    raise JException("D3030", -1, value)


def absolute(evaluator: Evaluator, value: Any) -> Any:
    """`$abs`"""
    return None if value is None else abs(value)


def floor(evaluator: Evaluator, value: Any) -> Any:
    """`$floor`"""
    return None if value is None else math.floor(value)


def ceiling(evaluator: Evaluator, value: Any) -> Any:
    """`$ceil`"""
    return None if value is None else math.ceil(value)


def rounded(evaluator: Evaluator, value: Any, precision: Any) -> Any:
    """`$round`: half to even, on the decimal digits that the number shows."""
    if value is None:
        return None
    places = int(precision or 0)
    exact = Decimal(repr(value))
    if places > 400 or not exact:
        return value
    if places < -400:
        return 0
    context = Context(prec=1_000, rounding=ROUND_HALF_EVEN)
    return number(float(exact.quantize(Decimal(1).scaleb(-places, context), context=context)))


def square_root(evaluator: Evaluator, value: Any) -> Any:
    """`$sqrt`"""
    if value is None:
        return None
    if value < 0:
        raise JException("D3060", -1, value)
    return math.sqrt(value)


def power(evaluator: Evaluator, base: Any, exponent: Any) -> Any:
    """`$power`"""
    if base is None:
        return None
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError, TypeError) as error:
        raise JException("D3061", -1, base, exponent) from error


def random(evaluator: Evaluator) -> float:
    """`$random`: at least 0, below 1; not for secrets."""
    return random_module.random()  # noqa: S311 - the language's dice, no key is made of it


def format_base(evaluator: Evaluator, value: Any, radix: Any) -> Any:
    """`$formatBase`"""
    if value is None:
        return None
    base = 10 if radix is None else int(rounded(evaluator, radix, 0))
    if not 2 <= base <= 36:
        raise JException("D3100", -1, radix)
    left = abs(int(rounded(evaluator, value, 0)))
    digits = ""
    while left or not digits:
        left, digit = divmod(left, base)
        digits = _DIGITS[digit] + digits
    return "-" + digits if value < 0 and digits != "0" else digits


def to_boolean(evaluator: Evaluator, value: Any) -> Any:
    """`$boolean`"""
    return None if value is None else truth(value, evaluator.budget)


def negation(evaluator: Evaluator, value: Any) -> Any:
    """`$not`"""
    return None if value is None else not truth(value, evaluator.budget)
