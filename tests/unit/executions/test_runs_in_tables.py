"""Runs from start to end on real expressions of DynamoDB (moto's), with their logs, answers, cancels and retries."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from flows import relay
from flows.aws import clock, tables
from flows.aws.clients import client
from flows.errors import Conflict, NotFound
from flows.executions import cancelling, retrying, service, waking
from flows.paging import Window
from flows.workflows import service as workflows
from pydantic_core import to_json

from tests.unit.engine.runs import definition, edges, node
from tests.unit.executions.machine import Machine, items_of, run, start, workflow
from tests.unit.executions.test_what_was_lost import record


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


def test_cancelling_ends_a_parked_run_at_once_and_marks_what_waits(machine: Machine, account: str) -> None:
    nodes = [node("a"), node("d", "delay", seconds=3600)]
    execution = start(account, workflow(account, definition(nodes, edges("a>d"))), {"t": "y" * 20_000})
    state = machine.drive(account, execution)
    parked = service.read(account, execution)
    made = calls_of()

    view = cancelling.cancel(account, execution).view
    assert made == ["Query", "UpdateItem"]
    assert view["status"] == "cancelled"
    assert view["input"] == {"t": "y" * 20_000}
    assert [entry["status"] for entry in view["logs"]] == ["completed", "cancelled"]
    assert view["logs"][1]["completed_at"] == view["completed_at"]
    assert view["usage"]["state_transitions"] >= 4
    assert service.get(account, execution).view == view

    told = {name: value for name, value in service.read(account, execution).items() if name != "event"}
    assert relay.relay([record("MODIFY", told, parked)]) == []
    assert machine.tokens == [parked["park_token"]]  # its machine learns of it
    assert machine.drive(account, execution, state)["next"] == "done"
    assert service.get(account, execution).view == view
    with pytest.raises(Conflict):
        cancelling.cancel(account, execution)


def test_a_run_at_work_is_asked_and_ends_after_its_node(machine: Machine, account: str) -> None:
    from flows.executions import store

    execution = start(account, workflow(account, definition([node("a")])), {})
    taken = store.acquire(account, execution, None)
    assert isinstance(taken, tuple)

    assert cancelling.cancel(account, execution).view["status"] == "running"
    state = {"account_id": account, "execution_id": execution, "prior": taken[1]}
    assert machine.drive(account, execution, state)["next"] == "done"
    assert service.get(account, execution).view["status"] == "cancelled"


def test_of_a_cancel_and_what_comes_at_the_same_moment_one_wins(
    machine: Machine, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.executions import store

    for meanwhile in ("answer", "walker", "end"):
        execution = start(account, workflow(account, definition([node("ask", "approval")])), {})
        state = machine.drive(account, execution)
        read = cancelling.read_whole(account, execution)
        if meanwhile == "answer":
            waking.answer(account, execution, (), "ask", "approval", {"decision": "approve"}, "one")
        elif meanwhile == "walker":
            taken = store.acquire(account, execution, state["prior"])
            assert isinstance(taken, tuple)
            state = {**state, "prior": taken[1]}
        else:
            cancelling.cancel(account, execution)
        with monkeypatch.context() as stale:
            stale.setattr(cancelling, "read_whole", lambda *_, read=read: read)
            if meanwhile == "end":
                with pytest.raises(Conflict):
                    cancelling.cancel(account, execution)
            else:
                cancelling.cancel(account, execution)
        machine.drive(account, execution, state)

        assert service.get(account, execution).view["status"] == "cancelled", meanwhile


def test_a_cancel_whose_answer_was_lost_is_done(machine: Machine, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    execution = start(account, workflow(account, definition([node("d", "delay", seconds=3600)])), {})
    machine.drive(account, execution)
    real = tables.update

    def lossy(*args: Any, **options: Any) -> Any:
        real(*args, **options)
        return real(*args, **options)  # boto3 repeats a call whose answer was lost

    monkeypatch.setattr(tables, "update", lossy)

    assert cancelling.cancel(account, execution).view["status"] == "cancelled"


def calls_of() -> list[str]:
    """Names of DynamoDB's operations from now on."""
    made: list[str] = []
    client("dynamodb").meta.events.register("before-call.dynamodb", lambda model, **_: made.append(model.name))
    return made


