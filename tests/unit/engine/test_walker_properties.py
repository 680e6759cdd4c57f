"""Random graphs, random failures, random crashes and repeats: the outcome is the one of the plain model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.engine.contract import NodeContext
from flows.engine.journal import Packed, Page
from flows.engine.results import NodeFailure
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.engine.memory_store import MemoryStore
from tests.unit.engine.model import outcome
from tests.unit.engine.runs import Run, effects
from tests.unit.engine.test_faults import Crash, results, to_the_end


@st.composite
def workflows(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, str]]:
    """A definition and how its ``work`` nodes behave."""
    count = draw(st.integers(0, 9))
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, str]] = []
    behaviour: dict[str, str] = {}
    for number in range(count):
        name = f"n{number}"
        kind = draw(st.sampled_from(["noop", "set", "if", "work", "work"]))
        node: dict[str, Any] = {"id": name, "type": kind, "parameters": {}}
        if kind == "set":
            node["parameters"] = {"values": {"at": number}}
        if kind == "if":
            node["parameters"] = {"condition": draw(st.sampled_from(["true", "false"]))}
        if kind == "work":
            behaviour[name] = draw(st.sampled_from(["ok", "ok", "ok", "fail"]))
            node["on_error"] = draw(st.sampled_from(["fail", "continue", "route"]))
        elif draw(st.integers(0, 9)) == 0 and kind != "if":
            node["disabled"] = True
        nodes.append(node)
        if number:
            sources = draw(st.lists(st.integers(0, number - 1), unique=True, max_size=3))
            for source in sources:
                edges.append(_edge(draw, nodes[source], name))
    return {
        "nodes": nodes,
        "edges": edges,
        "settings": {"stepping": draw(st.sampled_from(["node", "each", "segment"]))},
    }, behaviour


def _edge(draw: st.DrawFn, source: dict[str, Any], target: str) -> dict[str, str]:
    edge = {"source": source["id"], "target": target}
    if source["type"] == "if":
        edge["source_port"] = draw(st.sampled_from(["true", "false"]))
    elif source.get("on_error") == "route":
        edge["source_port"] = draw(st.sampled_from(["main", "error"]))
    return edge


class Unreliable:
    """Dies before or after some of the writes."""

    def __init__(self, inner: MemoryStore, faults: list[int]) -> None:
        self.inner = inner
        self.faults = list(faults)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def _fault(self) -> int:
        return self.faults.pop(0) if self.faults else 0

    def append(self, page: Page, event: Mapping[str, Any] | None = None) -> None:
        fault = self._fault()
        if fault == 1:
            raise Crash
        self.inner.append(page, event)
        if fault == 2:
            raise Crash

    def finish(self, status: str, output: Packed | None, error: Mapping[str, Any] | None, usage: Mapping[str, Any]) -> None:
        fault = self._fault()
        if fault == 1:
            raise Crash
        self.inner.finish(status, output, error, usage)
        if fault == 2:
            raise Crash


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(workflows(), st.lists(st.sampled_from([0, 0, 1, 2]), max_size=5).filter(lambda found: sum(map(bool, found)) < 3))
def test_any_graph_under_any_faults_ends_as_the_model_says(
    made: tuple[dict[str, Any], dict[str, str]], faults: list[int]
) -> None:
    definition, behaviour = made
    keys: dict[str, set[str]] = {}

    def work(context: NodeContext) -> Any:
        keys.setdefault(context.node_id, set()).add(context.idempotency_key)
        if behaviour[context.node_id] == "fail":
            raise NodeFailure("Broken", "no")
        return {"did": context.node_id}

    with effects({"work": work}):
        one = Run(definition, {"in": 1})
        end = to_the_end(one, Unreliable(one.store, faults))
        results(one)

    expected = outcome(definition, {"in": 1}, behaviour)
    assert end["status"] == expected["status"]
    if expected["status"] == "completed":
        assert end["output"] == expected["output"], (definition, faults)
    else:
        assert end["error"]["node_id"] in expected["failed"]
    assert all(len(used) == 1 for used in keys.values())
