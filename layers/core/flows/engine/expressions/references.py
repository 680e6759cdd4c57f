"""Which bindings an expression reads, so that only the outputs of the nodes that it names are loaded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flows.engine.expressions.paths import plain_path
from flows.engine.expressions.template import parse_template


@dataclass(frozen=True, slots=True)
class References:
    """What an expression names.

    Attributes:
        nodes: ids of the nodes whose outputs it reads, as in ``$nodes.<id>.output``.
        all_nodes: it uses ``$nodes`` in a way that can reach any node.
        variables: every variable it reads that it does not define itself, without the ``$``; built-in functions too.
        uses_document: it reads the node's input through a path without a variable, or through ``$`` or ``$$``.
    """

    nodes: frozenset[str] = frozenset()
    all_nodes: bool = False
    variables: frozenset[str] = frozenset()
    uses_document: bool = False

    @property
    def uses_input(self) -> bool:
        """It reads the node's input, by whatever name."""
        return self.uses_document or "input" in self.variables

    def __or__(self, other: References) -> References:
        return References(
            self.nodes | other.nodes,
            self.all_nodes or other.all_nodes,
            self.variables | other.variables,
            self.uses_document or other.uses_document,
        )


NOTHING = References()


def references(expression: str) -> References:
    """What a bare expression names.

    Raises:
        ExpressionError: it cannot be parsed.
    """
    return _of_expression(expression)


def template_references(text: str) -> References:
    """What the expressions of a string parameter name.

    Raises:
        ExpressionError: an expression cannot be parsed.
    """
    found = NOTHING
    if "{{" in text:
        for expression in parse_template(text).expressions:
            found |= _of_expression(expression)
    return found


def value_references(value: Any) -> References:
    """What the expressions of all string parameters in a value name, however deep."""
    if isinstance(value, str):
        return template_references(value)
    found = NOTHING
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        found |= value_references(item)
    return found


@lru_cache(maxsize=4096)
def _of_expression(expression: str) -> References:
    steps = plain_path(expression)
    if steps is not None:
        if not steps[0].startswith("$"):
            return References(uses_document=True)
        if steps[0] == "$nodes":
            named = frozenset(steps[1:2])
            return References(nodes=named, all_nodes=not named, variables=frozenset({"nodes"}))
        return References(variables=frozenset({steps[0][1:]}))
    from flows.engine.expressions.compiler import compile_expression

    return _of_tree(compile_expression(expression).ast)


def _of_tree(ast: Any) -> References:
    from flows.engine.expressions.compiler import walk

    nodes: set[str] = set()
    named_heads: set[int] = set()  # `$nodes` variables that a field name follows
    heads: set[int] = set()
    variables: set[str] = set()
    all_nodes = uses_document = False
    for node in walk(ast):
        if node.type == "path":
            head = node.steps[0]
            heads.update(id(step) for step in node.steps[1:])
            if head.type == "variable" and head.value == "nodes" and _is_bare(head) and len(node.steps) > 1:
                following = node.steps[1]
                if following.type in ("name", "string") and isinstance(following.value, str):
                    nodes.add(following.value)
                    named_heads.add(id(head))
            elif head.type not in ("variable", "function", "unary", "block", "lambda", "string", "number", "value"):
                uses_document = True
        elif node.type == "variable":
            if node.value in ("", "$"):
                uses_document = True
            else:
                variables.add(node.value)
        elif node.type in ("wildcard", "descendant", "parent", "name"):
            uses_document = uses_document or id(node) not in heads
    for node in walk(ast):
        if node.type == "variable" and node.value == "nodes" and id(node) not in named_heads:
            all_nodes = True
    return References(frozenset(nodes), all_nodes, frozenset(variables), uses_document)


def _is_bare(head: Any) -> bool:
    return head.predicate is None and head.stages is None and head.group is None and head.focus is None
