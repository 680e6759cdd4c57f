"""Runs that come of others: retries, sub-workflows, failure workflows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flows.aws import clock
from flows.errors import NotFound
from flows.executions import retrying, service
from flows.paging import Window
from flows.workflows import service as workflows

from tests.unit.engine.runs import definition, edges, node
from tests.unit.executions.machine import Machine, calls_of, start, workflow


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
