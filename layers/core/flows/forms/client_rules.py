"""``visible_if`` for the hosted page's script: the simple rules, as small JSON trees.

A page cannot carry a JSONata engine for a rule like ``topic = "other"``. What can be told exactly by comparing fields with constants is
translated when the form is written; for any other rule the page shows the field and the server decides, as it does without JavaScript.

A tree is a list: ``["get", name]``, ``["lit", value]``, ``["list", [values]]``, ``["not"|"bool"|"exists", tree]``, or an operator
(``and or = != < <= > >= in``) with its two sides. ``page.js`` evaluates it by JSONata's rules (tests compare both).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from flows import strict_json
from flows.engine.expressions import ExpressionError
from flows.forms.models import FormField
from flows.forms.visibility import rule

Tree: TypeAlias = list[Any]

_OPERATORS = frozenset({"and", "or", "=", "!=", "<", "<=", ">", ">=", "in"})
_FUNCTIONS = {"not": "not", "boolean": "bool", "exists": "exists"}
_MAX_BYTES = 2_000


class _NotSimple(Exception):
    """The rule needs the server."""


def translate(fields: Sequence[FormField]) -> dict[str, Tree]:
    """The trees of those fields whose rule is simple, by field name."""
    from flows.engine.expressions.compiler import compile_expression  # loads the JSONata library, which only writing a form needs

    names = {field.name for field in fields}
    rules: dict[str, Tree] = {}
    for field in fields:
        if field.visible_if is None:
            continue
        try:
            tree = _tree(compile_expression(rule(field.visible_if)).ast, names)
        except (_NotSimple, ExpressionError, ValueError):
            continue
        if strict_json.size(tree) <= _MAX_BYTES:
            rules[field.name] = tree
    return rules


def _tree(node: Any, names: set[str]) -> Tree:
    if node is None or any(
        getattr(node, extra, None) is not None for extra in ("predicate", "stages", "group", "focus", "index")
    ):
        raise _NotSimple
    kind = node.type
    if kind in ("string", "number", "value"):
        return ["lit", node.value]
    if kind == "path" and len(node.steps) == 1 and node.steps[0].type == "name" and not node.keep_singleton_array:
        step = node.steps[0]
        if step.value in names and getattr(step, "stages", None) is None and getattr(step, "predicate", None) is None:
            return ["get", step.value]
    if kind == "binary" and node.value in _OPERATORS:
        return [node.value, _tree(node.lhs, names), _tree(node.rhs, names)]
    if kind == "block" and len(node.expressions) == 1:
        return _tree(node.expressions[0], names)
    if kind == "unary" and node.value == "[":
        return ["list", [_literal(part) for part in node.expressions]]
    if (
        kind == "function"
        and node.procedure.type == "variable"
        and node.procedure.value in _FUNCTIONS
        and len(node.arguments) == 1
    ):
        return [_FUNCTIONS[node.procedure.value], _tree(node.arguments[0], names)]
    raise _NotSimple


def _literal(node: Any) -> Any:
    if node.type in ("string", "number", "value"):
        return node.value
    raise _NotSimple
