"""Numbers written and read by pictures, through the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonata.functions import Functions
from jsonata.jexception import JException

from flows.engine.expressions.functions.numbers import rounded

if TYPE_CHECKING:
    from flows.engine.expressions.evaluator import Evaluator


def format_number(evaluator: Evaluator, value: Any, picture: Any, options: Any) -> Any:
    """`$formatNumber`"""
    if value is None:
        return None
    places = None if options is not None else _decimal_places(picture, value)
    # Half to even on the digits that the number shows; the library rounds its binary value, half up.
    exact = value if places is None else rounded(evaluator, value, places)
    return Functions.format_number(exact or 0, picture, options)


def _decimal_places(picture: str, value: float) -> int | None:
    """How many decimals a plain picture shows; None when it is not plain."""
    parts = picture.split(";")
    part = parts[1] if value < 0 and len(parts) == 2 else parts[0]
    if "e" in part:
        return None
    shift = 2 if "%" in part else 3 if "\u2030" in part else 0
    return shift + sum(char.isdigit() or char == "#" for char in part.partition(".")[2])


def format_integer(evaluator: Evaluator, value: Any, picture: Any) -> Any:
    """`$formatInteger`"""
    return None if value is None else Functions.format_integer(value, picture)


def parse_integer(evaluator: Evaluator, value: Any, picture: Any) -> Any:
    """`$parseInteger`: undefined when the text does not fit the picture."""
    if value is None:
        return None
    try:
        return Functions.parse_integer(value, picture)
    except (KeyError, ValueError, RuntimeError) as error:
        if isinstance(error, JException):
            raise
        return None
