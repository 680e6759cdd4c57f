"""What of an event goes to an endpoint: ``filter`` decides whether, ``fields`` decide how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.engine.expressions import ExpressionError, check, evaluate
from flows.engine.truth import holds

MAX_FIELDS = 100
MAX_FILTER = 4_000
"""Characters of a filter."""


def passes(filter: str | None, event: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether the event passes a filter.

    Args:
        filter: JSONata over the whole payload, as ``data.status = "failed"``; None lets everything pass.
        event: the payload.

    Returns:
        Whether, and what went wrong in the filter. An event on which the filter fails is sent: nothing is lost by a mistake in it.
    """
    if not filter:
        return True, ""
    try:
        return holds(evaluate(filter, dict(event), {})), ""
    except ExpressionError as error:
        return True, f"The filter failed: {error.reason}"[:500]


def check_filter(filter: str) -> None:
    """Raises ExpressionError when the text is no expression."""
    if filter.lstrip().startswith("{{"):
        raise ExpressionError(filter, "a filter is JSONata as it is, without {{ }} around it")
    check(filter)


def thin(event: Mapping[str, Any], fields: Sequence[str] | None) -> dict[str, Any]:
    """The payload with only the named fields of its ``data``.

    Args:
        event: the payload.
        fields: names, nested ones with dots (``output.total``); None keeps everything. A field that is not there is left out.
    """
    if fields is None:
        return dict(event)
    data: dict[str, Any] = {}
    for field in fields:
        _copy(event["data"], field.split("."), data)
    return {**event, "data": data}


def _copy(source: Any, path: Sequence[str], target: dict[str, Any]) -> None:
    for name in path[:-1]:
        if not isinstance(source, Mapping) or name not in source:
            return
        source = source[name]
    if not isinstance(source, Mapping) or path[-1] not in source:
        return
    for name in path[:-1]:
        inner = target.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        target = inner
    if isinstance(target.get(path[-1]), dict) and isinstance(source[path[-1]], dict):
        target[path[-1]] = {**target[path[-1]], **source[path[-1]]}
    else:
        target[path[-1]] = source[path[-1]]
