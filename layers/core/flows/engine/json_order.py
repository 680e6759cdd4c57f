"""Order and sameness of JSON values, the same for every node type.

Order: false, true, numbers, texts (by code point), lists (item by item), objects (by their sorted names and values); null is
put last by whoever sorts, in both directions. Sameness: 1 and 1.0 are the same, 1 and true are not, the order of an object's names
does not count.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")


def order_key(value: Any) -> tuple[Any, ...]:
    """A key that orders any two JSON values."""
    if value is None:
        return (9,)
    if isinstance(value, bool):
        return (0, value)
    if isinstance(value, (int, float)):
        return (1, value)
    if isinstance(value, str):
        return (2, value)
    if isinstance(value, list):
        return (3, tuple(order_key(item) for item in value))
    return (4, tuple((name, order_key(value[name])) for name in sorted(value)))


def identity(value: Any) -> Hashable:
    """A key that is equal for values that are the same."""
    if value is None or isinstance(value, (str, bool)):
        return (type(value).__name__, value)
    if isinstance(value, (int, float)):
        return ("number", value)
    if isinstance(value, list):
        return ("list", tuple(identity(item) for item in value))
    return ("object", frozenset((name, identity(item)) for name, item in value.items()))


def stable_sorted(items: Sequence[Item], keys: Iterable[tuple[Sequence[Any], bool]]) -> list[Item]:
    """Items by several keys; those with equal keys stay in their order, null comes last in both directions.

    Args:
        items: what to sort.
        keys: for each key, first the most important: its value for each item, and whether it descends.
    """
    places = list(range(len(items)))
    for values, descending in reversed(list(keys)):
        known = [place for place in places if values[place] is not None]
        unknown = [place for place in places if values[place] is None]
        ranks = {place: order_key(values[place]) for place in known}
        places = sorted(known, key=ranks.__getitem__, reverse=descending) + unknown
    return [items[place] for place in places]
