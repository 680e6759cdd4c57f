"""Waiting inside a run: pauses between attempts, delays in loops, answers, and what goes on beside them."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from flows.aws import clock
from flows.engine import loops, outcomes, walker
from flows.engine.contract import NodeContext
from flows.engine.journal import GivenAnswer
from flows.engine.results import Answer, NodeFailure, Outcome, Wait

from tests.unit.engine.runs import Run, definition, edges, effects, later, node


def test_a_long_pause_between_attempts_parks_the_run() -> None:
    tries: list[int] = []

    def flaky(context: NodeContext) -> Any:
        tries.append(context.attempt)
        if len(tries) == 1:
            raise NodeFailure("HttpError", "later", retryable=True, retry_after=120)
        return "ok"

    with effects({"flaky": flaky}):
        one = Run(definition([node("a", "flaky", retry={"max_attempts": 2}), node("b")], edges("a>b")), {})
        back = one.turn()
        assert (back.next, back.waiting) == ("park", False)
        assert 115 <= back.seconds <= 120
        assert one.turn().next == "park"
        later(one, 121)
        assert one.to_the_end()["output"] == "ok"

    assert tries == [1, 2]


def test_items_of_a_loop_wait_side_by_side_and_the_rest_goes_on() -> None:
    body = {
        "nodes": [node("d", "delay", seconds="{{ $item }}"), node("s", "set", values={"v": "{{ $item }}"})],
        "edges": edges("d>s"),
    }
    one = Run(definition([node("each", "foreach", body=body, concurrency=2), node("z")], edges("each>z")), [60, 120, 30])

    assert one.turn().seconds <= 60
    later(one, 61)
    back = one.turn()
    assert back.next == "park"
    later(one, 400)
    assert one.to_the_end()["output"] == [{"v": 60}, {"v": 120}, {"v": 30}]


def test_answers_reach_the_item_that_waits_for_them() -> None:
    body = {"nodes": [node("ask", "approval")], "edges": []}
    one = Run(definition([node("each", "foreach", body=body)]), ["a", "b"])
    assert one.turn().next == "park"

    for index, decision in ((1, "reject"), (0, "approve")):
        one.store.given.append(
            GivenAnswer((("each", index),), "ask", Answer("approval", {"decision": decision}, clock.now_iso()))
        )
        one.turn()

    assert one.store.final is not None
    assert [item["decision"] for item in one.store.final["output"]] == ["approved", "rejected"]
    assert [event["type"] for event in one.store.events] == ["execution.waiting", "execution.waiting"]


def test_a_node_may_wait_again_after_an_answer() -> None:
    one = Run(definition([node("ask", "approval", approvals_needed=2)]), {})
    one.turn()
    for name in ("Ada", "Ada", "Grace"):
        one.store.given.append(GivenAnswer((), "ask", Answer("approval", {"decision": "approve", "by": name}, clock.now_iso())))
        one.turn()

    assert [back.next for back in one.hand_backs] == ["park", "park", "park", "done"]


def test_a_branch_goes_on_while_another_waits() -> None:
    one = Run(
        definition([node("a"), node("d", "delay", seconds=60), node("b"), node("z", "merge")], edges("a>d", "a>b", "d>z", "b>z")),
        1,
    )
    assert one.turn().next == "park"
    assert one.logs()["b"]["st"] == "completed"
    later(one, 61)
    assert one.to_the_end()["status"] == "completed"


def test_a_delay_ends_on_time_beside_an_effect_under_way() -> None:
    ended = threading.Event()

    def slow(context: NodeContext) -> Any:
        assert ended.wait(20), "the branch with the delay waited for this one"
        return 1

    def quick(context: NodeContext) -> Any:
        ended.set()
        return 2

    with effects({"slow": slow, "quick": quick}):
        nodes = [node("a"), node("d", "delay", seconds=0.2), node("q", "quick"), node("s", "slow"), node("z", "merge")]
        one = Run(definition(nodes, edges("a>d", "a>s", "d>q", "q>z", "s>z")), {})
        end = one.to_the_end()

    assert end["output"] == {"q": 2, "s": 1}


def test_a_long_pause_between_attempts_ends_on_time_beside_an_effect_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "IN_PROCESS_PAUSE_SECONDS", 0.0)
    ended = threading.Event()

    def slow(context: NodeContext) -> Any:
        assert ended.wait(20), "the other branch's attempt waited for this one"
        return 1

    def flaky(context: NodeContext) -> Any:
        if context.attempt == 1:
            raise NodeFailure("HttpError", "later", retryable=True, retry_after=0.2)
        ended.set()
        return 2

    with effects({"slow": slow, "flaky": flaky}):
        nodes = [node("f", "flaky", retry={"max_attempts": 2, "interval_seconds": 0}), node("s", "slow")]
        end = Run(definition(nodes), {}).to_the_end()

    assert end["output"] == {"f": 2, "s": 1}


def test_an_answer_is_taken_beside_an_effect_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walker, "POLL_SECONDS", 0.0)
    ended = threading.Event()

    def slow(context: NodeContext) -> Any:
        one.store.given.append(GivenAnswer((), "ask", Answer("approval", {"decision": "approve"}, clock.now_iso())))
        assert ended.wait(20), "the approved branch waited for this one"
        return 1

    def quick(context: NodeContext) -> Any:
        ended.set()
        return 2

    with effects({"slow": slow, "quick": quick}):
        nodes = [node("ask", "approval"), node("q", "quick"), node("s", "slow")]
        one = Run(definition(nodes, edges("ask:approved>q")), {})
        end = one.to_the_end()

    assert end["output"] == {"q": 2, "s": 1}


@pytest.mark.parametrize("stepping", ["node", "each", "segment"])
@pytest.mark.parametrize("kind", ["an effect's end", "a delay's end"])
def test_a_long_loop_of_pure_items_holds_no_other_branch_back(kind: str, stepping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "SLICE_SECONDS", 0.01)
    body = {"nodes": [node("s", "set", values={"v": "{{ $sum([1..2000]) + $item }}"})], "edges": []}
    first = node("b", "quick") if kind == "an effect's end" else node("b", "delay", seconds=0.05)
    nodes = [node("a"), node("each", "foreach", items="[1..300]", body=body), first, node("c", "quick"), node("z", "merge")]

    with effects({"quick": lambda context: 1}):
        connections = edges("a>each", "a>b", "b>c", "each>z", "c>z")
        one = Run(definition(nodes, connections, settings={"stepping": stepping}), {})
        end = one.to_the_end()

    assert len(end["output"]["each"]) == 300
    entries = [entry for page in one.store.pages_from(0) for entry in page.entries if "q" in entry]
    begun = {entry["q"]: entry["n"] for entry in entries}
    after_c = [begun[q] for q in sorted(begun) if q > next(q for q in begun if begun[q] == "c")]
    assert after_c.count("s") > 10, "the branch waited for the loop"


def test_a_waiting_node_keeps_its_data_between_turns() -> None:
    seen: list[Any] = []

    def wait(context: NodeContext) -> Outcome:
        return Outcome(wait=Wait(context.now() + timedelta(seconds=5), "delay", {"token": 7}))

    with effects({"wait": wait}):
        from flows.engine import prepared

        lookup = prepared.node_type
        found = lookup("wait")
        assert found is not None

        def resume(context: NodeContext, parameters: Any, answers: Any, timed_out: bool) -> Outcome:
            seen.append((context.wait.data if context.wait else None, timed_out))
            return Outcome("done")

        object.__setattr__(found, "resume", resume)
        one = Run(definition([node("w", "wait")]), {})
        assert one.turn().next == "park"
        later(one, 6)
        assert one.to_the_end()["output"] == "done"

    assert seen == [({"token": 7}, True)]
    assert isinstance(clock.now(), datetime)


@pytest.mark.parametrize("type", ["delay", "approval", "wait_for_webhook"])
def test_a_node_that_waits_fails_when_its_own_time_is_over(type: str) -> None:
    given = {"seconds": 600} if type == "delay" else {}
    one = Run(definition([node("w", type, timeout_seconds=60, on_error="continue", **given), node("z")], edges("w>z")), {"n": 1})

    assert one.turn().seconds <= 60
    later(one, 61)
    end = one.to_the_end()

    assert end["output"]["error"]["type"] == "Timeout"
    assert "'w' did not end within its timeout_seconds (60)" in end["output"]["error"]["message"]
    assert (one.logs()["w"]["st"], end["output"]["input"]) == ("failed", {"n": 1})


def test_an_answer_that_comes_in_time_counts_though_the_node_waits_again() -> None:
    one = Run(definition([node("ask", "approval", approvals_needed=2, timeout_seconds=60)]), {})
    one.turn()
    one.store.given.append(GivenAnswer((), "ask", Answer("approval", {"decision": "approve", "by": "Ada"}, clock.now_iso())))
    later(one, 40)
    assert 10 < one.turn().seconds <= 20
    one.store.given.append(GivenAnswer((), "ask", Answer("approval", {"decision": "approve", "by": "Bo"}, clock.now_iso())))
    later(one, 70)

    assert one.to_the_end()["output"]["decision"] == "approved"


def test_a_waiting_node_whose_time_is_over_is_tried_again_by_its_policy() -> None:
    retry = {"max_attempts": 2, "interval_seconds": 0}
    one = Run(definition([node("w", "delay", seconds=600, timeout_seconds=60, retry=retry)]), {})
    one.turn()
    later(one, 61)
    assert one.turn().seconds <= 60
    later(one, 122)

    assert one.to_the_end()["error"]["type"] == "Timeout"
    assert one.logs()["w"]["a"] == 2


def test_what_a_run_took_counts_the_turn_that_parked() -> None:
    one = Run(definition([node("ask", "approval")]), {})
    one.turn()
    one.store.given.append(GivenAnswer((), "ask", Answer("approval", {"decision": "approve"}, clock.now_iso())))
    usage = one.to_the_end()["usage"]

    # RunNode, Next, Park, RunNode, Next, Finish, and the start; the walker twice and the parking.
    assert (usage["state_transitions"], usage["invocations"]) == (7, 3)


def test_a_sub_workflow_that_failed_is_started_anew_by_the_next_attempt() -> None:
    retry = {"max_attempts": 2, "interval_seconds": 0, "when": "{{ $attempt < 3 }}"}
    one = Run(definition([node("x", "execute_workflow", workflow_id="wf_2", retry=retry)]), {})
    one.turn()
    (first,) = one.store.children
    end = {"execution_id": f"exec_{first[:10]}", "status": "failed", "error": None}
    one.store.given.append(GivenAnswer((), "x", Answer("execution", end, clock.now_iso())))
    assert one.turn().next == "park"

    assert len(one.store.children) == 2
    (second,) = set(one.store.children) - {first}
    end = {"execution_id": f"exec_{second[:10]}|2", "status": "completed", "output": "done"}
    one.store.given.append(GivenAnswer((), "x", Answer("execution", end, clock.now_iso())))
    assert one.to_the_end()["output"] == "done"


def test_turns_that_died_count_in_what_the_run_took() -> None:
    one = Run(definition([node("a")]), {})
    one.record.turn = 2  # two walkers took the lease and died

    usage = one.to_the_end()["usage"]
    assert (usage["invocations"], usage["state_transitions"]) == (3, 6)
