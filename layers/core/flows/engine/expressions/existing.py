"""A value that is there already, by a plain path: neither copied nor measured.

The limit of 256 KB is on what expressions make. A list that a node works on may be as large as any output.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows import strict_json
from flows.engine.expressions.paths import UNDECIDED, follow, plain_path


def existing(expression: str, document: Any, bindings: Mapping[str, Any]) -> Any:
    """The value that the expression names; UNDECIDED when it is more than a plain path, and must be evaluated.

    Args:
        expression: bare JSONata.
        document: the JSON value that paths begin at.
        bindings: JSON values by name, without the ``$``.
    """
    if expression.strip() in ("$", "$$"):
        return document
    steps = plain_path(expression)
    return UNDECIDED if steps is None else follow(steps, document, bindings)


@dataclass
class Room:
    """What one node's parameters may still take of values that are there already and larger than an expression may make: a page
    that was fetched, a file's text.

    Args:
        left: bytes of JSON; as many at first as an output may have.
    """

    left: int = 10 * 1024 * 1024

    def take(self, value: Any) -> bool:
        """Whether the value has room; if so, it is taken."""
        size = strict_json.size(value)
        if size > self.left:
            return False
        self.left -= size
        return True
