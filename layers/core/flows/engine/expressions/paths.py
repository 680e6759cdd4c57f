"""Plain paths such as ``email`` or ``$input.order.id``, without the library.

Most parameters are one. Through objects only, JSONata's rule for them is: the field, or undefined. As soon as an array
is on the way (it would be mapped) the library takes over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

UNDECIDED = object()

_PATH = re.compile(r"\$?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_WORDS = frozenset({"and", "or", "in", "true", "false", "null", "function"})


@lru_cache(maxsize=4096)
def plain_path(expression: str) -> tuple[str, ...] | None:
    """The steps when the expression is a plain path, else None."""
    expression = expression.strip(" \t\r\n")
    if not _PATH.fullmatch(expression):
        return None
    steps = tuple(expression.split("."))
    return None if _WORDS.intersection(steps) else steps


def follow(steps: tuple[str, ...], document: Any, bindings: Mapping[str, Any]) -> Any:
    """The value at the end of the path; None when there is none; UNDECIDED when the library must decide."""
    first = steps[0]
    if first.startswith("$"):
        if first[1:] not in bindings:
            return UNDECIDED  # a function, or nothing
        value, rest = bindings[first[1:]], steps[1:]
    else:
        value, rest = document, steps
    for step in rest:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list):
            return UNDECIDED
        else:
            return None
    return value
