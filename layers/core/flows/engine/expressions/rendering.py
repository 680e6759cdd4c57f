"""Parameters with their expressions filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flows.engine.expressions.errors import ExpressionError
from flows.engine.expressions.evaluation import evaluate
from flows.engine.expressions.existing import Room, existing
from flows.engine.expressions.limits import MAX_STRING
from flows.engine.expressions.paths import UNDECIDED
from flows.engine.expressions.template import parse_template


def render(text: str, document: Any, bindings: Mapping[str, Any], room: Room | None = None) -> Any:
    """A string parameter with its expressions evaluated.

    One expression gives its value with its type (None when there is none). In a text, a value that is not there or null
    is empty, strings stand as they are, anything else is compact JSON. What comes out is never looked at again: braces
    in a value stay braces.

    Args:
        text: as written.
        document: the JSON value that paths begin at.
        bindings: JSON values by name.
        room: for a single plain path whose value is larger than an expression may make (None: such a value is an error).

    Raises:
        ExpressionError: an expression cannot be parsed or evaluated.
    """
    if "{{" not in text:
        return text
    template = parse_template(text)
    if template.is_single:
        return _single(template.parts[0].text, document, bindings, room)
    pieces = [_as_text(evaluate(part.text, document, bindings)) if part.is_expression else part.text for part in template.parts]
    if sum(map(len, pieces)) > MAX_STRING:
        raise ExpressionError(text, f"makes a text of more than {MAX_STRING} characters")
    return "".join(pieces)


def render_value(value: Any, document: Any, bindings: Mapping[str, Any], parameter: str = "", room: Room | None = None) -> Any:
    """All string parameters in a value, however deep; keys stay as they are.

    Args:
        value: JSON.
        document: the JSON value that paths begin at.
        bindings: JSON values by name.
        parameter: the name under which errors report the value, such as ``values``.
        room: for large values that are there already; see `render`.

    Raises:
        ExpressionError: with `parameter` set to the place, such as ``values.name`` or ``body.items[2]``.
    """
    if isinstance(value, str):
        if "{{" not in value:
            return value
        try:
            return render(value, document, bindings, room)
        except ExpressionError as error:
            raise error.at(parameter) from error.__cause__
    if isinstance(value, dict):
        return {
            key: render_value(entry, document, bindings, f"{parameter}.{key}" if parameter else str(key), room)
            for key, entry in value.items()
        }
    if isinstance(value, list):
        return [render_value(item, document, bindings, f"{parameter}[{index}]", room) for index, item in enumerate(value)]
    return value


def _single(expression: str, document: Any, bindings: Mapping[str, Any], room: Room | None) -> Any:
    try:
        return evaluate(expression, document, bindings)
    except ExpressionError:
        value = UNDECIDED if room is None else existing(expression, document, bindings)
        if room is None or value is UNDECIDED or not room.take(value):
            raise
        return value


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
