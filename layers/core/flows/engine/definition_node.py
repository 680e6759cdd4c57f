"""One node of a definition: its type, and its parameters by that type's model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from flows import problems
from flows.engine import registry
from flows.engine.contract import NodeType, bare
from flows.engine.expressions import ExpressionError, References, check, references, template_references
from flows.engine.expressions import check_template as parse
from flows.engine.parameter_places import Place, places
from flows.engine.parameters import misplaced
from flows.errors import Problem


def check_node(raw: Mapping[str, Any], path: str, known: frozenset[str], *, in_body: bool) -> Iterator[Problem]:
    """Problems of a node's type, parameters and expressions.

    Args:
        raw: the node as written.
        path: its place, such as ``nodes[2]``.
        known: ids of the nodes that its expressions may name.
        in_body: it stands in a loop's body, where nothing can start a run.
    """
    retry = raw.get("retry")
    if isinstance(retry, dict) and isinstance(retry.get("when"), str):
        yield from _expression(retry["when"], f"{path}.retry.when", known)
    if isinstance(raw.get("credential_id"), str):
        yield from check_template(raw["credential_id"], f"{path}.credential_id", known)
    name = raw.get("type")
    if not isinstance(name, str) or not name:
        return
    kind = registry.node_type(name)
    if kind is None:
        yield Problem(f"{path}.type", _unknown_type(name), "unknown_type")
        return
    if in_body and kind.trigger:
        yield Problem(f"{path}.type", f"a {name} node starts runs and cannot stand in a loop's body", "trigger")
    parameters = raw.get("parameters", {})
    if isinstance(parameters, dict):
        yield from _parameters(kind, parameters, f"{path}.parameters", known)


def check_template(text: str, path: str, known: frozenset[str] | None = None) -> list[Problem]:
    """Problems of a string that may hold ``{{ expression }}``.

    Args:
        known: ids of the nodes that it may name; None: it cannot see any.
    """
    return _parsed(lambda: parse(text), lambda: template_references(text), path, known)


def _parameters(kind: NodeType, parameters: Mapping[str, Any], path: str, known: frozenset[str]) -> Iterator[Problem]:
    spots = list(places(kind.parameters, parameters))
    yield from _shape(kind, parameters, path, spots)
    for spot in spots:
        where = _below(path, spot.path)
        if spot.kind == "expression":
            yield from _expression(spot.value, where, known)
        elif spot.kind == "template" and "{{" in spot.value:
            if kind.trigger:
                yield Problem(where, "a trigger's parameters are fixed: no expression can stand here", "expression")
            else:
                yield from check_template(spot.value, where, known)


def _shape(kind: NodeType, parameters: Mapping[str, Any], path: str, spots: list[Place]) -> Iterator[Problem]:
    """What the type's model and its own check find, except where the value is known at run time only."""
    later = {_below(path, spot.path) for spot in spots if spot.kind == "template" and "{{" in spot.value}
    own = {_below(path, spot.path) for spot in spots if spot.kind == "expression"}  # reported by _expression
    graphs = tuple(f"{_below(path, spot.path)}.{part}[" for spot in spots if spot.kind == "raw" for part in ("nodes", "edges"))
    found = [
        Problem(_below(path, problem.path), problem.message, problem.type) for problem in misplaced(kind.parameters, parameters)
    ]
    later -= {problem.path for problem in found}
    try:
        kind.parameters.model_validate(parameters)
    except ValidationError as error:
        told = {problem.path for problem in found}
        found += [problem for problem in problems.of(error, parameters, path) if problem.path not in told]
    if kind.check:
        found += [Problem(_below(path, where), message, "invalid") for where, message in kind.check(parameters)]
    reported: set[tuple[str, str]] = set()
    for problem in found:
        if problem.path in later or problem.path in own or (problem.path, problem.message) in reported:
            continue
        if graphs and problem.path.startswith(graphs):
            continue  # a body's nodes and edges are checked as those of the whole are
        reported.add((problem.path, problem.message))
        yield problem


def _below(path: str, where: str) -> str:
    if not where:
        return path
    return f"{path}{where}" if where.startswith("[") else f"{path}.{where}"


def _expression(text: str, path: str, known: frozenset[str]) -> list[Problem]:
    try:
        expression = bare(text)
    except ValueError as error:
        return [Problem(path, str(error), "expression")]
    found = _parsed(lambda: check(expression), lambda: references(expression), path, known)
    if found and "{{" in expression:  # what JSONata says of the braces helps nobody
        return [
            Problem(
                path, "takes one expression, with or without {{ }} around it, not a text with expressions in it", "expression"
            )
        ]
    return found


def _parsed(parse: Callable[[], None], names: Callable[[], References], path: str, known: frozenset[str] | None) -> list[Problem]:
    try:
        parse()
        named = names().nodes
    except ExpressionError as error:
        place = f" at character {error.position + 1}" if error.position is not None else ""
        return [Problem(path, f"expression {_short(error.expression)}{place}: {error.reason}", "expression")]
    if known is None:
        return [Problem(path, "no node's output can be used here", "reference")] if named else []
    return [Problem(path, f"there is no node {_short(node)}", "reference") for node in sorted(named - known)]


def _short(text: str) -> str:
    shown = re.sub(r"\s+", " ", text)
    return repr(shown if len(shown) <= 80 else shown[:80] + "...")


def _unknown_type(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, registry.names(), n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(sorted(registry.names()))}"
    return f"there is no node type {_short(name)}; {hint}"
