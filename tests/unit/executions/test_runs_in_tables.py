"""Runs from start to end on real expressions of DynamoDB (moto's), with their logs and answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flows.aws import clock, tables
from flows.errors import Conflict, NotFound
from flows.executions import service, waking
from flows.paging import Window

from tests.unit.engine.runs import definition, edges, node
from tests.unit.executions.machine import Machine, calls_of, items_of, run, start, workflow


def test_a_run_completes_and_its_logs_tell_each_node_in_the_order_of_starts(machine: Machine, account: str) -> None:
    nodes = [
        node("first", "set", values={"n": "{{ n + 1 }}"}),
        node("check", "if", condition="n > 3"),
        node("big", "set", values={"size": "big", "n": "{{ n }}"}),
        node("small", "set", values={"size": "small"}),
    ]
    view = run(machine, account, definition(nodes, edges("first>check", "check:true>big", "check:false>small")), {"n": 5})

    assert view["status"] == "completed"
    assert view["output"] == {"size": "big", "n": 6}
    assert view["input"] == {"n": 5}
    assert view["trigger"] == {"type": "api"}
    logs = {entry["node_id"]: entry for entry in view["logs"]}
    assert {node_id: entry["status"] for node_id, entry in logs.items()} == {
        "first": "completed",
        "check": "completed",
        "big": "completed",
        "small": "skipped",
    }
    assert view["logs"][0]["node_id"] == "first"
    assert logs["check"]["input"] == {"n": 6}
    assert logs["check"]["output"] == {"n": 6}
    assert view["usage"]["state_transitions"] <= 6
    assert view["usage"]["estimated_cost_usd"] > 0


def test_large_values_go_to_the_bucket_and_come_back(machine: Machine, account: str) -> None:
    text = "x" * 200_000
    view = run(machine, account, definition([node("a", "set", values={"t": "{{ t }}"}), node("b")], edges("a>b")), {"t": text})

    assert view["output"] == {"t": text}
    assert view["logs"][0]["output"]["size"] > 200_000
    assert len(view["logs"][0]["output"]["$cut"]) == 10_000


def test_a_middle_sized_input_is_a_page_of_its_own(machine: Machine, account: str) -> None:
    view = run(machine, account, definition([node("a")]), {"t": "y" * 20_000})

    assert view["output"] == {"t": "y" * 20_000}
    assert view["input"] == {"t": "y" * 20_000}


def test_starting_twice_with_the_same_id_starts_once(machine: Machine, account: str) -> None:
    pinned = workflow(account, definition([node("a")]))
    first = start(account, pinned, {"n": 1})
    again = start(account, pinned, {"n": 2}, execution_id=first)
    machine.drive(account, first)

    assert again == first
    assert service.get(account, first).view["output"] == {"n": 1}


def test_a_delay_parks_and_goes_on_when_it_is_due(machine: Machine, account: str) -> None:
    execution = start(
        account, workflow(account, definition([node("d", "delay", seconds=3600), node("a")], edges("d>a"))), {"n": 1}
    )
    state = machine.drive(account, execution)

    assert state["next"] == "park"
    assert service.get(account, execution).view["status"] == "waiting"
    now = clock.now()
    clock.set_now(lambda: now + timedelta(seconds=3601))
    machine.drive(account, execution, state)
    view = service.get(account, execution).view
    assert view["status"] == "completed"
    assert [entry["status"] for entry in view["logs"]] == ["completed", "completed"]


def test_an_approval_is_answered_once_and_wakes_the_parked_machine(machine: Machine, account: str) -> None:
    nodes = [node("ask", "approval", message="Go?"), node("yes"), node("no")]
    execution = start(account, workflow(account, definition(nodes, edges("ask:approved>yes", "ask:rejected>no"))), {})
    state = machine.drive(account, execution)
    log = service.get(account, execution).view["logs"][0]
    assert log["status"] == "waiting"
    assert log["output"]["links"]["approve"].startswith("https://api.example.com/v1/approvals/")

    assert waking.answer(account, execution, (), "ask", "approval", {"decision": "approve", "by": "Ada"}, "one")
    assert not waking.answer(account, execution, (), "ask", "approval", {"decision": "reject"}, "one")
    assert machine.tokens
    machine.drive(account, execution, state)
    view = service.get(account, execution).view

    assert view["status"] == "completed"
    assert view["output"]["decision"] == "approved"
    with pytest.raises(Conflict):
        waking.answer(account, execution, (), "ask", "approval", {"decision": "reject"}, "two")


def test_an_answer_that_comes_before_the_parking_is_not_lost(machine: Machine, account: str) -> None:
    from flows.executions import walking

    execution = start(account, workflow(account, definition([node("ask", "approval")])), {})
    state = walking.walk(
        {"account_id": account, "execution_id": execution}, environment=lambda: walking.environment_of(lambda: 900.0)
    )
    waking.answer(account, execution, (), "ask", "approval", {"decision": "approve"}, "one")
    assert machine.tokens == []

    walking.park({**state, "token": "late"})

    assert machine.tokens == ["late"]


def test_a_run_with_a_large_input_is_read_in_two_calls(machine: Machine, account: str) -> None:
    execution = start(account, workflow(account, definition([node("a")])), {"t": "y" * 20_000})
    machine.drive(account, execution)
    made = calls_of()

    view = service.get(account, execution).view

    assert made == ["GetItem", "Query"]
    assert view["input"] == view["output"] == {"t": "y" * 20_000}


def test_lists_are_newest_first_and_filter(machine: Machine, account: str) -> None:
    pinned = workflow(account, definition([node("a")]))
    runs = [start(account, pinned, n) for n in range(5)]
    machine.drive(account, runs[0])

    page = service.listed(account, Window(limit=2))
    assert [item["id"] for item in page.items] == [runs[4], runs[3]]
    rest = service.listed(account, Window(limit=10, after=page.next_key))
    assert [item["id"] for item in rest.items] == [runs[2], runs[1], runs[0]]
    done = service.listed(account, Window(limit=10, page=1), status="completed", workflow_id=pinned.workflow_id, with_total=True)
    assert [item["id"] for item in done.items] == [runs[0]]
    assert done.total == 1
    with pytest.raises(NotFound):
        service.get("acct_other", runs[0])


def test_a_range_of_time_that_ends_before_it_begins_holds_nothing(
    machine: Machine, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(machine, account, definition([node("a")]), {})
    now = clock.now()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("DynamoDB answers such a query with ValidationException; moto does not")

    monkeypatch.setattr(tables, "query", refuse)

    for since, until in ((now, now), (now, now - timedelta(days=1))):
        found = service.listed(account, Window(20), since=since, until=until, with_total=True)
        assert (found.items, found.next_key, found.total) == ([], None, 0)


def test_max_concurrency_queues_what_cannot_start_and_lets_it_go_on_when_a_run_ends(machine: Machine, account: str) -> None:
    from flows.executions import aftermath, launching

    pinned = workflow(account, definition([node("a")], settings={"max_concurrency": 1}))
    first, second = start(account, pinned, 1), start(account, pinned, 2)
    assert launching.launch(service.read(account, first)) == "started"
    assert launching.launch(service.read(account, first)) == "started"
    assert launching.launch(service.read(account, second)) == "queued"
    assert service.get(account, second).view["status"] == "pending"

    machine.drive(account, first)
    aftermath.after_end(service.read(account, first))

    assert machine.started[-1] == second


def test_what_is_settled_from_outside_is_final_and_a_late_walker_changes_nothing(machine: Machine, account: str) -> None:
    from flows.executions import settling

    execution = start(account, workflow(account, definition([node("d", "delay", seconds=60)])), {})
    state = machine.drive(account, execution)

    assert settling.settle(account, execution, "stopped", machine=f"{execution}-1")
    assert not settling.settle(account, execution, "stopped again")
    assert machine.drive(account, execution, state)["next"] == "done"
    view = service.get(account, execution).view
    assert (view["status"], view["error"]["type"]) == ("failed", "MachineryFailed")


def test_a_chain_of_pure_nodes_takes_three_writes_after_its_start(machine: Machine, account: str) -> None:
    nodes = [node(f"n{i}", "set", values={"i": i}) for i in range(5)]
    execution = start(account, workflow(account, definition(nodes, edges(*[f"n{i}>n{i + 1}" for i in range(4)]))), {})
    machine.drive(account, execution)

    assert [item["sk"] for item in items_of(account, execution)] == ["P#00000001", "RUN"]


def test_each_attempt_of_a_loop_has_log_entries_of_its_own(machine: Machine, account: str) -> None:
    body = {"nodes": [node("b", "set", values={"at": "{{ $now() }}", "x": "{{ $item = 2 ? $error('no') : 1 }}"})], "edges": []}
    retry = {"max_attempts": 2, "interval_seconds": 0.05, "when": "true"}
    view = run(machine, account, definition([node("each", "foreach", body=body, concurrency=1, retry=retry)]), [1, 2])

    inner = [entry for entry in view["logs"] if entry["scope"]]
    assert [(entry["scope"], entry["status"]) for entry in inner] == [([["each", 0]], "completed"), ([["each", 1]], "failed")] * 2
    assert inner[0]["output"]["at"] < inner[2]["output"]["at"]


@pytest.mark.parametrize("under_way", [False, True])
def test_logs_of_a_long_loop_are_read_as_far_as_they_are_shown(
    machine: Machine, account: str, monkeypatch: pytest.MonkeyPatch, under_way: bool
) -> None:
    from flows.executions import logs

    body = {"nodes": [node("b", "set", values={"v": "{{ $item }}"})], "edges": []}
    pinned = workflow(
        account, definition([node("a"), node("each", "foreach", items="$append([1..800], x)", body=body)], edges("a>each"))
    )
    execution = start(account, pinned, {})
    machine.drive(account, execution)
    run_item = service.read(account, execution)
    if under_way:  # as a reader sees it whose pages end before the loop does
        run_item = {**run_item, "status": "running"}
        from flows.aws.settings import settings

        last = max(int(item["sk"][2:]) for item in items_of(account, execution) if item["sk"].startswith("P#"))
        for number in (last, last - 1):
            tables.delete(settings().executions_table, run_item["pk"], f"P#{number:08d}")
    calls: list[str] = []
    for name in ("get", "query", "get_many"):
        real = getattr(tables, name)
        monkeypatch.setattr(tables, name, lambda *a, real=real, name=name, **k: (calls.append(name), real(*a, **k))[1])

    seen: list[tuple[str, str]] = []
    position: Any = None
    while True:
        calls.clear()
        found = logs.read(run_item, position, 100)
        seen += [(entry["node_id"], str(entry["scope"])) for entry in found.entries]
        assert [entry["input"] for entry in found.entries if entry["scope"]] == [
            entry["scope"][0][1] + 1 for entry in found.entries if entry["scope"]
        ]
        assert len(calls) <= 5, calls
        position = found.next
        if position is None:
            break

    if not under_way:
        assert seen == [("a", "[]"), ("each", "[]"), *(("b", str([["each", index]])) for index in range(800))]
    else:
        assert seen[:2] == [("a", "[]"), ("b", "[['each', 0]]")]
        assert len(seen) == len(set(seen)) > 700
