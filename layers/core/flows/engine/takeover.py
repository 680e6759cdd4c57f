"""A retry takes over what succeeded: results of the earlier run, for nodes whose definition and whole past are unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.engine import planner, registry
from flows.engine.graph import Graph, Node
from flows.engine.journal import Entry
from flows.engine.state import COMPLETED, NodeState
from flows.engine.takeover_loops import take_over_items

if TYPE_CHECKING:
    from flows.engine.walker import Turn


def take_over(turn: Turn) -> None:
    """Copy results into the new run's journal, before anything runs.

    A node is taken over when it completed without ending the run, when it is written in both versions in the same way with the same
    incoming edges, when all nodes that it got something from were taken over, and when it is not ``from_node`` or behind it. Of a loop that
    did not complete, the items that had ended are taken over.
    """
    found = turn.store.seed_pages()
    if found is None:
        return
    definition, pages = found
    turn.state.taking_over = True  # in pages that are full before all is copied: a turn that dies in between begins again
    results: dict[str, Entry] = {}
    for page in pages:
        for entry in page.entries:
            if "k" not in entry and "s" not in entry:
                results[entry["n"]] = entry
    graph = turn.plan.graph
    old = Graph.of(definition)
    again = _again(graph, (turn.run.seed or {}).get("from_node"))
    root = turn.state.root
    for node_id in graph.order:
        result = results.get(node_id)
        if node_id in again or not _same(graph, old, node_id):
            continue
        if result is None or result["st"] != COMPLETED:
            node = graph.nodes[node_id]
            if node.type == "foreach" and not node.disabled and _is_next(turn, node_id):
                take_over_items(turn, node, pages)
            continue
        if _ends_runs(graph.nodes[node_id]):
            continue
        sources = result.get("i") or []
        if any(source not in root.nodes for source in sources) or (graph.incoming(node_id) and not sources):
            continue
        if not sources and node_id not in planner.begin(graph, turn.run.trigger_node):
            continue
        seq = turn.state.next_seq()
        root.nodes[node_id] = NodeState(COMPLETED, result.get("p", "main"), turn.recorder.position, seq)
        turn.recorder.record({**result, "q": seq, "taken": True})
    turn.state.taking_over = False


def _is_next(turn: Turn, node_id: str) -> bool:
    """Whether the node would run now, with all that leads to it taken over."""
    root = turn.state.root
    if not root.graph.incoming(node_id):
        return node_id in planner.begin(root.graph, turn.run.trigger_node)
    return planner.decide(root, node_id) == planner.READY


def _ends_runs(node: Node) -> bool:
    """Whether nothing can follow the node (``stop``): its result is the end of the run that it ended, and of no other."""
    kind = registry.node_type(node.type)
    return kind is not None and not node.disabled and not kind.port_names(node.parameters)


def _again(graph: Graph, from_node: str | None) -> frozenset[str]:
    if from_node is None or from_node not in graph.nodes:
        return frozenset()
    return graph.descendants(from_node) | {from_node}


def _same(new: Graph, old: Graph, node_id: str) -> bool:
    if node_id not in old.nodes:
        return False

    def told(graph: Graph) -> tuple[Any, ...]:
        node = graph.nodes[node_id]
        edges = [(edge.source, edge.port) for edge in graph.incoming(node_id)]
        return node.type, node.parameters, node.credential_id, node.disabled, node.on_error, edges

    return told(new) == told(old)
