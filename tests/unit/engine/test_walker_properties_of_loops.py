"""Random graphs with loops, waits, decisions and failures, random crashes: the outcome is the one of the plain model, and so is a retry's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flows.aws import clock
from flows.engine.contract import NodeContext
from flows.engine.journal import GivenAnswer, Superseded, scope_key
from flows.engine.results import Answer, NodeFailure
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.engine.model_of_loops import outcome
from tests.unit.engine.runs import Run, effects
from tests.unit.engine.test_faults import Crash, results
from tests.unit.engine.test_takeover_of_loops import retried
from tests.unit.engine.test_walker_properties import Unreliable

KINDS = ["noop", "set", "if", "work", "work", "delay", "ask", "call", "each"]


@st.composite
def graphs(
    draw: st.DrawFn, prefix: str = "n", depth: int = 0, rules: tuple[str, ...] = ("fail", "continue", "skip")
) -> dict[str, Any]:
    """Nodes and edges; how ``work`` nodes end and ``ask`` nodes are decided stands in their parameters."""
    # An item that went on with an error has succeeded: a retry takes it over as it is, which the model does not know.
    on_error = ["fail"] if depth and rules == ("fail",) else ["fail", "continue", "route"]
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, str]] = []
    for number in range(draw(st.integers(0 if depth else 1, 5 if depth else 6))):
        name = f"{prefix}{number}"
        kind = draw(st.sampled_from(KINDS if depth < 2 else KINDS[:-1]))
        node: dict[str, Any] = {"id": name, "type": kind, "parameters": {}}
        if kind == "set":
            node["parameters"] = {"values": {"at": name, "got": "{{ $ }}"}}
        if kind == "if":
            node["parameters"] = {"condition": draw(st.sampled_from(["true", "false"]))}
        if kind == "delay":
            node["parameters"] = {"seconds": draw(st.sampled_from([0, 30, 60]))}
        if kind == "ask":
            node["type"] = "approval"
            node["notes"] = draw(st.sampled_from(["approve", "reject"]))
        if kind == "work":
            # Of a loop's items some may fail, by their place.
            node["notes"] = draw(st.sampled_from(["ok", "ok", "ok", "fail", "fail at 1", "fail at first"]))
            node["on_error"] = draw(st.sampled_from(on_error))
            if draw(st.booleans()):
                node["retry"] = {"max_attempts": 2, "interval_seconds": draw(st.sampled_from([0, 20])), "backoff_rate": 1}
        if kind == "call":
            node["type"] = "execute_workflow"
            node["parameters"] = {"workflow_id": "wf_2"}
            node["notes"] = draw(st.sampled_from(["ok", "ok", "fail"]))
            node["on_error"] = draw(st.sampled_from(on_error))
        if kind == "each":
            node["type"] = "foreach"
            node["on_error"] = draw(st.sampled_from(on_error))
            node["parameters"] = {
                "items": f"[0..{draw(st.integers(0, 3)) - 1}]" if draw(st.booleans()) else "[{'a': 1}, [2], 'x']",
                "body": draw(graphs(f"{name}_", depth + 1, rules)),
                "concurrency": draw(st.integers(1, 3)),
                "on_item_error": draw(st.sampled_from(rules)),
            }
        if number:
            for source in draw(st.lists(st.integers(0, number - 1), unique=True, max_size=3)):
                edges.append(_edge(draw, nodes[source], name))
        nodes.append(node)
    return {"nodes": nodes, "edges": edges}


def _edge(draw: st.DrawFn, source: dict[str, Any], target: str) -> dict[str, str]:
    edge = {"source": source["id"], "target": target}
    ports = {"if": ["true", "false"], "approval": ["approved", "rejected"]}.get(source["type"])
    if ports is None and source.get("on_error") == "route":
        ports = ["main", "error"]
    if ports is not None:
        edge["source_port"] = draw(st.sampled_from(ports))
    return edge


def works(graph: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All nodes by id, those of bodies too."""
    found = {}
    for node in graph["nodes"]:
        found[node["id"]] = node
        if node["type"] == "foreach":
            found |= works(node["parameters"]["body"])
    return found


def _answer(entry: dict[str, Any], how: str, mended: bool) -> Answer:
    if entry["y"] == "approval":
        return Answer("approval", {"decision": how}, clock.now_iso())
    ended = {"status": "completed", "output": {"called": entry["n"]}} if how == "ok" or mended else {"status": "failed"}
    return Answer("execution", {**entry["o"]["v"], **ended}, clock.now_iso())


