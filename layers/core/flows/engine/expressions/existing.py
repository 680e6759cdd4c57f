"""A value that is there already, by a plain path: neither copied nor measured.

The limit of 256 KB is on what expressions make. A list that a node works on may be as large as any output.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
