"""Finding values in documents: fields, predicates, wildcards, descendants."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flows.engine.expressions.limits import MAX_ARRAY, Stopped
from flows.engine.expressions.values import JList, is_number, seen, sequence, truth

if TYPE_CHECKING:
    from flows.engine.expressions.evaluator import Evaluator


def lookup(evaluator: Evaluator, input: Any, key: str) -> Any:
    """The field of an object, or of each object of an array."""
    if isinstance(input, dict):
        return seen(input[key]) if key in input else None
    if not isinstance(input, list):
        return None
    result = sequence()
    for item in input:
        evaluator.budget.tick()
        value = lookup(evaluator, item, key)
        if isinstance(value, list):
            result.extend(value)
        elif value is not None:
            result.append(value)
    evaluator.budget.array(len(result))
    return result


def kept(evaluator: Evaluator, predicate: Any, input: Any, environment: Any) -> Any:
    """What a predicate ``[...]`` keeps: the items at its numbers, or those for which it is true."""
    results = sequence()
    tuples = isinstance(input, JList) and input.tuple_stream
    results.tuple_stream = tuples
    items = input if isinstance(input, list) else [input]
    if predicate.type == "number":
        index = math.floor(predicate.value)
        index = index + len(items) if index < 0 else index
        if not 0 <= index < len(items):
            return results
        if isinstance(items[index], list):
            return items[index]
        if items[index] is not None:
            results.append(items[index])
        return results
    for index, item in enumerate(items):
        scope = evaluator.create_frame_from_tuple(environment, item) if tuples else environment
        value = evaluator.eval(predicate, item["@"] if tuples else item, scope)
        wanted = value if isinstance(value, list) else [value]
        if all(is_number(one) for one in wanted):
            for one in wanted:
                place = math.floor(one)
                if (place + len(items) if place < 0 else place) == index:
                    results.append(item)
        elif truth(value, evaluator.budget):
            results.append(item)
    if input is None:
        return None  # undefined was looked at once, for what is wrong with the predicate
    evaluator.budget.array(len(results))
    return results


def fields(evaluator: Evaluator, input: Any) -> Any:
    """``*``: the values of all fields, arrays flattened."""
    results = sequence()
    if isinstance(input, JList) and input.outer_wrapper and input:
        input = input[0]
    if isinstance(input, (dict, list)):
        for value in input.values() if isinstance(input, dict) else input:
            if isinstance(value, list):
                _flatten(evaluator, value, results)
                results.sequence = False  # as the reference, where appending makes a plain array
            else:
                results.append(seen(value))
    evaluator.budget.array(len(results))
    return results


def _flatten(evaluator: Evaluator, items: list[Any], into: list[Any]) -> None:
    for item in items:
        evaluator.budget.tick()
        if isinstance(item, list):
            _flatten(evaluator, item, into)
        else:
            into.append(seen(item))
    evaluator.budget.array(len(items))


def descendants(evaluator: Evaluator, input: Any) -> Any:
    """``**``: the value and all that is in it, in document order."""
    if input is None:
        return None
    results = sequence()
    waiting = [input]
    while waiting:
        evaluator.budget.tick()
        value = waiting.pop()
        if not isinstance(value, list):
            results.append(seen(value))
            if len(results) > MAX_ARRAY:
                raise Stopped(f"** finds more than {MAX_ARRAY} values")
        if isinstance(value, (list, dict)):
            children = value if isinstance(value, list) else list(value.values())
            evaluator.budget.array(len(children))
            waiting.extend(reversed(children))
    return results[0] if len(results) == 1 else results
