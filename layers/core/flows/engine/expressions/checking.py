"""What is checked when a workflow is written."""

from __future__ import annotations

from typing import Any

from flows.engine.expressions.errors import ExpressionError
from flows.engine.expressions.limits import MAX_EXPRESSION
from flows.engine.expressions.paths import plain_path
from flows.engine.expressions.template import parse_template


def check(expression: str) -> None:
    """Parse bare JSONata.

    Raises:
        ExpressionError: it is no expression, or uses what is not available (lookaround and backreferences).
    """
    if not expression.strip():
        raise ExpressionError(expression, "there is no expression", position=0)
    if len(expression) > MAX_EXPRESSION:
        raise ExpressionError(expression[:100], f"an expression has at most {MAX_EXPRESSION} characters")
    if plain_path(expression) is None:
        from flows.engine.expressions.compiler import compile_expression

        compile_expression(expression)


def check_template(text: str) -> None:
    """Parse a string parameter and its expressions.

    Raises:
        ExpressionError: a ``{{`` without its ``}}``, or an expression that `check` refuses.
    """
    if "{{" in text:
        for expression in parse_template(text).expressions:
            check(expression)


def check_value(value: Any, parameter: str = "") -> list[ExpressionError]:
    """All that is wrong in the string parameters of a value, each with its place."""
    if isinstance(value, str):
        try:
            check_template(value)
        except ExpressionError as error:
            return [error.at(parameter)]
        return []
    found: list[ExpressionError] = []
    if isinstance(value, dict):
        for key, entry in value.items():
            found += check_value(entry, f"{parameter}.{key}" if parameter else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += check_value(item, f"{parameter}[{index}]")
    return found
