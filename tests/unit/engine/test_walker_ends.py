"""What ends a run or a node before its work is done: cancels, deadlines, time-outs, long turns."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from flows.aws import clock
from flows.engine import walker
from flows.engine.contract import NodeContext
from flows.engine.results import NodeFailure, Outcome

from tests.unit.engine.runs import Run, definition, edges, effects, later, node


def test_a_cancel_is_seen_between_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walker, "POLL_SECONDS", 0.0)

    def cancel(context: NodeContext) -> Any:
        one.store.cancel_requested = True
        return 1

    with effects({"cancel": cancel}):
        one = Run(definition([node("a", "cancel"), node("b", "cancel")], edges("a>b"), settings={"stepping": "segment"}), {})
        end = one.to_the_end()

    assert end["status"] == "cancelled"
    assert "b" not in one.logs() or one.logs()["b"]["st"] == "cancelled"


def test_a_deadline_ends_the_run_whatever_waits() -> None:
    one = Run(definition([node("d", "delay", seconds=600)], settings={"timeout_seconds": 60}), {})
    one.record.deadline = clock.now() + timedelta(seconds=60)
    back = one.turn()
    assert back.seconds <= 60
    later(one, 61)
    end = one.to_the_end()

    assert (end["status"], end["error"]["type"]) == ("failed", "ExecutionTimeout")
    assert one.logs()["d"]["st"] == "cancelled"


def test_a_long_turn_hands_back_and_the_next_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walker, "TURN_SECONDS", 0.05)

    def work(context: NodeContext) -> Any:
        time.sleep(0.02)
        return context.input

    body = {"nodes": [node("w", "work")], "edges": []}
    with effects({"work": work}):
        one = Run(definition([node("each", "foreach", body=body, concurrency=2), node("z")], edges("each>z")), list(range(30)))
        end = one.to_the_end()

    assert end["output"] == list(range(30))
    assert len(one.hand_backs) > 2


@pytest.mark.parametrize("type", ["set", "call"])
def test_many_slow_expressions_of_one_node_are_stopped_together(type: str) -> None:
    slow = "{{ $count([1..300][$ % 7 = 3]) }}"
    with effects({"call": lambda context: None}):
        one = Run(definition([node("a", type, timeout_seconds=0.05, values={f"v{n}": slow for n in range(2_000)})]), {})
        end = one.to_the_end()

    assert (end["status"], end["error"]["type"]) == ("failed", "Timeout"), end


def test_a_pure_node_that_hangs_is_stopped_and_fails() -> None:
    def hang(context: NodeContext, parameters: Any) -> Outcome:
        while True:
            pass

    from dataclasses import replace

    from flows.engine import prepared, registry

    original = registry.node_type
    noop = original("noop")
    assert noop is not None
    prepared.node_type = lambda name: replace(noop, run=hang) if name == "noop" else original(name)  # type: ignore[assignment]  # for this test
    try:
        end = Run(definition([node("a", timeout_seconds=0.2)]), {}).to_the_end()
    finally:
        prepared.node_type = original
    assert (end["status"], end["error"]["type"]) == ("failed", "Timeout")


def test_a_loop_fails_when_its_own_time_is_over_and_what_is_under_way_in_it_is_cancelled() -> None:
    body = {"nodes": [node("d", "delay", seconds="{{ $item }}"), node("s")], "edges": edges("d>s")}
    nodes = [
        node("each", "foreach", body=body, timeout_seconds=60, on_error="continue"),
        node("z", "set", values={"e": "{{ error.type }}"}),
    ]
    one = Run(definition(nodes, edges("each>z")), [10, 600])
    one.turn()
    later(one, 20)
    assert one.turn().seconds <= 40
    later(one, 61)
    end = one.to_the_end()

    assert end["output"] == {"e": "Timeout"}
    inner = {
        entry["s"][0][1]: entry["st"]
        for page in one.store.pages_from(0)
        for entry in page.entries
        if entry.get("s") and entry["n"] == "d"
    }
    assert inner == {0: "completed", 1: "cancelled"}


def test_a_loop_of_effects_fails_in_its_turn_and_its_next_attempt_is_a_new_one() -> None:

    ran: list[int] = []
    gate = threading.Event()

    def slow(context: NodeContext) -> Any:
        ran.append(context.input)
        if len(ran) == 1:
            gate.wait(20)
        return context.input

    body = {"nodes": [node("w", "slow")], "edges": []}
    retry = {"max_attempts": 2, "interval_seconds": 0}
    with effects({"slow": slow}):
        one = Run(definition([node("each", "foreach", body=body, concurrency=1, timeout_seconds=0.3, retry=retry)]), [1])
        end = one.to_the_end()
        gate.set()

    assert (end["output"], ran) == ([1], [1, 1])


def test_an_effect_that_uses_up_the_runs_time_ends_the_run_by_its_deadline() -> None:
    def slow(context: NodeContext) -> Any:
        time.sleep(max(0.0, (context.deadline - clock.now()).total_seconds()))
        raise NodeFailure("Timeout", "The request did not end in time", retryable=True)

    with effects({"slow": slow}):
        retry = {"max_attempts": 5, "interval_seconds": 0}
        one = Run(definition([node("a", "slow", retry=retry)], settings={"timeout_seconds": 1}), {})
        one.record.deadline = clock.now() + timedelta(seconds=1)
        end = one.to_the_end()

    assert (end["status"], end["error"]["type"]) == ("failed", "ExecutionTimeout")
    assert one.logs()["a"]["st"] == "failed"


def _slow_loop(monkeypatch: pytest.MonkeyPatch, **more: Any) -> tuple[Run, list[int]]:
    """A loop of a thousand pure items, each of which takes a while; and what has run so far."""
    from dataclasses import replace

    from flows.engine import prepared, registry

    ran: list[int] = []
    noop = registry.node_type("noop")
    assert noop is not None

    def work(context: NodeContext, parameters: Any) -> Outcome:
        ran.append(context.input)
        time.sleep(0.01)
        return Outcome(context.input)

    original = registry.node_type
    monkeypatch.setattr(prepared, "node_type", lambda name: replace(noop, run=work) if name == "noop" else original(name))
    monkeypatch.setattr(walker, "POLL_SECONDS", 0.0)
    body = {"nodes": [node("w")], "edges": []}
    loop = node("each", "foreach", body=body, concurrency=1, **more)
    return Run(definition([loop, node("z", "set", values={"v": "{{ $ }}"})], edges("each>z")), list(range(1_000))), ran


def test_a_cancel_is_seen_between_pure_items(monkeypatch: pytest.MonkeyPatch) -> None:
    one, ran = _slow_loop(monkeypatch)
    one.store.cancel_requested = True

    assert one.to_the_end()["status"] == "cancelled"
    assert len(ran) < 500


def test_deadlines_hold_between_pure_items(monkeypatch: pytest.MonkeyPatch) -> None:
    one, ran = _slow_loop(monkeypatch)
    one.record.deadline = clock.now() + timedelta(seconds=0.5)
    assert one.to_the_end()["error"]["type"] == "ExecutionTimeout"
    assert len(ran) < 500

    one, ran = _slow_loop(monkeypatch, timeout_seconds=0.5)
    assert one.to_the_end()["error"]["type"] == "Timeout"
    assert len(ran) < 500


def test_a_node_of_pure_work_ends_with_the_run() -> None:
    nodes = [node("f", "filter", where="$count([1..500][$ = 1]) > 9")]
    one = Run(definition(nodes, settings={"timeout_seconds": 1}), list(range(100_000)))
    one.record.deadline = clock.now() + timedelta(seconds=1)

    assert one.to_the_end()["error"]["type"] == "ExecutionTimeout"


@pytest.mark.parametrize("why", ["cancel", "deadline", "another branch", "its own time"])
def test_a_run_that_nobody_waits_for_any_more_is_to_end_too(why: str) -> None:
    nodes = [
        node("x", "execute_workflow", workflow_id="wf_2"),
        node("d", "delay", seconds=30),
        node("s", "stop", outcome="failure"),
    ]
    settings = {}
    if why == "deadline":
        settings = {"timeout_seconds": 20}
    if why == "its own time":
        nodes = [{**nodes[0], "timeout_seconds": 20}]
    one = Run(definition(nodes, edges("d>s") if len(nodes) > 1 else [], settings=settings), {})
    if why == "deadline":
        one.record.deadline = clock.now() + timedelta(seconds=20)
    assert one.turn().next == "park"
    assert one.store.cancelled_children == []
    (seed,) = one.store.children

    if why == "cancel":
        one.record.cancel_requested = True
    else:
        later(one, 31)
    end = one.to_the_end()

    assert end["status"] == ("cancelled" if why == "cancel" else "failed")
    assert one.store.cancelled_children == [f"exec_{seed[:10]}{seed[40:]}"]


@pytest.mark.parametrize("why", ["cancel", "another branch", "its own time"])
def test_runs_that_the_items_of_a_loop_wait_for_are_to_end_too(why: str) -> None:
    inner = node("inner", "foreach", body={"nodes": [node("x", "execute_workflow", workflow_id="wf_2")], "edges": []})
    loop = node("each", "foreach", items="[[1, 2], [3]]", body={"nodes": [inner], "edges": []})
    nodes = [{**loop, "timeout_seconds": 20} if why == "its own time" else loop]
    if why == "another branch":
        nodes += [node("d", "delay", seconds=30), node("s", "stop", outcome="failure")]
    one = Run(definition(nodes, edges("d>s") if why == "another branch" else []), {})
    assert one.turn().next == "park"

    if why == "cancel":
        one.record.cancel_requested = True
    else:
        later(one, 31)
    one.to_the_end()

    assert len(one.store.children) == 3
    assert sorted(one.store.cancelled_children) == sorted(f"exec_{seed[:10]}{seed[40:]}" for seed in one.store.children)
