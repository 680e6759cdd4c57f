"""The library's parser, without two of its faults.

``a ?? b`` and ``a ?: b`` are read as conditions that hold `a` twice. The library then processes the same node twice,
which doubles its predicates and negates ``-1`` back to 1, and evaluates it twice: a chain of n such operators takes 2^n
steps. Here they are nodes of their own, processed and evaluated once.
"""

from __future__ import annotations

import copy
import threading
from typing import Any

from jsonata.parser import Parser

COALESCE = "coalesce"
DEFAULT = "default"


class ExpressionParser(Parser):  # type: ignore[misc]  # the library has no types
    """Parses one expression after the other; not for several threads at once."""

    def process_ast(self, expr: Any) -> Any:
        kind = _kind(expr)
        if kind is None:
            return super().process_ast(expr)
        if kind == "-":
            result = copy.copy(expr.expression)
            result.value = -result.value
        else:
            result = Parser.Symbol(self)
            result.type = kind
            result.position = expr.position
            result.lhs = self.process_ast(expr.then)
            self.push_ancestry(result, result.lhs)
            result.rhs = self.process_ast(expr._else)
            self.push_ancestry(result, result.rhs)
        result.keep_array = result.keep_array or expr.keep_array
        return result


def _kind(expr: Any) -> str | None:
    if expr is None:
        return None
    if expr.type == "condition":
        if expr.condition is expr.then:
            return DEFAULT
        if expr.condition.type == "function" and any(arg is expr.then for arg in expr.condition.arguments):
            return COALESCE
    if expr.type == "unary" and str(expr.value) == "-" and expr.expression.type == "number":
        return "-"
    return None


_parsers = threading.local()


def fresh_parser() -> ExpressionParser:
    """This thread's parser, with nothing left of what it parsed before (making one takes longer than most parses)."""
    parser: ExpressionParser | None = getattr(_parsers, "parser", None)
    if parser is None:
        parser = _parsers.parser = ExpressionParser()
    parser.errors = []
    parser.ancestry = []
    parser.ancestor_label = parser.ancestor_index = 0
    parser.lexer = None
    return parser
