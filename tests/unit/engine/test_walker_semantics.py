"""What a run does, told by small graphs."""

from __future__ import annotations

import threading
import time
from typing import Any

from flows.engine.results import NodeFailure

from tests.unit.engine.runs import Run, definition, edges, effects, node


def run(nodes: list[dict[str, Any]], connections: list[dict[str, str]], input: Any = None, **more: Any) -> dict[str, Any]:
    return Run(definition(nodes, connections, **more), input).to_the_end()


def test_a_workflow_without_nodes_gives_its_input() -> None:
    assert run([], [], {"a": 1})["output"] == {"a": 1}


def test_a_chain_hands_each_output_on() -> None:
    end = run(
        [node("a", "set", values={"x": "{{ n + 1 }}"}), node("b", "set", values={"y": "{{ x * 2 }}"})], edges("a>b"), {"n": 1}
    )

    assert end["status"] == "completed"
    assert end["output"] == {"y": 4}


def test_an_if_prunes_the_other_branch_and_the_join_does_not_wait_for_it() -> None:
    nodes = [
        node("check", "if", condition="n > 3"),
        node("big", "set", values={"size": "big"}),
        node("small", "set", values={"size": "small"}),
        node("after"),
    ]
    one = Run(definition(nodes, edges("check:true>big", "check:false>small", "big>after", "small>after")), {"n": 5})
    end = one.to_the_end()

    assert end["output"] == {"size": "big"}
    assert one.logs()["small"]["st"] == "skipped"


def test_a_join_of_two_live_branches_gets_an_object_by_node_id_in_the_order_of_the_edges() -> None:
    nodes = [node("a"), node("b", "set", values={"v": 1}), node("c", "set", values={"v": 2}), node("d")]

    end = run(nodes, edges("a>b", "a>c", "c>d", "b>d"), {})

    assert end["output"] == {"c": {"v": 2}, "b": {"v": 1}}
    assert list(end["output"]) == ["c", "b"]


def test_several_ends_give_an_object_by_node_id_and_none_gives_null() -> None:
    assert run([node("a"), node("b")], [], 7)["output"] == {"a": 7, "b": 7}
    assert run([node("a", "if", condition="false"), node("b")], edges("a:true>b"), 1)["output"] == 1


def test_a_slow_branch_does_not_delay_its_sibling() -> None:
    ended: dict[str, float] = {}

    def slow(context: Any) -> Any:
        if context.node_id == "b":
            gate.wait(10)
        ended[context.node_id] = time.monotonic()
        if context.node_id == "e":
            gate.set()
        return context.node_id

    gate = threading.Event()
    nodes = [node("a"), node("b", "work"), node("c", "work"), node("d", "work"), node("e", "work")]
    with effects({"work": slow}):
        end = Run(definition(nodes, edges("a>b", "a>c", "c>d", "d>e")), {}).to_the_end()

    assert end["status"] == "completed"
    assert ended["e"] < ended["b"]


def test_nodes_with_effects_in_a_chain_take_a_turn_each_and_pure_ones_ride_along() -> None:
    nodes = [node("s"), node("e1", "work"), node("p"), node("e2", "work"), node("e3", "work"), node("q")]
    with effects({"work": lambda context: context.input}):
        one = Run(definition(nodes, edges("s>e1", "e1>p", "p>e2", "e2>e3", "e3>q")), {"a": 1})
        end = one.to_the_end()

    assert end["output"] == {"a": 1}
    assert [back.next for back in one.hand_backs] == ["walk", "walk", "done"]
    assert end["usage"]["state_transitions"] <= 2 * 3 + 4


def test_in_segment_mode_a_chain_of_effects_is_one_turn() -> None:
    nodes = [node("e1", "work"), node("e2", "work"), node("e3", "work")]
    with effects({"work": lambda context: context.input}):
        one = Run(definition(nodes, edges("e1>e2", "e2>e3"), settings={"stepping": "segment"}), 1)
        one.to_the_end()

    assert len(one.hand_backs) == 1


