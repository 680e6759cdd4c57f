"""One expression, one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from flows.engine.expressions.errors import ExpressionError
from flows.engine.expressions.hard_stop import hard_stop
from flows.engine.expressions.limits import Stopped
from flows.engine.expressions.paths import UNDECIDED, follow, plain_path
from flows.engine.expressions.result import plain

if TYPE_CHECKING:
    from jsonata.jexception import JException

    from flows.engine.expressions.compiler import Compiled
    from flows.engine.expressions.evaluator import Evaluator


def evaluate(expression: str, document: Any, bindings: Mapping[str, Any]) -> Any:
    """Evaluate bare JSONata.

    Args:
        expression: the expression, without braces.
        document: the JSON value that paths begin at.
        bindings: JSON values by name, without the ``$``.

    Returns:
        JSON; None when there is no value.

    Raises:
        ExpressionError: it cannot be parsed, fails, or takes more than one evaluation may.
    """
    steps = plain_path(expression)
    try:
        if steps is not None and (value := follow(steps, document, bindings)) is not UNDECIDED:
            return plain(value)
        return plain(_run(expression, document, bindings))
    except Stopped as stop:
        raise ExpressionError(expression, stop.reason) from None


@cache
def _library() -> tuple[Callable[[str], Compiled], type[Evaluator], type[JException]]:
    """What the JSONata library is needed for; imported by the first expression that is more than a plain path."""
    from jsonata.jexception import JException

    from flows.engine.expressions.compiler import compile_expression
    from flows.engine.expressions.evaluator import Evaluator

    return compile_expression, Evaluator, JException


def _run(expression: str, document: Any, bindings: Mapping[str, Any]) -> Any:
    compile_expression, evaluator, library_error = _library()
    compiled = compile_expression(expression)
    try:
        with hard_stop():
            return evaluator(compiled.parser, compiled.ast, bindings).run(document)
    except Stopped:
        raise
    except library_error as error:
        from flows.engine.expressions.compiler import place_of, readable

        raise ExpressionError(expression, readable(error), position=place_of(error, expression)) from error
    except RecursionError as error:
        raise ExpressionError(expression, "nested too deeply; check for endless recursion") from error
    except MemoryError as error:
        raise ExpressionError(expression, "needs too much memory") from error
    except (OverflowError, ArithmeticError) as error:
        raise ExpressionError(expression, "a number is out of range") from error
    except UnicodeError as error:
        raise ExpressionError(expression, "the text holds half of a surrogate pair, which is no character") from error
    except Exception as error:  # a fault of the library is a fault of this expression, not of the worker
        raise ExpressionError(expression, f"a value does not fit what is done with it ({type(error).__name__})") from error
