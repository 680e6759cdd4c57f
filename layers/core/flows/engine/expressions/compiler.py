"""From text to a checked syntax tree, cached by its text.

This module imports the library (about 100 ms), so it is itself imported where an expression needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jsonata.jexception import JException
from jsonata.parser import Parser
from jsonata.signature import Signature

from flows.engine.expressions.errors import ExpressionError
from flows.engine.expressions.functions.builtin import NullAwareSignature
from flows.engine.expressions.limits import MAX_EXPRESSION, Stopped
from flows.engine.expressions.regex import UnsupportedRegex, compile_regex
from flows.engine.expressions.result import joined_surrogates

_CHILDREN = (
    "expression", "steps", "procedure", "arguments", "body", "predicate", "stages", "expr", "group", "lhs", "rhs",
    "lhs_object", "rhs_terms", "terms", "condition", "then", "_else", "expressions", "pattern", "update", "delete",
)  # fmt: skip


_MAX_MESSAGE = 300

# Where the library's own text misses its point, or holds placeholders that its translation broke.
_MESSAGES = {
    "D1001": "a number is out of range, or there is a division by zero",
    "D3140": "the text is no valid URL encoding: {}",
    "T1005": "{} is not a function; did you forget the $ before it?",
    "T1006": "this calls something that is not a function",
    "T1007": "{} is not a function; did you forget the $ before it?",
    "T1008": "this applies something that is not a function",
    "D3010": "the second argument of $replace cannot be an empty text",
    "D3012": "the function that $replace calls must return a text",
    "S0500": "this is not a valid expression",
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A syntax tree that any number of evaluations, in any thread, may share."""

    expression: str
    parser: Any
    ast: Any


@lru_cache(maxsize=4096)
def compile_expression(expression: str) -> Compiled:
    """Parse and check.

    Raises:
        ExpressionError: a syntax error, a regular expression that RE2 refuses, `$eval`, too long, or nested too deeply.
    """
    if len(expression) > MAX_EXPRESSION:
        raise ExpressionError(expression[:100], f"an expression has at most {MAX_EXPRESSION} characters")
    parser = Parser()
    try:
        # The tokenizer looks one character past a comment: the space keeps it inside the text.
        ast = parser.parse(expression + " ", _regex_engine)
        for node in walk(ast):
            _prepare(node, expression)
    except ExpressionError:
        raise
    except JException as error:
        position = error.location if isinstance(error.location, int) and error.location >= 0 else None
        raise ExpressionError(expression, readable(error), position=position) from error
    except UnsupportedRegex as error:
        position = parser.lexer.position if parser.lexer is not None else None
        raise ExpressionError(expression, str(error), position=position) from error
    except Stopped as error:
        raise ExpressionError(expression, error.reason) from error
    except RecursionError as error:
        raise ExpressionError(expression, "nested too deeply") from error
    except IndexError as error:
        raise ExpressionError(expression, "unexpected end of expression", position=len(expression)) from error
    except Exception as error:  # the library's parser fails in many ways on text that is no expression
        raise ExpressionError(expression, "this is not a valid expression", position=_reached(parser)) from error
    return Compiled(expression, parser, ast)


def readable(error: JException) -> str:
    """The library's message, without the traces of its translation from JavaScript, and short."""
    message = _MESSAGES.get(error.error)
    if message is None:
        message = str(error).replace("Object ", "function ")
    elif "{}" in message:
        message = message.format(error.current)
    message = re.sub(r"\s+", " ", message).strip()
    return message if len(message) <= _MAX_MESSAGE else message[:_MAX_MESSAGE] + "..."


def walk(node: Any) -> Iterator[Any]:
    """Every node of a syntax tree, in no particular order."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, (list, tuple)):
            waiting.extend(current)
        elif isinstance(current, Parser.Symbol):
            yield current
            waiting.extend(child for name in _CHILDREN if (child := getattr(current, name)) is not None)


def _prepare(node: Any, expression: str) -> None:
    if node.type == "variable" and node.value == "eval":
        raise ExpressionError(expression, "$eval is not available", position=node.position)
    if node.type == "string" and not node.value.isascii():
        node.value = joined_surrogates(node.value)
    if isinstance(node.signature, Signature):
        node.signature.__class__ = NullAwareSignature


def _reached(parser: Parser) -> int | None:
    return parser.lexer.position if parser.lexer is not None else None


def _regex_engine(pattern: str, flags: Any) -> Any:
    return compile_regex(pattern, flags.case_insensitive, flags.multiline)
