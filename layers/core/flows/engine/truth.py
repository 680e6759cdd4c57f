"""When a value holds as a condition: JSONata's cast to boolean, without loading its library."""

from __future__ import annotations

from typing import Any


def holds(value: Any) -> bool:
    """Whether a JSON value is true as `$boolean` says (docs.jsonata.org, "Boolean functions").

    Null, 0, empty texts, lists and objects are not; a list is when one of its items is.
    """
    if isinstance(value, list):
        return any(holds(item) for item in value)
    return bool(value)