def test_a_run_with_a_large_input_is_read_in_two_calls(machine: Machine, account: str) -> None:
    execution = start(account, workflow(account, definition([node("a")])), {"t": "y" * 20_000})
    machine.drive(account, execution)
    made = calls_of()

    view = service.get(account, execution).view

    assert made == ["GetItem", "Query"]
    assert view["input"] == view["output"] == {"t": "y" * 20_000}


@pytest.mark.parametrize("size", [10, 20_000])
def test_a_retry_is_a_read_and_a_write(machine: Machine, account: str, size: int) -> None:
    settings = {"timeout_seconds": 60, "max_concurrency": 3, "concurrency_key": "{{ $string($length(t)) }}"}
    nodes = [node("b", "set", values={"x": "{{ $sum('no') }}"})]
    pinned = workflow(account, definition(nodes, settings=settings))
    failed = start(account, pinned, {"t": "y" * size})
    machine.drive(account, failed)
    made = calls_of()

    again = retrying.retry(account, failed).execution_id

    assert made == ["BatchGetItem", "TransactWriteItems"]
    old, new = service.read(account, failed), service.read(account, again)
    for name in ("slots", "slot_key", "version", "workflow_name", "trigger"):
        assert new[name] == old[name], name
    assert clock.parse_iso(new["deadline"]) - clock.parse_iso(new["started_at"]) == timedelta(seconds=60)
    assert service.get(account, again).view["input"] == {"t": "y" * size}
    workflows.delete(account, pinned.workflow_id)
    with pytest.raises(NotFound):
        retrying.retry(account, failed)


def test_a_run_that_has_not_started_is_cancelled_at_once(machine: Machine, account: str) -> None:
    execution = start(account, workflow(account, definition([node("a")])), {})

    assert cancelling.cancel(account, execution).view["status"] == "cancelled"
    assert machine.drive(account, execution)["next"] == "done"


def test_a_retry_takes_over_what_succeeded(machine: Machine, account: str) -> None:
    nodes = [node("a", "set", values={"at": "{{ $execution.id }}"}), node("b", "set", values={"x": "{{ $sum('no') }}"})]
    pinned = workflow(account, definition(nodes, edges("a>b")))
    failed = start(account, pinned, {})
    machine.drive(account, failed)
    assert service.get(account, failed).view["status"] == "failed"

    again = retrying.retry(account, failed).execution_id
    machine.drive(account, again)
    view = service.get(account, again).view

    assert view["retry_of"] == failed
    assert view["status"] == "failed"
    assert view["logs"][0]["output"] == {"at": failed}
    from_start = retrying.retry(account, failed, from_node="a").execution_id
    machine.drive(account, from_start)
    assert service.get(account, from_start).view["logs"][0]["output"] == {"at": from_start}


def test_a_sub_workflow_answers_its_parent(machine: Machine, account: str) -> None:
    child = workflow(account, definition([node("c", "set", values={"twice": "{{ n * 2 }}"})]))
    parent = workflow(account, definition([node("call", "execute_workflow", workflow_id=child.workflow_id)]))
    execution = start(account, parent, {"n": 4})
    state = machine.drive(account, execution)
    assert state["next"] == "park"
    (summary,) = service.listed(account, Window(limit=10), workflow_id=child.workflow_id).items
    machine.drive(account, summary["id"])
    machine.settle_children(account)
    machine.settle_children(account)
    machine.drive(account, execution, state)

    view = service.get(account, execution).view
    assert view["output"] == {"twice": 8}


