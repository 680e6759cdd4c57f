"""From text to a checked syntax tree, cached by its text.

This module imports the library (about 100 ms), so it is itself imported where an expression needs it.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonata.jexception import JException
from jsonata.parser import Parser
from jsonata.signature import Signature

from flows.engine.expressions.errors import ExpressionError
from flows.engine.expressions.functions.builtin import NullAwareSignature
from flows.engine.expressions.hard_stop import hard_stop
from flows.engine.expressions.limits import MAX_CACHED_CHARACTERS, MAX_EXPRESSION, Stopped
from flows.engine.expressions.parsing import fresh_parser
from flows.engine.expressions.regex import Regex, UnsupportedRegex, compile_regex
from flows.engine.expressions.result import joined_surrogates
from flows.engine.expressions.values import kind_of

_CHILDREN = (
    "expression", "steps", "procedure", "arguments", "body", "predicate", "stages", "expr", "group", "lhs", "rhs",
    "lhs_object", "rhs_terms", "terms", "condition", "then", "_else", "expressions", "pattern", "update", "delete",
)  # fmt: skip


_MAX_MESSAGE = 300
_NAME = re.compile(r"[A-Za-z_]\w*")

# Where the library's own text misses its point, or holds placeholders that its translation broke.
_MESSAGES = {
    "S0102": "a number is out of range",
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


_lock = threading.Lock()
_cache: OrderedDict[str, Compiled] = OrderedDict()
_cached_characters = 0


def compile_expression(expression: str) -> Compiled:
    """Parse and check, once for each text.

    The cache is bounded by the characters in it: a syntax tree takes about 500 bytes for each.

    Raises:
        ExpressionError: a syntax error, a regular expression that RE2 refuses, too long, or nested too deeply.
    """
    global _cached_characters  # noqa: PLW0603 - the size of the cache beside it
    with _lock:
        known = _cache.get(expression)
        if known is not None:
            _cache.move_to_end(expression)
            return known
    compiled = _compile(expression)
    with _lock:
        if expression not in _cache:
            _cache[expression] = compiled
            _cached_characters += len(expression)
        while _cached_characters > MAX_CACHED_CHARACTERS:
            oldest, _ = _cache.popitem(last=False)
            _cached_characters -= len(oldest)
    return compiled


def _compile(expression: str) -> Compiled:
    if len(expression) > MAX_EXPRESSION:
        raise ExpressionError(expression[:100], f"an expression has at most {MAX_EXPRESSION} characters")
    parser = fresh_parser()
    try:
        with hard_stop():
            # The tokenizer looks one character past a comment: the space keeps it inside the text.
            ast = parser.parse(expression + " ", _regex_engine)
            for node in walk(ast):
                _prepare(node, expression)
    except ExpressionError:
        raise
    except JException as error:
        raise ExpressionError(expression, readable(error), position=place_of(error, expression)) from error
    except UnsupportedRegex as error:
        raise ExpressionError(expression, str(error), position=_reached(parser, expression)) from error
    except Stopped as stop:
        raise ExpressionError(expression, stop.reason) from None
    except RecursionError as error:
        raise ExpressionError(expression, "nested too deeply") from error
    except IndexError as error:
        raise ExpressionError(
            expression, "unexpected end of expression", position=_within(len(expression), expression)
        ) from error
    except Exception as error:  # the library's parser fails in many ways on text that is no expression
        raise ExpressionError(expression, "this is not a valid expression", position=_reached(parser, expression)) from error
    return Compiled(expression, parser, ast)


def place_of(error: JException, expression: str) -> int | None:
    """Where in the expression the library saw the fault, if it knows: the last character of the token there."""
    location = error.location
    return _within(location, expression) if isinstance(location, int) and location >= 0 else None


def _within(location: int, expression: str) -> int:
    # The library counts the characters up to the end of a token.
    return max(0, min(location, len(expression)) - 1)


def readable(error: JException) -> str:
    """The library's message, without the traces of its translation from JavaScript, and short."""
    message = getattr(error, "told", None) or _MESSAGES.get(error.error)
    if error.error == "T1006" and isinstance(error.current, str) and _NAME.fullmatch(error.current):
        message = no_function(error.current)
    elif message is None:
        message = str(error).replace("Object ", "function ")
    elif "{}" in message:
        message = message.format(error.current)
    sides = getattr(error, "sides", None)
    if sides is not None:
        message += f"; on the left is {kind_of(sides[0])}, on the right {kind_of(sides[1])}"
    message = re.sub(r"\s+", " ", message).strip()
    return message if len(message) <= _MAX_MESSAGE else message[:_MAX_MESSAGE] + "..."


def no_function(name: str) -> str:
    """What to say of a name that is called and is no function."""
    from difflib import get_close_matches

    from flows.engine.expressions.functions.registry import names

    close = get_close_matches(name.lower(), {known.lower(): known for known in names()}, n=1, cutoff=0.7)
    by_lower = {known.lower(): known for known in names()}
    return f"there is no function ${name}" + (f"; did you mean ${by_lower[close[0]]}?" if close else "")


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
    if node.type == "string" and not node.value.isascii():
        node.value = joined_surrogates(node.value)
    if isinstance(node.signature, Signature):
        node.signature.__class__ = NullAwareSignature
    if node.type == "path":
        node.plain_names = _plain_names(node)


def _plain_names(path: Any) -> tuple[str, ...] | None:
    """The fields of a path of nothing but fields, for the evaluator's short way through objects."""
    if path.keep_singleton_array or path.group is not None or path.predicate is not None or path.tuple is not None:
        return None
    names = path.steps[1:] if path.steps[0].type == "variable" else path.steps
    if not names or not all(step.type == "name" for step in names):
        return None
    if any(
        step.stages is not None
        or step.predicate is not None
        or step.group is not None
        or step.tuple is not None
        or step.keep_array
        for step in path.steps
    ):
        return None
    return tuple(step.value for step in names)


def _reached(parser: Any, expression: str) -> int | None:
    return _within(parser.lexer.position, expression) if parser.lexer is not None else None


def _regex_engine(pattern: str, flags: Any) -> Any:
    compile_regex(pattern, flags.case_insensitive, flags.multiline)  # to refuse it now
    return Regex(pattern, flags.case_insensitive, flags.multiline)
