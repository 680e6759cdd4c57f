"""The structure that the walker reads."""

from __future__ import annotations

from flows.engine.graph import Graph

DEFINITION = {
    "nodes": [
        {"id": "a", "type": "manual"},
        {"id": "b", "type": "if", "parameters": {"condition": "x"}, "retry": {"max_attempts": 2, "when": None}},
        {"id": "c", "type": "noop", "on_error": "route"},
        {"id": "d", "type": "merge"},
        {
            "id": "loop",
            "type": "foreach",
            "parameters": {
                "body": {
                    "nodes": [{"id": "x", "type": "noop"}, {"id": "y", "type": "noop"}],
                    "edges": [{"source": "x", "target": "y"}],
                }
            },
        },
    ],
    "edges": [
        {"source": "a", "target": "b"},
        {"source": "b", "target": "c", "source_port": "true"},
        {"source": "b", "target": "d", "source_port": "false"},
        {"source": "c", "target": "d", "source_port": None},
    ],
}


def test_edges_are_found_from_both_ends_in_their_order() -> None:
    graph = Graph.of(DEFINITION)

    assert [(edge.source, edge.port) for edge in graph.incoming("d")] == [("b", "false"), ("c", "main")]
    assert [edge.target for edge in graph.outgoing("b")] == ["c", "d"]
    assert list(graph.incoming("a")) == []


def test_the_order_has_each_node_after_its_predecessors() -> None:
    graph = Graph.of(DEFINITION)
    place = {node: index for index, node in enumerate(graph.order)}

    assert all(place[edge.source] < place[edge.target] for edge in graph.edges)
    assert set(place) == set(graph.nodes)


def test_starts_ancestors_and_descendants() -> None:
    graph = Graph.of(DEFINITION)

    assert list(graph.starts) == ["a", "loop"]
    assert graph.ancestors("d") == {"a", "b", "c"}
    assert graph.descendants("b") == {"c", "d"}


def test_nodes_have_their_defaults() -> None:
    graph = Graph.of(DEFINITION)

    assert graph.nodes["a"].on_error == "fail"
    assert graph.nodes["a"].retry is None
    retry = graph.nodes["b"].retry
    assert retry
    assert (retry.max_attempts, retry.backoff_rate) == (2, 2.0)


def test_a_loop_has_a_graph_of_its_own() -> None:
    body = Graph.of(DEFINITION).nodes["loop"].body

    assert body is not None
    assert list(body.order) == ["x", "y"]
