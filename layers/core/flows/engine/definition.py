"""Whether a definition is right: every check that can be made when it is written, all problems at once, each with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from flows import problems, strict_json
from flows.engine import definition_graph, input_schema
from flows.engine.definition_ids import IdPlace, credential_ids, id_places
from flows.engine.definition_models import MAX_BYTES, MAX_NODES, WorkflowEdge, WorkflowNode, WorkflowSettings
from flows.engine.definition_node import check_node, check_template
from flows.engine.parameter_places import bodies
from flows.errors import Problem

__all__ = ["DEFAULTS", "Definition", "Lookup", "check", "credential_ids", "missing_ids"]

Definition: TypeAlias = Mapping[str, Any]
"""``{nodes, edges, variables, settings, input_schema}``; what is missing has its default."""

DEFAULTS: Mapping[str, Any] = {"nodes": [], "edges": [], "variables": {}, "settings": {}, "input_schema": None}

MAX_NESTING = 10
"""Loops within loops."""

MAX_TRIGGERS = 20
"""Nodes that can start runs, of one workflow."""

MAX_PROBLEMS = 500
"""No answer lists more."""

M = TypeVar("M", bound=BaseModel)


class Lookup(Protocol):
    """Tells which things exist in the account whose definition is checked."""

    def existing(self, kind: str, ids: frozenset[str]) -> frozenset[str]:
        """Those of the ids that exist; ``kind`` is ``credential``, ``workflow`` or ``form``."""


def check(definition: Definition, *, lookup: Lookup | None = None) -> list[Problem]:
    """All that is wrong with a definition; nothing means that it can run.

    Args:
        definition: JSON as it was written.
        lookup: finds the ids that it names (None: ids are not looked up).
    """
    found: list[Problem] = []
    size = strict_json.size({name: definition.get(name) for name in DEFAULTS})
    if size > MAX_BYTES:
        return [Problem("", f"the definition has {size:,} bytes; at most {MAX_BYTES:,} are possible", "too_large")]
    nodes, edges = definition.get("nodes", []), definition.get("edges", [])
    found += _variables(definition.get("variables", {}))
    found += _settings(definition.get("settings", {}))
    if definition.get("input_schema") is not None:
        found += input_schema.check(definition["input_schema"])
    lists = [
        Problem(name, "must be a list", "type") for name, value in (("nodes", nodes), ("edges", edges)) if not _is_list(value)
    ]
    if lists:
        return found + lists
    found = list(_graph(nodes, edges, "", frozenset(), 0)) + found
    total = sum(1 for _ in _all_nodes(nodes))
    if total > MAX_NODES:
        found.append(Problem("nodes", f"{total} nodes, those of loops included; at most {MAX_NODES} are possible", "too_many"))
    if lookup:
        found += missing_ids(definition, lookup)
    return found[:MAX_PROBLEMS]


def missing_ids(definition: Definition, lookup: Lookup) -> list[Problem]:
    """Problems for the ids in the definition that name nothing of the account. Another account's things do not exist."""
    named = list(id_places(definition))
    found: list[Problem] = []
    by_kind: dict[str, list[IdPlace]] = {}
    for place in named:
        by_kind.setdefault(place.kind, []).append(place)
    for kind, places in by_kind.items():
        known = lookup.existing(kind, frozenset(place.id for place in places))
        found += [Problem(place.path, f"there is no such {kind}", "not_found") for place in places if place.id not in known]
    return found


def _graph(nodes: Sequence[Any], edges: Sequence[Any], prefix: str, outer: frozenset[str], depth: int) -> Iterator[Problem]:
    """Problems of one graph and of the bodies in it.

    Args:
        prefix: "" or the body's path with a dot.
        outer: ids of the graphs around this one, which its expressions may name too.
        depth: how many loops are around it.
    """
    if depth > MAX_NESTING:
        yield Problem(prefix.rstrip("."), f"loops are nested deeper than {MAX_NESTING}", "too_deep")
        return
    known = frozenset(raw["id"] for raw in nodes if isinstance(raw, dict) and isinstance(raw.get("id"), str))
    sound: list[WorkflowNode | None] = []
    for index, raw in enumerate(nodes):
        path = f"{prefix}nodes[{index}]"
        node, found = _read(WorkflowNode, raw, path)
        sound.append(node)
        yield from found
        if isinstance(raw, dict):
            yield from check_node(raw, path, known | outer, in_body=depth > 0)
            for body_path, body in bodies(raw):
                yield from _body(body, f"{path}.parameters.{body_path}", known | outer, depth)
    wires: list[WorkflowEdge | None] = []
    for index, raw in enumerate(edges):
        edge, found = _read(WorkflowEdge, raw, f"{prefix}edges[{index}]")
        wires.append(edge)
        yield from found
    yield from definition_graph.check(nodes, wires, prefix)
    if depth == 0:
        triggers = [index for index, raw in enumerate(nodes) if definition_graph.starts_runs(raw)]
        for index in triggers[MAX_TRIGGERS:]:
            yield Problem(f"nodes[{index}]", f"a workflow has at most {MAX_TRIGGERS} trigger nodes", "too_many")


def _body(body: Any, path: str, outer: frozenset[str], depth: int) -> Iterator[Problem]:
    if not isinstance(body, dict):
        return  # the parameter model says so, and of other fields than these two
    nodes, edges = body.get("nodes", []), body.get("edges", [])
    if _is_list(nodes) and _is_list(edges):
        yield from _graph(nodes, edges, f"{path}.", outer, depth + 1)


def _read(model: type[M], raw: Any, path: str) -> tuple[M | None, list[Problem]]:
    try:
        return model.model_validate(raw), []
    except ValidationError as error:
        return None, problems.of(error, raw, path)


def _settings(raw: Any) -> list[Problem]:
    settings, found = _read(WorkflowSettings, raw, "settings")
    if settings and settings.concurrency_key:
        found += check_template(settings.concurrency_key, "settings.concurrency_key")
    return found


def _variables(raw: Any) -> list[Problem]:
    if not isinstance(raw, dict):
        return [Problem("variables", "must be an object", "type")]
    return [Problem("variables", "names have 1 to 200 characters", "invalid") for name in raw if not 1 <= len(name) <= 200][:1]


def _all_nodes(nodes: Sequence[Any]) -> Iterator[Any]:
    for raw in nodes:
        yield raw
        if isinstance(raw, dict):
            for _, body in bodies(raw):
                if isinstance(body, dict) and _is_list(body.get("nodes")):
                    yield from _all_nodes(body["nodes"])


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
