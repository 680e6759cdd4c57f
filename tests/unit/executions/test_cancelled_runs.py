"""Cancelling runs: who ends them, what is told of them, and what they wait for."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flows import relay
from flows.aws import tables
from flows.errors import Conflict
from flows.executions import cancelling, service, waking
from flows.paging import Window

from tests.unit.engine.runs import definition, edges, node
from tests.unit.executions.machine import Machine, calls_of, start, workflow
from tests.unit.executions.test_what_was_lost import record

LOOP_BODY = {"nodes": [node("t", "set", values={"from": "t"}), node("d", "delay", seconds=60)], "edges": edges("t>d")}


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


def test_a_run_that_has_not_started_is_cancelled_at_once(machine: Machine, account: str) -> None:
    execution = start(account, workflow(account, definition([node("a")])), {})

    assert cancelling.cancel(account, execution).view["status"] == "cancelled"
    assert machine.drive(account, execution)["next"] == "done"


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
