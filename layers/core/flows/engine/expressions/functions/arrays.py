"""Functions on arrays, and those that take a function."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from jsonata.jexception import JException

from flows.engine.expressions.functions.builtin import arity_of
from flows.engine.expressions.values import NULL, JList, is_number, seen, sequence, text, truth

if TYPE_CHECKING:
    from flows.engine.expressions.evaluator import Evaluator


def call_on(evaluator: Evaluator, function: Any, value: Any, place: Any, whole: Any) -> Any:
    """Pass the value, and as far as the function takes them its place and the whole."""
    return evaluator.call(function, [value, place, whole][: max(1, min(3, arity_of(function)))])


def map_items(evaluator: Evaluator, items: Any, function: Any) -> Any:
    """`$map`"""
    if items is None:
        return None
    result = sequence()
    for index, item in enumerate(items):
        value = call_on(evaluator, function, seen(item), index, items)
        if value is not None:
            result.append(value)
    return result


def filter_items(evaluator: Evaluator, items: Any, function: Any) -> Any:
    """`$filter`"""
    if items is None:
        return None
    result = sequence()
    for index, item in enumerate(items):
        if truth(call_on(evaluator, function, seen(item), index, items), evaluator.budget):
            result.append(seen(item))
    return result


def single(evaluator: Evaluator, items: Any, function: Any) -> Any:
    """`$single`: the one match; none or several are an error."""
    if items is None:
        return None
    found = [
        item
        for index, item in enumerate(items)
        if function is None or truth(call_on(evaluator, function, seen(item), index, items), evaluator.budget)
    ]
    if len(found) != 1:
        raise JException("D3138" if found else "D3139", -1)
    return seen(found[0])


def reduce_items(evaluator: Evaluator, items: Any, function: Any, start: Any) -> Any:
    """`$reduce`"""
    if items is None:
        return None
    arity = arity_of(function)
    if arity < 2:
        raise JException("D3050", -1)
    begin = 0
    value = start
    if start is None and items:
        value, begin = seen(items[0]), 1
    for index in range(begin, len(items)):
        value = evaluator.call(function, [value, seen(items[index]), index, items][: min(arity, 4)])
    return value


def append(evaluator: Evaluator, left: Any, right: Any) -> Any:
    """`$append`"""
    if left is None:
        return right
    if right is None:
        return left
    first = left if isinstance(left, list) else [left]
    second = right if isinstance(right, list) else [right]
    evaluator.budget.array(len(first) + len(second))
    result = JList(first)
    result.extend(second)
    return result


def zip_arrays(evaluator: Evaluator, *arrays: Any) -> Any:
    """`$zip`: as long as the shortest."""
    if any(not isinstance(array, list) for array in arrays):
        return []
    return [JList(seen(item) for item in group) for group in zip(*arrays, strict=False)]


def reverse(evaluator: Evaluator, items: Any) -> Any:
    """`$reverse`"""
    return items if items is None or len(items) <= 1 else [seen(item) for item in reversed(items)]


def shuffle(evaluator: Evaluator, items: Any) -> Any:
    """`$shuffle`"""
    if items is None or len(items) <= 1:
        return items
    result = [seen(item) for item in items]
    random.shuffle(result)
    return result


def sort_items(evaluator: Evaluator, items: Any, is_after: Callable[[Any, Any], Any] | None) -> Any:
    """Stable sort; without a comparator only numbers or only strings.

    Args:
        evaluator: the evaluation.
        items: the array, or None.
        is_after: whether its first argument belongs after its second.
    """
    if items is None or len(items) <= 1:
        return items
    if is_after is None:
        if not all(is_number(item) for item in items) and not all(isinstance(item, str) for item in items):
            raise JException("D3070", -1)
        return sorted(items)
    return sorted(items, key=cmp_to_key(lambda left, right: -1 if is_after(right, left) else 0))


def sort(evaluator: Evaluator, items: Any, function: Any) -> Any:
    """`$sort`"""
    if function is None:
        return sort_items(evaluator, items, None)
    found = None if items is None else [seen(item) for item in items]
    return sort_items(evaluator, found, lambda left, right: _script_truth(evaluator.call(function, [left, right])))


def _script_truth(value: Any) -> bool:
    """The reference takes the comparator's result as JavaScript does: an empty array is true."""
    return value is not NULL and (isinstance(value, (list, dict)) or bool(value))


def distinct(evaluator: Evaluator, items: Any) -> Any:
    """`$distinct`: the first of each, by deep equality."""
    if not isinstance(items, list) or len(items) <= 1:
        return items
    result = sequence() if isinstance(items, JList) and items.sequence else []
    known = set()
    for item in items:
        evaluator.budget.tick()
        key = _identity(evaluator, item)
        if key not in known:
            known.add(key)
            result.append(seen(item))
    return result


def _identity(evaluator: Evaluator, value: Any) -> Any:
    """Equal for deeply equal values, whatever the order of an object's fields."""
    if isinstance(value, (list, dict)):
        return text(_in_order(evaluator, value), evaluator.budget)
    return (isinstance(value, bool), None if value is NULL else value)


def _in_order(evaluator: Evaluator, value: Any) -> Any:
    evaluator.budget.tick()
    if isinstance(value, dict):
        return {key: _in_order(evaluator, value[key]) for key in sorted(value)}
    return [_in_order(evaluator, item) for item in value] if isinstance(value, list) else value
