"""A definition made ready to be walked: its graph, and for each node what its parameters name. Made once a version and process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flows.engine.contract import NodeType, bare
from flows.engine.expressions import References, references, template_references
from flows.engine.graph import Graph, Node
from flows.engine.parameter_places import places
from flows.engine.registry import node_type

_NOTHING = References()


@dataclass(frozen=True)
class PreparedNode:
    """A node with its type and what its expressions read.

    Args:
        node: as written.
        type: None when this version of the platform does not know it.
        reads: what its parameters (and ``retry.when``) name.
        fixed: its parameters hold no template: their validated form, made once.
    """

    node: Node
    type: NodeType | None
    reads: References
    has_templates: bool


@dataclass(frozen=True)
class Plan:
    """A definition ready to be walked."""

    graph: Graph
    variables: Mapping[str, Any]
    settings: Mapping[str, Any]
    _nodes: dict[int, PreparedNode] = field(default_factory=dict, repr=False)
    fixed: dict[int, Any] = field(default_factory=dict, repr=False)
    """Validated parameters of nodes without templates, by the identity of the node."""

    @classmethod
    def of(cls, definition: Mapping[str, Any]) -> Plan:
        return cls(Graph.of(definition), definition.get("variables") or {}, definition.get("settings") or {})

    @cached_property
    def responds_in_loops(self) -> bool:
        """Whether a ``respond`` node stands in a loop's body, whose results are gone when the run ends."""
        return any(node.body is not None and _responds(node.body) for node in self.graph.nodes.values())

    def node(self, node: Node) -> PreparedNode:
        found = self._nodes.get(id(node))
        if found is None:
            found = self._nodes[id(node)] = _prepare(node)
        return found


def _responds(graph: Graph) -> bool:
    return any(node.type == "respond" or (node.body is not None and _responds(node.body)) for node in graph.nodes.values())


def _prepare(node: Node) -> PreparedNode:
    kind = node_type(node.type)
    if kind is None:
        return PreparedNode(node, None, _NOTHING, False)
    reads = _NOTHING
    templates = False
    for place in places(kind.parameters, node.parameters):
        if place.kind == "template" and "{{" in place.value:
            templates = True
            reads |= template_references(place.value)
        elif place.kind == "expression":
            reads |= references(bare(place.value))
    if node.retry and node.retry.when:
        reads |= references(bare(node.retry.when))
    return PreparedNode(node, kind, reads, templates)
