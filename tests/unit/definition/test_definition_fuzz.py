"""Whatever JSON a definition is, its check gives problems and never fails itself."""

from __future__ import annotations

from typing import Any

from flows.engine import definition, registry
from flows.engine.graph import Graph
from flows.errors import Problem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", "a", "b", "main", "error", "{{ a }}", "{{", "{{ $nodes.a.output }}", "}}", "$x", "(", "a.b", "0 9 * * *", "UTC"]
    ),
    st.text(max_size=5),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)
TYPES = sorted(registry.names())
FIELDS = sorted({name for kind in registry.all_types() for name in kind.parameters.model_fields})
PARAMETERS = st.one_of(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5), JSON)
NODES = st.one_of(
    JSON,
    st.fixed_dictionaries(
        {"id": st.sampled_from(["a", "b", "c"]), "type": st.sampled_from(TYPES)},
        optional={
            "parameters": PARAMETERS,
            "on_error": st.one_of(st.sampled_from(["fail", "continue", "route"]), JSON),
            "retry": JSON,
            "credential_id": SCALARS,
            "timeout_seconds": SCALARS,
            "disabled": SCALARS,
            "position": JSON,
        },
    ),
)
EDGES = st.one_of(
    JSON,
    st.fixed_dictionaries(
        {"source": st.sampled_from(["a", "b", "c", 1]), "target": st.sampled_from(["a", "b", "c", None])},
        optional={"source_port": SCALARS},
    ),
)
GRAPH = {"nodes": st.lists(NODES, max_size=4), "edges": st.lists(EDGES, max_size=4)}
LOOP = st.fixed_dictionaries(
    {
        "id": st.just("loop"),
        "type": st.just("foreach"),
        "parameters": st.fixed_dictionaries({"body": st.fixed_dictionaries(GRAPH)}),
    }
)
DEFINITIONS = st.one_of(
    st.fixed_dictionaries(
        {"nodes": st.lists(st.one_of(NODES, LOOP), max_size=4), "edges": GRAPH["edges"]},
        optional={"variables": JSON, "settings": JSON, "input_schema": JSON},
    ),
    st.dictionaries(st.sampled_from(list(definition.DEFAULTS)), JSON),
)


class Nothing:
    def existing(self, kind: str, ids: frozenset[str]) -> frozenset[str]:
        return frozenset()


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(DEFINITIONS)
def test_any_json_is_judged(raw: dict[str, Any]) -> None:
    found = definition.check(raw, lookup=Nothing())

    assert all(isinstance(problem, Problem) and problem.message for problem in found)
    definition.credential_ids(raw)
    if not found:
        graph = Graph.of(raw)
        assert sorted(graph.order) == sorted(node["id"] for node in raw.get("nodes", []))
        assert all(edge.source in graph.ancestors(edge.target) for edge in graph.edges)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(TYPES), st.data())
def test_any_parameters_of_any_type_are_judged(name: str, data: st.DataObject) -> None:
    kind = registry.node_type(name)
    assert kind
    fields = sorted(kind.parameters.model_fields) or ["x"]
    parameters = data.draw(st.dictionaries(st.sampled_from(fields), JSON, max_size=len(fields)))

    definition.check(
        {
            "nodes": [{"id": "a", "type": name, "parameters": parameters}, {"id": "b", "type": "noop"}],
            "edges": [{"source": "a", "target": "b", "source_port": "x"}],
        }
    )
