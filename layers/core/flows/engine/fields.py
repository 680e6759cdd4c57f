"""A field of an item by its name, or by a path of names."""

from __future__ import annotations

from typing import Any


def field_of(item: Any, name: str) -> Any:
    """The value of a field; None when it is not there.

    Args:
        item: any JSON.
        name: the field's name. Where the item has no such name, dots in it lead into objects: ``address.city``.
    """
    if isinstance(item, dict) and name in item:
        return item[name]
    value = item
    for step in name.split("."):
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return value
