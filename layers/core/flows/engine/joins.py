"""Joins of lists of objects on a field, as a database does it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from flows.engine.fields import field_of
from flows.engine.json_order import identity
from flows.engine.results import NodeFailure

MAX_ROWS = 100_000
"""Many partners on both sides multiply; more rows than this end the node instead of the worker's memory."""


def join_all(lists: Sequence[list[dict[str, Any]]], key: str, kind: str) -> list[dict[str, Any]]:
    """Join the first list with the second, the result with the third, and so on.

    Args:
        lists: in the order of the branches; of equal names, the later list's value wins.
        key: a field's name, or a path of names with dots.
        kind: ``inner``, ``left`` or ``outer``.

    Raises:
        NodeFailure: ``TooLarge``, more than MAX_ROWS rows.
    """
    if not lists:
        return []
    rows = lists[0]
    for items in lists[1:]:
        rows = _join(rows, items, key, kind)
    return rows


def _join(left: list[dict[str, Any]], right: list[dict[str, Any]], key: str, kind: str) -> list[dict[str, Any]]:
    partners: dict[Hashable, list[int]] = {}
    for place, item in enumerate(right):
        value = field_of(item, key)
        if value is not None:
            partners.setdefault(identity(value), []).append(place)
    rows: list[dict[str, Any]] = []
    used: set[int] = set()
    for item in left:
        value = field_of(item, key)
        found = partners.get(identity(value), []) if value is not None else []
        used.update(found)
        rows.extend({**item, **right[place]} for place in found)
        if not found and kind != "inner":
            rows.append(item)
        if len(rows) > MAX_ROWS:
            raise NodeFailure(
                "TooLarge", f"the join gives more than {MAX_ROWS} rows: is {key} the same in many items of both lists?"
            )
    if kind == "outer":
        rows.extend(item for place, item in enumerate(right) if place not in used)
    return rows
