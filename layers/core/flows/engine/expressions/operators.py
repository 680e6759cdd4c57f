"""JSONata's binary operators, bounded."""

from __future__ import annotations

import math
from typing import Any

from jsonata.jexception import JException

from flows.engine.expressions.limits import MAX_ARRAY, Budget, Stopped
from flows.engine.expressions.values import equal, is_number, number, sequence_of, text


def arithmetic(operator: str, left: Any, right: Any) -> Any:
    """``+ - * / %`` on floating point numbers; undefined when a side is."""
    if left is not None and not is_number(left):
        raise JException("T2001", -1, operator, left)
    if right is not None and not is_number(right):
        raise JException("T2002", -1, operator, right)
    if left is None or right is None:
        return None
    if operator == "+":
        return number(float(left) + float(right))
    if operator == "-":
        return number(float(left) - float(right))
    if operator == "*":
        return number(float(left) * float(right))
    if right == 0:
        raise JException("D1001", -1, "division by zero")
    return number(float(left) / float(right) if operator == "/" else math.fmod(left, right))


def comparison(operator: str, left: Any, right: Any) -> Any:
    """``< <= > >=`` on two numbers or two strings; undefined when a side is."""
    kinds = [_kind(left), _kind(right)]
    if None in kinds:
        raise JException("T2010", -1, operator)
    if "undefined" in kinds:
        return None
    if kinds[0] != kinds[1]:
        raise JException("T2009", -1, left, right, operator)
    if operator == "<":
        return left < right
    if operator == "<=":
        return left <= right
    if operator == ">":
        return left > right
    return left >= right


def _kind(value: Any) -> str | None:
    if value is None:
        return "undefined"
    if isinstance(value, str):
        return "string"
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def equality(operator: str, left: Any, right: Any, budget: Budget) -> bool:
    """``= !=``: deep; false when a side is undefined."""
    if left is None or right is None:
        return False
    return equal(left, right, budget) == (operator == "=")


def concatenation(left: Any, right: Any, budget: Budget) -> str:
    """``&``: both sides as text, undefined as nothing."""
    left_text = "" if left is None else text(left, budget)
    right_text = "" if right is None else text(right, budget)
    budget.text(len(left_text) + len(right_text))
    return left_text + right_text


def membership(left: Any, right: Any, budget: Budget) -> bool:
    """``in``: the same scalar, or the very same object or array."""
    if left is None or right is None:
        return False
    for item in right if isinstance(right, list) else [right]:
        if item is left or (not isinstance(item, (list, dict)) and equal(left, item, budget)):
            return True
    return False


def integer_range(left: Any, right: Any, budget: Budget) -> Any:
    """``[left..right]``; undefined when a side is, or when it is empty."""
    for code, side in (("T2003", left), ("T2004", right)):
        if side is not None and not (is_number(side) and float(side).is_integer()):
            raise JException(code, -1, side)
    if left is None or right is None or left > right:
        return None
    size = int(right) - int(left) + 1
    if size > MAX_ARRAY:
        raise Stopped(f"a range of {size} items; at most {MAX_ARRAY} are allowed")
    budget.array(size)
    return sequence_of(range(int(left), int(right) + 1))