def test_cancelling_a_run_ends_the_sub_workflow_that_it_waits_for(machine: Machine, account: str) -> None:
    child = workflow(account, definition([node("ask", "approval")]))
    parent = workflow(account, definition([node("call", "execute_workflow", workflow_id=child.workflow_id)]))
    execution = start(account, parent, {})
    state = machine.drive(account, execution)
    (summary,) = service.listed(account, Window(limit=10), workflow_id=child.workflow_id).items
    machine.drive(account, summary["id"])
    parked = service.read(account, execution)
    made = calls_of()

    assert cancelling.cancel(account, execution).view["status"] == "waiting"
    assert made == ["Query", "UpdateItem"]
    asked = service.read(account, execution)
    assert relay.relay([record("MODIFY", asked, parked)]) == []
    assert machine.tokens[-1] == parked["park_token"]  # its machine goes on
    for _ in range(2):  # at least once
        assert machine.drive(account, execution, state)["next"] == "done"

    assert [service.get(account, each).view["status"] for each in (execution, summary["id"])] == ["cancelled", "cancelled"]


def test_a_failed_run_starts_the_failure_workflow_once_and_never_recursively(machine: Machine, account: str) -> None:
    handler = workflow(account, definition([node("h", "set", values={"x": "{{ $sum('no') }}"})]))
    settings = {"on_failure_workflow_id": handler.workflow_id}
    broken = workflow(account, definition([node("b", "stop", outcome="failure", message="bad")], settings=settings))
    execution = start(account, broken, {})
    machine.drive(account, execution)
    machine.settle_children(account)
    machine.settle_children(account)

    (started,) = service.listed(account, Window(limit=10), workflow_id=handler.workflow_id).items
    machine.drive(account, started["id"])
    machine.settle_children(account)
    view = service.get(account, started["id"]).view
    assert view["input"]["execution"]["id"] == execution
    assert view["input"]["error"]["message"] == "bad"
    assert len(service.listed(account, Window(limit=10), workflow_id=handler.workflow_id).items) == 1


@pytest.mark.parametrize("published", [False, True])
def test_a_failure_workflow_begins_at_its_error_trigger(machine: Machine, account: str, published: bool) -> None:
    nodes = [
        node("on", "error"),
        node("e", "set", values={"m": "{{ error.message }}", "n": "{{ node }}"}),
        node("by_hand", "manual"),
    ]
    handler = workflow(account, definition(nodes, edges("on>e")), publish=published)
    settings = {"on_failure_workflow_id": handler.workflow_id}
    broken = workflow(account, definition([node("b", "stop", outcome="failure", message="bad")], settings=settings))
    machine.drive(account, start(account, broken, {}))
    machine.settle_children(account)

    started = service.listed(account, Window(limit=10), workflow_id=handler.workflow_id).items
    if published:
        assert not started  # the event of the failure starts it: tests/e2e/test_runs.py
        return
    machine.drive(account, started[0]["id"])
    view = service.get(account, started[0]["id"]).view
    assert view["output"] == {"m": "bad", "n": {"id": "b", "type": "stop"}}
    assert view["trigger"]["type"] == "error"


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


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("size", [1, 200_000], ids=["in the table", "in the bucket"])
def test_nodes_may_wrap_the_deepest_input_that_the_api_takes(machine: Machine, account: str, size: int) -> None:
    """In the body of a request stand 199 levels at most; nodes put what they get into objects of their own."""
    given = {"d": nested(197), "t": "x" * size}
    nodes = [
        node("a", "set", values={"x": "{{ $ }}"}),
        node("b", "set", values={"y": "{{ $ }}"}),
        node("ask", "delay", seconds=60),
    ]
    pinned = workflow(account, definition(nodes, edges("a>b", "b>ask")))
    execution = start(account, pinned, given)
    state = machine.drive(account, execution)

    assert service.get(account, execution).view["status"] == "waiting"  # read back by a turn of its own
    machine.drive(account, execution, state)
    assert [entry["status"] for entry in service.get(account, execution).view["logs"]] == ["completed", "completed", "waiting"]
    cancelling.cancel(account, execution)
    assert service.get(account, execution).view["logs"][1]["output"]["y"]["x"]["d"] == given["d"] if size == 1 else True