def drive(
    one: Run, store: Any, nodes: dict[str, dict[str, Any]], cancel_after: int | None = None, mended: bool = False
) -> dict[str, Any]:
    """Turns as Step Functions makes them; whoever waits is answered, and time passes; a cancel comes after so many turns."""
    passed = 0
    one.now = lambda: clock.now() + timedelta(seconds=passed)
    answered: set[Any] = set()
    for turn in range(400):
        one.record.cancel_requested = cancel_after is not None and turn > cancel_after
        try:
            back = one.turn(store)
        except (Crash, Superseded):
            if one.store.final is None:
                continue
            return one.store.final
        if back.next == "done":
            assert one.store.final is not None
            return one.store.final
        if back.next == "park":
            passed += 31
            for page in one.store.pages_from(0):
                for entry in page.entries:
                    if "k" in entry or entry["st"] != "waiting" or entry["y"] == "delay":
                        continue
                    place = (scope_key(entry.get("s", ())), entry["n"])
                    if place not in answered:
                        answered.add(place)
                        one.store.given.append(GivenAnswer(*place, _answer(entry, nodes[entry["n"]]["notes"], mended)))
    raise AssertionError("no end")


def plain(value: Any) -> Any:
    """Without what errors say, and when something was decided."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "decided_at" in value:
        return {"decision": value["decision"]}
    if isinstance(value.get("error"), dict) and "message" in value["error"]:
        return {"error": True, **({"input": plain(value["input"])} if "input" in value else {})}
    return {name: plain(one) for name, one in value.items()}


class Work:
    def __init__(self, nodes: dict[str, dict[str, Any]]) -> None:
        self.nodes = nodes
        self.mended = False
        self.keys: dict[tuple[str, str], set[str]] = {}

    def __call__(self, context: NodeContext) -> Any:
        self.keys.setdefault((context.node_id, str(context.scope)), set()).add(context.idempotency_key)
        how = self.nodes[context.node_id]["notes"]
        if not self.mended and (
            how == "fail"
            or (how == "fail at 1" and context.scope and context.scope[-1][1] == 1)
            or (how == "fail at first" and context.attempt == 1)
        ):
            raise NodeFailure("Broken", "no", retryable=True)
        return {"did": context.node_id}


STEPPING = st.sampled_from(["node", "each", "segment"])
FAULTS = st.lists(st.sampled_from([0, 0, 0, 1, 2]), max_size=12).filter(lambda found: sum(map(bool, found)) < 3)
MANY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@MANY
@given(graphs(), STEPPING, FAULTS)
def test_any_graph_with_loops_and_waits_ends_as_the_model_says(graph: dict[str, Any], stepping: str, faults: list[int]) -> None:
    nodes = works(graph)
    work = Work(nodes)
    with effects({"work": work}):
        one = Run({**graph, "settings": {"stepping": stepping}}, {"in": 1})
        end = drive(one, Unreliable(one.store, faults), nodes)
        results(one)

    expected = outcome(graph, {"in": 1})
    assert end["status"] == expected["status"], end
    if expected["status"] == "completed":
        assert plain(end["output"]) == expected["output"]
    assert all(len(used) == 1 for used in work.keys.values())


@MANY
@given(graphs(rules=("fail",)), STEPPING, st.integers(0, 4), FAULTS)
def test_a_retry_of_any_run_that_did_not_complete_ends_as_if_nothing_had_been(
    graph: dict[str, Any], stepping: str, turns: int, faults: list[int]
) -> None:
    """Failed, or cancelled after some turns; once what was broken is mended. Nodes that had gone on with an error run again."""
    nodes = works(graph)
    work = Work(nodes)
    made = {**graph, "settings": {"stepping": stepping}}
    with effects({"work": work}):
        first = Run(made, {"in": 1})
        if drive(first, first.store, nodes, cancel_after=turns)["status"] == "completed":
            return
        second = retried(first, made)
        again = drive(second, Unreliable(second.store, faults), nodes, cancel_after=turns)
        results(second)
        work.mended = True
        if again["status"] == "completed":
            return
        third = retried(second, made)
        end = drive(third, Unreliable(third.store, faults), nodes, mended=True)
        results(third)

    expected = outcome(graph, {"in": 1}, mended=True)
    assert end["status"] == "completed", end
    assert plain(end["output"]) == expected["output"]