def test_in_each_mode_every_node_is_a_turn() -> None:
    one = Run(definition([node("a"), node("b"), node("c")], edges("a>b", "b>c"), settings={"stepping": "each"}), 1)
    assert one.to_the_end()["output"] == 1
    assert len(one.hand_backs) == 3


def test_outputs_of_earlier_turns_are_read_only_where_they_are_named() -> None:
    count = 12
    nodes = [node(f"e{i}", "work") for i in range(count)] + [node("last", "set", values={"first": "{{ $nodes.e0.output.n }}"})]
    with effects({"work": lambda context: {"n": context.node_id}}):
        one = Run(definition(nodes, edges(*[f"e{i}>e{i + 1}" for i in range(count - 1)], f"e{count - 1}>last")), {})
        end = one.to_the_end()

    assert end["output"] == {"first": "e0"}
    assert one.store.reads == [1]


def test_a_failing_node_fails_the_run_and_the_error_tells_where() -> None:
    end = run([node("a", "set", values={"x": "{{ $sum('no') }}"})], [], {})

    assert end["status"] == "failed"
    assert end["error"]["node_id"] == "a"
    assert end["error"]["type"] == "ExpressionError"
    assert "values.x" in end["error"]["message"]


def test_on_error_continue_goes_on_with_the_error_as_data_and_route_leaves_through_the_error_port() -> None:
    def broken(context: Any) -> Any:
        raise NodeFailure("HttpError", "no luck", {"status_code": 500})

    with effects({"broken": broken}):
        goes_on = Run(definition([node("a", "broken", on_error="continue"), node("b")], edges("a>b")), {"n": 1}).to_the_end()
        routed = Run(
            definition([node("a", "broken", on_error="route"), node("b"), node("c")], edges("a>b", "a:error>c")), {"n": 1}
        ).to_the_end()

    expected = {"error": {"type": "HttpError", "message": "no luck", "details": {"status_code": 500}}, "input": {"n": 1}}
    assert goes_on["output"] == expected
    assert routed["output"] == expected


def test_with_continue_the_error_of_a_node_with_ports_of_its_own_leaves_through_main() -> None:
    nodes = [
        node("a", "if", condition="1 + 'x'", on_error="continue"),
        node("t"),
        node("m", "set", values={"n": "{{ input.n }}"}),
    ]
    one = Run(definition(nodes, edges("a:true>t", "a>m")), {"n": 1})

    assert one.to_the_end()["output"] == {"n": 1}
    assert one.logs()["t"]["st"] == "skipped"


def test_a_disabled_respond_or_stop_answers_and_ends_nothing() -> None:
    nodes = [
        node("r", "respond", body="x", disabled=True),
        node("s", "stop", outcome="failure", disabled=True),
        node("a", "set", values={"v": 1}),
    ]
    end = Run(definition(nodes, edges("r>a")), {"n": 1}).to_the_end()

    assert (end["status"], end["output"]) == ("completed", {"s": {"n": 1}, "a": {"v": 1}})


def test_a_node_is_tried_again_by_its_policy() -> None:
    tries: list[int] = []

    def flaky(context: Any) -> Any:
        tries.append(context.attempt)
        if len(tries) < 3:
            raise NodeFailure("ConnectionError", "later", retryable=True)
        return "ok"

    with effects({"flaky": flaky}):
        one = Run(definition([node("a", "flaky", retry={"max_attempts": 3, "interval_seconds": 0.01})]), {})
        end = one.to_the_end()

    assert end["output"] == "ok"
    assert tries == [1, 2, 3]
    assert one.logs()["a"]["a"] == 3


def test_what_cannot_succeed_later_is_not_tried_again_unless_when_says_so() -> None:
    tries: list[str] = []

    def broken(context: Any) -> Any:
        tries.append(context.node_id)
        raise NodeFailure("HttpError", "bad request", {"status_code": 400})

    policy = {"max_attempts": 3, "interval_seconds": 0.01}
    with effects({"broken": broken}):
        Run(definition([node("a", "broken", retry=policy)]), {}).to_the_end()
        Run(
            definition([node("b", "broken", retry={**policy, "when": "$failure.details.status_code = 400 and $attempt < 2"})]), {}
        ).to_the_end()

    assert tries == ["a", "b", "b"]