def test_what_is_nested_too_deeply_is_the_nodes_failure_and_can_be_read(machine: Machine, account: str) -> None:
    nodes = [node(f"n{step}", "set", values={"x": "{{ $ }}"}) for step in range(40)]
    chain = edges(*(f"n{step}>n{step + 1}" for step in range(39)))
    view = run(machine, account, definition(nodes, chain), nested(199))

    assert (view["status"], view["error"]["type"]) == ("failed", "InvalidOutput")
    assert "nested deeper than" in view["error"]["message"]
    assert to_json({"success": True, "data": view})


@pytest.mark.parametrize("outcome", ["success", "failure"])
def test_the_deepest_output_of_a_sub_workflow_reaches_its_caller(machine: Machine, account: str, outcome: str) -> None:
    child = workflow(account, definition([node("s", "stop", outcome=outcome, output={"x": "{{ $ }}"})]))
    call = node("x", "execute_workflow", workflow_id=child.workflow_id, on_error="continue")
    execution = start(account, workflow(account, definition([call])), nested(199))
    state = machine.drive(account, execution)
    (summary,) = service.listed(account, Window(limit=10), workflow_id=child.workflow_id).items
    machine.drive(account, summary["id"])
    machine.settle_children(account)
    machine.drive(account, execution, state)

    for each in (execution, summary["id"]):
        view = service.get(account, each).view
        assert view["status"] == ("failed" if each != execution and outcome == "failure" else "completed")
        assert to_json({"success": True, "data": view})


LOOP_BODY = {"nodes": [node("t", "set", values={"from": "t"}), node("d", "delay", seconds=60)], "edges": edges("t>d")}


@pytest.mark.parametrize("how", ["at once", "by the walker", "by another branch"])
def test_what_a_run_leaves_open_when_it_ends_is_told_whole(machine: Machine, account: str, how: str) -> None:
    nested = node(
        "outer", "foreach", items="[1, 2]", body={"nodes": [node("inner", "foreach", items="[7]", body=LOOP_BODY)], "edges": []}
    )
    nodes = [node("s", "set", values={"from": "s"}), node("ask", "approval", message="Well?"), nested]
    chain = edges("s>ask", "s>outer")
    if how == "by another branch":
        nodes += [node("soon", "delay", seconds=1), node("k", "stop", outcome="failure", message="m")]
        chain = [*chain, *edges("s>soon", "soon>k")]
    pinned = workflow(account, definition(nodes, chain))
    execution = start(account, pinned, {"from": "outside"})
    state = machine.drive(account, execution)
    before = {(entry["node_id"], str(entry["scope"])): entry for entry in service.get(account, execution).view["logs"]}

    time.sleep(1.1)
    if how == "at once":
        cancelling.cancel(account, execution)
    elif how == "by the walker":
        tables.update(
            "executions",
            f"{account}#{execution}",
            "RUN",
            "SET cancel_requested = :yes, answers = :one",
            {":yes": True, ":one": 1},
        )
    machine.drive(account, execution, state)

    logs = service.get(account, execution).view["logs"]
    told = {(entry["node_id"], str(entry["scope"])): entry for entry in logs}
    assert len(logs) == len(told)
    cancelled = [entry for entry in logs if entry["status"] == "cancelled"]
    assert sorted(entry["node_id"] for entry in cancelled) == ["ask", "d", "d", "inner", "inner", "outer"]
    for entry in cancelled:
        assert entry["duration_ms"] >= 1_000, entry
        assert entry["completed_at"] > entry["started_at"]
        assert entry["input"] == {"ask": {"from": "s"}, "outer": {"from": "s"}, "d": {"from": "t"}}.get(
            entry["node_id"], entry["scope"] and entry["scope"][-1][1] + 1
        )
    assert told["ask", "[]"]["output"] == before["ask", "[]"]["output"]
    # Loops stand before their items, by page and by page.
    assert [entry["node_id"] for entry in logs][:3] == ["s", "ask", "outer"]
    found, position = [], None
    while True:
        part = service.read_logs(account, execution, position, 2)
        found += part.entries
        position = part.next
        if position is None:
            break
    assert found == logs
