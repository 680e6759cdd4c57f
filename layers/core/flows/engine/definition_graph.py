"""The nodes and edges of one graph together: ids, ports, doubles, cycles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from flows.engine import registry
from flows.engine.definition_models import WorkflowEdge
from flows.engine.graph import ERROR, MAIN
from flows.errors import Problem

_MAX_CYCLES = 20
"""Cycles that are told; a dense graph holds more than anyone would read."""


def check(nodes: Sequence[Any], edges: Sequence[WorkflowEdge | None], prefix: str) -> Iterator[Problem]:
    """Problems of a graph's structure.

    Args:
        nodes: as written.
        edges: those that could be read; None in the place of others.
        prefix: of the paths: "" or the body's path with a dot.
    """
    by_id: dict[str, dict[str, Any]] = {}
    for index, raw in enumerate(nodes):
        if isinstance(raw, dict) and isinstance(raw.get("id"), str):
            if raw["id"] in by_id:
                yield Problem(f"{prefix}nodes[{index}].id", f"the id {raw['id'][:64]!r} stands twice", "duplicate")
            by_id.setdefault(raw["id"], raw)
    ports: dict[str, list[str] | None] = {}
    seen: set[tuple[str, str, str]] = set()
    for index, edge in enumerate(edges):
        if edge is None:
            continue
        path = f"{prefix}edges[{index}]"
        for end, node_id in (("source", edge.source), ("target", edge.target)):
            if node_id not in by_id:
                yield Problem(f"{path}.{end}", f"there is no node {node_id[:64]!r}", "reference")
        port = edge.source_port or MAIN
        if (edge.source, edge.target, port) in seen:
            yield Problem(path, "this edge stands twice", "duplicate")
        seen.add((edge.source, edge.target, port))
        if edge.source in by_id:
            if edge.source not in ports:
                ports[edge.source] = _ports(by_id[edge.source])
            yield from _port(by_id[edge.source], ports[edge.source], port, path)
        if starts_runs(by_id.get(edge.target)):
            yield Problem(f"{path}.target", "a trigger node begins runs: no edge can lead to it", "trigger")
    yield from _cycles(by_id, edges, prefix)


def starts_runs(raw: Any) -> bool:
    """Whether the node is a trigger of a kind that something outside fires (all but ``manual``)."""
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
        return False
    kind = registry.node_type(raw["type"])
    return kind is not None and kind.trigger and kind.type != "manual"


def _port(raw: dict[str, Any], ports: list[str] | None, port: str, path: str) -> Iterator[Problem]:
    if ports is None or port in ports:
        return
    if port == ERROR:
        yield Problem(f"{path}.source_port", 'a node has the port "error" with on_error "route" only', "port")
    elif not ports:
        yield Problem(f"{path}.source_port", f"nothing follows a {raw['type']} node: it has no ports", "port")
    else:
        yield Problem(f"{path}.source_port", f"there is no such port; a {raw['type']} node has {', '.join(ports)[:300]}", "port")


def _ports(raw: dict[str, Any]) -> list[str] | None:
    """A node's ports; None when they cannot be told."""
    kind = registry.node_type(raw["type"]) if isinstance(raw.get("type"), str) else None
    parameters = raw.get("parameters", {})
    if kind is None or not isinstance(parameters, dict):
        return None
    try:
        ports = list(kind.port_names(parameters))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None  # the parameters that make the ports are broken, which is reported where they stand
    on_error = raw.get("on_error")
    if raw.get("disabled") is True or (on_error == "continue" and ports and MAIN not in ports):
        ports.append(MAIN)
    if on_error == "route":
        ports.append(ERROR)
    return ports


def _cycles(by_id: dict[str, Any], edges: Sequence[WorkflowEdge | None], prefix: str) -> Iterator[Problem]:
    """One problem for each cycle: found, told, opened, until none is left."""
    before: dict[str, list[str]] = {node: [] for node in by_id}
    index_of: dict[tuple[str, str], int] = {}
    for index, edge in enumerate(edges):
        if edge and edge.source in by_id and edge.target in by_id:
            before[edge.target].append(edge.source)
            index_of.setdefault((edge.source, edge.target), index)
    for _ in range(_MAX_CYCLES):
        try:
            TopologicalSorter(before).prepare()
            return
        except CycleError as error:
            loop: list[str] = error.args[1]
        names = " -> ".join(loop)
        yield Problem(
            f"{prefix}edges[{index_of[loop[-2], loop[-1]]}]",
            f"the edges make a cycle: {names[:500]}. Loops are made with a foreach node",
            "cycle",
        )
        before[loop[-1]] = [node for node in before[loop[-1]] if node != loop[-2]]