def test_a_disabled_node_hands_its_input_on() -> None:
    assert run([node("a", "set", values={"x": 1}, disabled=True)], [], {"n": 1})["output"] == {"n": 1}


def test_stop_ends_the_whole_run() -> None:
    nodes = [node("a"), node("s", "stop", outcome="failure", message="enough"), node("never")]
    one = Run(definition(nodes, edges("a>s")), {})
    end = one.to_the_end()

    assert end["status"] == "failed"
    assert end["error"]["message"] == "enough"


def test_a_loop_gives_the_outputs_in_the_order_of_the_items() -> None:
    body = {"nodes": [node("double", "set", values={"v": "{{ $item * 2 }}", "i": "{{ $index }}"})], "edges": []}
    one = Run(definition([node("each", "foreach", items="list", body=body)]), {"list": [3, 1, 2]})
    end = one.to_the_end()

    assert end["output"] == [{"v": 6, "i": 0}, {"v": 2, "i": 1}, {"v": 4, "i": 2}]


def test_a_loop_of_a_thousand_pure_items_is_one_turn_and_its_results_go_in_batches() -> None:
    body = {"nodes": [node("one", "set", values={"v": "{{ $item }}"})], "edges": []}
    one = Run(definition([node("each", "foreach", body=body)]), list(range(1000)))
    end = one.to_the_end()

    assert [item["v"] for item in end["output"]] == list(range(1000))
    assert len(one.hand_backs) == 1
    assert one.store.writes < 60


def test_loops_nest_and_see_the_outer_nodes() -> None:
    inner = {"nodes": [node("x", "set", values={"v": "{{ $item + $nodes.base.output.add }}"})], "edges": []}
    outer = {"nodes": [node("inner", "foreach", items="$item", body=inner)], "edges": []}
    nodes = [
        node("base", "set", values={"add": 10}),
        node("each", "foreach", items="$nodes.base.output ? [[1, 2], [3]] : []", body=outer),
    ]

    assert run(nodes, edges("base>each"), {})["output"] == [[{"v": 11}, {"v": 12}], [{"v": 13}]]


def test_effects_in_a_loop_run_at_the_same_time_up_to_its_concurrency() -> None:
    running: list[int] = []
    most = [0]
    lock = threading.Lock()

    def work(context: Any) -> Any:
        with lock:
            running.append(1)
            most[0] = max(most[0], len(running))
        time.sleep(0.01)
        with lock:
            running.pop()
        return context.input

    body = {"nodes": [node("w", "work")], "edges": []}
    with effects({"work": work}):
        one = Run(definition([node("each", "foreach", body=body, concurrency=4)]), list(range(60)))
        end = one.to_the_end()

    assert end["output"] == list(range(60))
    assert 1 < most[0] <= 4
    assert one.store.writes < 20
    assert end["usage"]["state_transitions"] <= 20


def test_an_items_error_fails_the_loop_or_stands_in_its_place_or_is_left_out() -> None:
    def run_with(rule: str) -> dict[str, Any]:
        body = {"nodes": [node("x", "set", values={"v": "{{ $item = 2 ? $sum('no') : $item }}"})], "edges": []}
        return run([node("each", "foreach", body=body, on_item_error=rule)], [], [1, 2, 3])

    assert run_with("fail")["status"] == "failed"
    assert "item 1" in run_with("fail")["error"]["message"]
    continued = run_with("continue")["output"]
    assert continued[0] == {"v": 1}
    assert continued[1]["error"]["type"] == "ExpressionError"
    assert run_with("skip")["output"] == [{"v": 1}, {"v": 3}]


def test_a_loop_stops_early() -> None:
    body = {"nodes": [node("x", "set", values={"v": "{{ $item }}"})], "edges": []}
    end = run([node("each", "foreach", body=body, concurrency=1, stop_when="v = 2")], [], [1, 2, 3, 4])

    assert end["output"] == [{"v": 1}, {"v": 2}]


