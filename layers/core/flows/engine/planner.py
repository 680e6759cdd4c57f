"""The semantics of a graph: who starts, who is ready, who is skipped, what a join gets, what a run gives. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.engine.graph import Graph
from flows.engine.registry import node_type
from flows.engine.state import COMPLETED, FAILED, Frame

READY, SKIP, PENDING = "ready", "skip", "pending"


def begin(graph: Graph, trigger_node: str | None) -> Sequence[str]:
    """Where a run begins; the other start nodes are skipped.

    Args:
        graph: the workflow's graph.
        trigger_node: the trigger that started it; None for ``execute``.

    Returns:
        That trigger alone; else the ``manual`` nodes and the start nodes that are no triggers, or, where there are none, the triggers.
    """
    if trigger_node is not None:
        return [trigger_node] if trigger_node in graph.nodes else []
    triggers = [node for node in graph.starts if _is_trigger(graph, node)]
    others = [node for node in graph.starts if node not in triggers]
    return others or triggers


def begins_at_triggers(graph: Graph) -> bool:
    """Whether ``execute`` begins at trigger nodes, for want of other starts."""
    return bool(graph.starts) and all(_is_trigger(graph, node) for node in graph.starts)


def decide(frame: Frame, node_id: str) -> str:
    """Whether a node may run (READY), is dead (SKIP), or still has an edge that is not decided (PENDING)."""
    live = False
    for edge in frame.graph.incoming(node_id):
        source = frame.nodes.get(edge.source)
        if source is None or not source.decided:
            return PENDING
        live = live or source.port == edge.port
    return READY if live else SKIP


def live_predecessors(frame: Frame, node_id: str) -> Sequence[str]:
    """The nodes that a node gets something from, in the order of its edges."""
    return list(
        dict.fromkeys(
            edge.source
            for edge in frame.graph.incoming(node_id)
            if (source := frame.nodes.get(edge.source)) is not None and source.decided and source.port == edge.port
        )
    )


def ends(frame: Frame) -> Sequence[str]:
    """The nodes that ran and left through no live edge: what the frame gives, in the order of the definition."""
    found = []
    for node_id in frame.graph.nodes:
        state = frame.nodes.get(node_id)
        if state is None or state.status not in (COMPLETED, FAILED) or state.port is None:
            continue
        if not any(edge.port == state.port for edge in frame.graph.outgoing(node_id)):
            found.append(node_id)
    return found


def join(inputs: Mapping[str, object]) -> object:
    """The input of a node from its live predecessors' outputs: one alone as it is, several by node id."""
    if len(inputs) == 1:
        return next(iter(inputs.values()))
    return dict(inputs)


def _is_trigger(graph: Graph, node_id: str) -> bool:
    node = graph.nodes[node_id]
    kind = node_type(node.type)
    return node.type != "manual" and kind is not None and kind.trigger
