"""Objects that are built: grouping, joins of bindings, transforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonata.jexception import JException

from flows.engine.expressions.functions.objects import clone
from flows.engine.expressions.values import JList

if TYPE_CHECKING:
    from flows.engine.expressions.evaluator import Evaluator


def grouped(evaluator: Evaluator, expr: Any, input: Any, environment: Any) -> Any:
    """``{key: value}``: the items by key, and the value of each group; a literal object is the same on one item."""
    tuples = isinstance(input, JList) and input.tuple_stream
    items = input if isinstance(input, list) else [input]
    if not items and not tuples:
        items = [None]  # a literal object is evaluated once, on nothing
    groups: dict[str, tuple[int, list[Any]]] = {}
    for item in items:
        scope = evaluator.create_frame_from_tuple(environment, item) if tuples else environment
        for index, (key_expression, _) in enumerate(expr.lhs_object):
            key = evaluator.eval(key_expression, item["@"] if tuples else item, scope)
            if key is None:
                continue
            if not isinstance(key, str):
                raise JException("T1003", expr.position, key)
            known = groups.setdefault(key, (index, []))
            if known[0] != index:
                raise JException("D1009", expr.position, key)
            known[1].append(item)
    result = {}
    for key, (index, members) in groups.items():
        scope = environment
        if tuples:
            bindings = reduced(evaluator, members)
            context = bindings.pop("@", None)
            scope = evaluator.create_frame_from_tuple(environment, bindings)
        else:
            context = members[0] if len(members) == 1 else _joined(evaluator, members)
        value = evaluator.eval(expr.lhs_object[index][1], context, scope)
        if value is not None:
            result[key] = value
    return result


def _joined(evaluator: Evaluator, members: list[Any]) -> Any:
    """The members of a group as one array, as repeated `$append` makes it."""
    joined = JList()
    for member in members:
        if isinstance(member, list):
            joined.extend(member)
        elif member is not None:
            joined.append(member)
    evaluator.budget.array(len(joined))
    return joined


def reduced(evaluator: Evaluator, tuple_stream: Any) -> dict[str, Any]:
    """The bindings of several tuples as one: each name with all its values."""
    if not isinstance(tuple_stream, list):
        return dict(tuple_stream)
    names: dict[str, list[Any]] = {}
    for entry in tuple_stream:
        for name, value in entry.items():
            names.setdefault(name, []).append(value)
    return {name: found[0] if len(found) == 1 else _joined(evaluator, found) for name, found in names.items()}


def transformed(evaluator: Evaluator, expr: Any, environment: Any, subject: Any) -> Any:
    """``|pattern|update, delete|``: a copy of the subject with the change made wherever the pattern matches."""
    if subject is None:
        return None
    result = clone(evaluator, subject)
    matches = evaluator.eval(expr.pattern, result, environment)
    for match in [] if matches is None else matches if isinstance(matches, list) else [matches]:
        update = evaluator.eval(expr.update, match, environment)
        if update is not None:
            if not isinstance(update, dict):
                raise JException("T2011", expr.update.position, update)
            if isinstance(match, dict):
                match.update(update)
        if expr.delete is not None:
            _delete_fields(evaluator, expr.delete, match, environment)
    return result


def _delete_fields(evaluator: Evaluator, expr: Any, match: Any, environment: Any) -> None:
    names = evaluator.eval(expr, match, environment)
    if names is None:
        return
    wanted = names if isinstance(names, list) else [names]
    if not all(isinstance(name, str) for name in wanted):
        raise JException("T2012", expr.position, names)
    if isinstance(match, dict):
        for name in wanted:
            match.pop(name, None)
