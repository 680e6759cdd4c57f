"""Counts, sums up and collects the items of a list; with `group_by`, of each group of items with the same value.

* `count`: how many items; with a `value`, how many have one (not null).
* `sum`, `avg`: of the values that are numbers; null is left out, anything else fails. No number at all: 0, and null for `avg`.
* `min`, `max`: by the order that `sort` has; null is left out; of nothing, null.
* `first`, `last`: the value of the first or last item (null of an empty list). `list`: the values of all, null included.

`value` is an expression over `$item`; without it, the item itself. The output is an object of the fields; with `group_by` a list of
`{key, ...fields}`, in the order in which the groups begin.
"""

import math
from collections.abc import Callable, Hashable
from typing import Any, Literal

from pydantic import Field, model_validator

from flows.engine.contract import Example, Expression, NodeContext, NodeType, Parameters
from flows.engine.json_order import identity, order_key
from flows.engine.results import NodeFailure, Outcome


class Aggregation(Parameters):
    operation: Literal["count", "sum", "avg", "min", "max", "first", "last", "list"] = Field(
        description="What is made of the values."
    )
    value: Expression | None = Field(None, description="The value of each item; the item is `$item`, its place `$index`.")


class AggregateParameters(Parameters):
    items: Expression | None = Field(None, description="The list (without it: the input).")
    group_by: Expression | None = Field(None, description="The value that groups; the item is `$item`, its place `$index`.")
    fields: dict[str, Aggregation] = Field(description="What is made, by name.", max_length=100)

    @model_validator(mode="after")
    def _key_is_taken(self) -> "AggregateParameters":
        if self.group_by is not None and "key" in self.fields:
            raise ValueError("with group_by, key is the group's value: give the field in fields another name")
        return self


def run(context: NodeContext, parameters: AggregateParameters) -> Outcome:
    items = list(enumerate(context.items(parameters.items)))
    if parameters.group_by is None:
        return Outcome(_fields(context, parameters, items))
    groups: dict[Hashable, tuple[Any, list[tuple[int, Any]]]] = {}
    for index, item in items:
        key = context.evaluate(parameters.group_by, parameter="group_by", item=item, index=index)
        groups.setdefault(identity(key), (key, []))[1].append((index, item))
    return Outcome([{"key": key, **_fields(context, parameters, members)} for key, members in groups.values()])


def _fields(context: NodeContext, parameters: AggregateParameters, items: list[tuple[int, Any]]) -> dict[str, Any]:
    return {name: _aggregated(context, name, rule, items) for name, rule in parameters.fields.items()}


def _aggregated(context: NodeContext, name: str, rule: Aggregation, items: list[tuple[int, Any]]) -> Any:
    if rule.operation == "count" and rule.value is None:
        return len(items)
    if rule.operation in ("first", "last"):
        items = items[:1] if rule.operation == "first" else items[-1:]
    where = f"fields.{name}.value"
    values = [
        item if rule.value is None else context.evaluate(rule.value, parameter=where, item=item, index=index)
        for index, item in items
    ]
    if rule.operation in ("sum", "avg"):
        for (index, _), value in zip(items, values, strict=True):
            if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
                raise NodeFailure(
                    "InvalidInput", f"{where}: the value of item {index} is not a number; $number(...) makes one of a text"
                )
    return _OPERATIONS[rule.operation](values, where)


def _known(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _sum(values: list[Any], where: str) -> int | float:
    numbers = _known(values)
    try:
        # Whole numbers exactly; others without the errors that pile up when they are added one by one.
        total = sum(numbers) if all(isinstance(number, int) for number in numbers) else math.fsum(numbers)
        if isinstance(total, float) and not math.isfinite(total):
            raise OverflowError
        return total
    except OverflowError:
        raise NodeFailure("InvalidInput", f"{where}: the sum is out of range") from None


def _average(values: list[Any], where: str) -> int | float | None:
    numbers = _known(values)
    if not numbers:
        return None
    average = _sum(numbers, where) / len(numbers)
    return int(average) if average.is_integer() and abs(average) < 2**53 else average


_OPERATIONS: dict[str, Callable[[list[Any], str], Any]] = {
    "count": lambda values, where: len(_known(values)),
    "sum": _sum,
    "avg": _average,
    "min": lambda values, where: min(_known(values), key=order_key, default=None),
    "max": lambda values, where: max(_known(values), key=order_key, default=None),
    "first": lambda values, where: values[0] if values else None,
    "last": lambda values, where: values[-1] if values else None,
    "list": lambda values, where: values,
}

_ORDERS = [{"shop": "A", "total": 10}, {"shop": "B", "total": 4}, {"shop": "A", "total": 5}]

NODE = NodeType(
    type="aggregate",
    title="Aggregate",
    description="Counts, sums up and collects items.",
    category="data",
    parameters=AggregateParameters,
    run=run,
    examples=(
        Example(
            {"fields": {"orders": {"operation": "count"}, "total": {"operation": "sum", "value": "$item.total"}}},
            _ORDERS,
            {"orders": 3, "total": 19},
            description="Of all items.",
        ),
        Example(
            {"group_by": "$item.shop", "fields": {"average": {"operation": "avg", "value": "$item.total"}}},
            _ORDERS,
            [{"key": "A", "average": 7.5}, {"key": "B", "average": 4}],
            description="By group.",
        ),
    ),
)