def test_a_trigger_run_begins_at_its_trigger_only() -> None:
    nodes = [node("hook", "webhook"), node("hand", "manual"), node("a"), node("b")]
    started = Run(
        definition(nodes, edges("hook>a", "hand>b")),
        None,
        trigger={"type": "webhook", "node_id": "hook"},
        trigger_output={"body": 1},
    )
    by_hand = Run(definition(nodes, edges("hook>a", "hand>b")), {"n": 1})

    assert started.to_the_end()["output"] == {"body": 1}
    assert by_hand.to_the_end()["output"] == {"n": 1}
    assert by_hand.logs()["a"]["st"] == "skipped"


def test_a_delay_parks_until_it_is_due() -> None:
    from datetime import timedelta

    from flows.aws import clock

    one = Run(definition([node("d", "delay", seconds=3600), node("a")], edges("d>a")), {"n": 1})
    back = one.turn()
    assert back.next == "park"
    assert 3590 <= back.seconds <= 3600
    assert back.waiting

    one.now = lambda: clock.now() + timedelta(seconds=3601)
    assert one.to_the_end()["output"] == {"n": 1}


def test_a_node_does_not_end_after_what_follows_it_has_begun() -> None:
    from datetime import timedelta

    from flows.aws.clock import now, parse_iso

    begun = now().replace(microsecond=100)
    ticks = iter(range(10_000))
    one = Run(definition([node("a"), node("b"), node("c")], edges("a>b", "b>c")), {})
    one.now = lambda: begun + timedelta(microseconds=350 * next(ticks))
    one.to_the_end()

    logs = one.logs()
    for before, after in (("a", "b"), ("b", "c")):
        ended = parse_iso(logs[before]["t"]) + timedelta(milliseconds=logs[before]["d"])
        assert ended <= parse_iso(logs[after]["t"])


def test_a_when_that_fails_is_told_with_the_failure_that_it_was_asked_about() -> None:
    def broken(context: Any) -> Any:
        raise NodeFailure("HttpError", "The server answered 503", retryable=True)

    with effects({"broken": broken}):
        error = run([node("a", "broken", retry={"max_attempts": 3, "when": '$number("x") > $attempt'})], [], {})["error"]

    assert error["type"] == "ExpressionError"
    assert "retry.when" in error["message"]
    assert "HttpError: The server answered 503" in error["message"]
    assert error["details"]["failure"]["type"] == "HttpError"


def test_a_loop_goes_on_while_stop_when_gives_what_is_false() -> None:
    body = {"nodes": [node("s", "set", values={"v": "{{ $item }}"})], "edges": []}
    end = run([node("each", "foreach", body=body, concurrency=1, stop_when="[false]")], [], [1, 2])

    assert end["output"] == [{"v": 1}, {"v": 2}]


def test_what_a_respond_node_in_a_loop_answers_is_the_output_of_the_run_too() -> None:
    body = {"nodes": [node("r", "respond", body="{{ $item }}")], "edges": []}
    nodes = [node("each", "foreach", body=body, concurrency=1), node("z")]

    assert run(nodes, edges("each>z"), ["a", "b"])["output"] == {"status_code": 200, "headers": {}, "body": "a"}
    assert run(nodes, edges("each>z"), [])["output"] == []


def test_execute_begins_at_the_triggers_where_nothing_else_begins_and_they_are_what_started_the_run() -> None:
    nodes = [node("hook", "webhook"), node("s", "set", values={"t": "{{ $trigger }}"})]
    assert run(nodes, edges("hook>s"), {"body": 1})["output"] == {"t": {"body": 1}}

    nodes.append(node("m", "manual"))
    assert run(nodes, edges("hook>s", "m>s"), {"body": 1})["output"] == {"t": {"type": "api", "input": {"body": 1}}}


def test_a_loop_has_as_many_effects_under_way_as_its_concurrency_says() -> None:
    together = threading.Barrier(40)

    def meet(context: Any) -> Any:
        together.wait(20)  # broken, were fewer than forty in it at once
        return 1

    body = {"nodes": [node("w", "meet")], "edges": []}
    with effects({"meet": meet}):
        end = run([node("each", "foreach", body=body, concurrency=40)], [], list(range(80)))

    assert (end["status"], len(end["output"])) == ("completed", 80)
