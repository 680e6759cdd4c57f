"""Functions on objects, types, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonata.jexception import JException

from flows.engine.expressions.functions.arrays import call_on
from flows.engine.expressions.limits import MAX_RESULT_DEPTH, Stopped
from flows.engine.expressions.navigation import lookup as field
from flows.engine.expressions.values import NULL, JList, is_function, is_number, seen, sequence, truth

if TYPE_CHECKING:
    from flows.engine.expressions.evaluator import Evaluator


def keys(evaluator: Evaluator, value: Any) -> Any:
    """`$keys`"""
    found: dict[str, None] = {}
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, (dict, list)):
            found.update(dict.fromkeys(item if isinstance(item, dict) else keys(evaluator, item)))
    result = sequence()
    result.extend(found)
    return result


def lookup(evaluator: Evaluator, value: Any, key: Any) -> Any:
    """`$lookup`"""
    return None if key is None else field(evaluator, value, key)


def exists(evaluator: Evaluator, value: Any) -> bool:
    """`$exists`"""
    return value is not None


def spread(evaluator: Evaluator, value: Any) -> Any:
    """`$spread`: an object as an array of objects with one field each."""
    if not isinstance(value, (dict, list)):
        return value
    result = sequence()
    if isinstance(value, dict):
        evaluator.budget.array(len(value))
        result.extend({key: seen(entry)} for key, entry in value.items())
        return result
    for item in value:
        evaluator.budget.tick()
        made = spread(evaluator, seen(item))
        if isinstance(made, list):
            result.extend(made)
        else:
            result.append(made)
    result.sequence = not value  # appended to, a sequence becomes an array
    return result


def merge(evaluator: Evaluator, items: Any) -> Any:
    """`$merge`: later fields win."""
    if items is None:
        return None
    result: dict[str, Any] = {}
    for item in items:
        evaluator.budget.array(len(item))
        result.update(item)
    return result


def each(evaluator: Evaluator, value: Any, function: Any) -> Any:
    """`$each`"""
    result = sequence()
    for key, entry in (value or {}).items():
        made = call_on(evaluator, function, seen(entry), key, value)
        if made is not None:
            result.append(made)
    return result


def sift(evaluator: Evaluator, value: Any, function: Any) -> Any:
    """`$sift`: the fields that pass; undefined when none does."""
    result = {
        key: entry
        for key, entry in (value or {}).items()
        if truth(call_on(evaluator, function, seen(entry), key, value), evaluator.budget)
    }
    return result or None


def type_of(evaluator: Evaluator, value: Any) -> Any:
    """`$type`"""
    if value is None:
        return None
    if value is NULL:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    if is_function(value):
        return "function"
    return "number" if is_number(value) else "object"


def error(evaluator: Evaluator, message: Any) -> Any:
    """`$error`"""
    raise JException("D3137", -1, message or "$error() function evaluated")


def assertion(evaluator: Evaluator, condition: Any, message: Any) -> Any:
    """`$assert`"""
    if not condition:
        raise JException("D3141", -1, message or "$assert() statement failed")


def clone(evaluator: Evaluator, value: Any, depth: int = 0) -> Any:
    """A deep copy."""
    evaluator.budget.tick()
    if depth > MAX_RESULT_DEPTH:
        raise Stopped(f"nested too deeply: more than {MAX_RESULT_DEPTH} levels")
    if isinstance(value, dict):
        evaluator.budget.array(len(value))
        return {key: clone(evaluator, entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, list):
        evaluator.budget.array(len(value))
        return JList(clone(evaluator, item, depth + 1) for item in value)
    return value


def cloned(evaluator: Evaluator, value: Any) -> Any:
    """`$clone`"""
    return None if value is None else clone(evaluator, value)


def refused(evaluator: Evaluator, expression: Any, focus: Any) -> Any:
    """`$eval` would run text from outside as code."""
    raise Stopped("$eval is not available: text from outside stays text")
