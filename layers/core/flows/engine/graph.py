"""The graph of a definition: nodes by id, edges both ways, an order in which to walk it. Pure structure, no rules of running.

Made from a definition that has passed ``flows.engine.definition``; a foreach's body is a graph of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

MAIN = "main"
"""The port of an edge that names none."""

ERROR = "error"
"""The port that a node leaves through when it fails and ``on_error`` is ``route``."""


@dataclass(frozen=True)
class Edge:
    """A connection.

    Args:
        source, target: node ids.
        port: the source's port.
        index: its place in the definition's list, which is the order of a join's inputs.
    """

    source: str
    target: str
    port: str
    index: int


@dataclass(frozen=True)
class Retry:
    """When a failed node is tried again.

    Args:
        max_attempts: attempts in all, the first included.
        interval_seconds: pause before the second attempt.
        backoff_rate: factor on each further pause.
        max_delay_seconds: no pause is longer.
        when: a bare expression over ``$failure`` and ``$attempt``, which replaces the rule of what can succeed later.
    """

    max_attempts: int = 3
    interval_seconds: float = 1.0
    backoff_rate: float = 2.0
    max_delay_seconds: float = 300.0
    when: str | None = None

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Retry:
        """Read a node's ``retry``; what is not given, or null, has the default."""
        return cls(**{name: value for name, value in raw.items() if value is not None})


@dataclass(frozen=True)
class Node:
    """A node as it was written, with the defaults filled in.

    Args:
        parameters: raw: templates and expressions as text.
        retry: None: one attempt.
        timeout_seconds: None: the node type's own limit.
        on_error: ``fail``, ``continue`` or ``route``.
        disabled: hands its input on through ``main``.
        body: a foreach's body.
        index: its place in the definition's list.
    """

    id: str
    type: str
    parameters: Mapping[str, Any]
    name: str = ""
    credential_id: str | None = None
    retry: Retry | None = None
    timeout_seconds: float | None = None
    on_error: str = "fail"
    disabled: bool = False
    body: Graph | None = None
    index: int = 0

    @classmethod
    def of(cls, raw: Mapping[str, Any], index: int = 0) -> Node:
        """Read one entry of ``nodes``."""
        parameters = raw.get("parameters") or {}
        body = parameters.get("body")
        retry = raw.get("retry")
        return cls(
            id=raw["id"],
            type=raw["type"],
            parameters=parameters,
            name=raw.get("name") or "",
            credential_id=raw.get("credential_id"),
            retry=Retry.of(retry) if retry is not None else None,
            timeout_seconds=raw.get("timeout_seconds"),
            on_error=raw.get("on_error") or "fail",
            disabled=bool(raw.get("disabled")),
            body=Graph.of(body) if raw["type"] == "foreach" and isinstance(body, dict) else None,
            index=index,
        )


@dataclass(frozen=True)
class Graph:
    """Nodes and edges of a definition, or of a loop's body.

    Args:
        nodes: by id, in the order of the definition.
        edges: in the order of the definition.
    """

    nodes: Mapping[str, Node]
    edges: Sequence[Edge]
    _incoming: dict[str, list[Edge]] = field(default_factory=dict, repr=False, compare=False)
    _outgoing: dict[str, list[Edge]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, definition: Mapping[str, Any]) -> Graph:
        """Read ``{nodes, edges}``; other keys are not looked at."""
        nodes = [Node.of(raw, index) for index, raw in enumerate(definition.get("nodes") or [])]
        edges = [
            Edge(raw["source"], raw["target"], raw.get("source_port") or MAIN, index)
            for index, raw in enumerate(definition.get("edges") or [])
        ]
        graph = cls({node.id: node for node in nodes}, tuple(edges))
        for edge in edges:
            graph._outgoing.setdefault(edge.source, []).append(edge)
            graph._incoming.setdefault(edge.target, []).append(edge)
        return graph

    def incoming(self, node_id: str) -> Sequence[Edge]:
        """Edges into a node, in the order of the definition."""
        return self._incoming.get(node_id, ())

    def outgoing(self, node_id: str) -> Sequence[Edge]:
        """Edges out of a node, in the order of the definition."""
        return self._outgoing.get(node_id, ())

    @cached_property
    def predecessors(self) -> Mapping[str, Sequence[str]]:
        """The nodes with an edge into each node, each once, in the order of the edges."""
        return {node: tuple(dict.fromkeys(edge.source for edge in self.incoming(node))) for node in self.nodes}

    @cached_property
    def order(self) -> Sequence[str]:
        """All node ids, each after all of its predecessors.

        Raises:
            graphlib.CycleError: there is a cycle.
        """
        return tuple(TopologicalSorter(self.predecessors).static_order())

    @cached_property
    def starts(self) -> Sequence[str]:
        """Nodes without an incoming edge, in the order of the definition."""
        return tuple(node for node in self.nodes if not self.incoming(node))

    @cached_property
    def _ancestors(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for node in self.order:
            before = self.predecessors[node]
            found[node] = frozenset(before).union(*(found[one] for one in before))
        return found

    def ancestors(self, node_id: str) -> frozenset[str]:
        """All nodes from which a path of edges leads to the node."""
        return self._ancestors[node_id]

    def descendants(self, node_id: str) -> frozenset[str]:
        """All nodes to which a path of edges leads from the node."""
        return frozenset(other for other, before in self._ancestors.items() if node_id in before)
