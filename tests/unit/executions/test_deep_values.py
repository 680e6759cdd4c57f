"""Values that are nested deeply, through nodes, sub-workflows, tables and answers."""

from __future__ import annotations

from typing import Any

import pytest
from flows.executions import cancelling, service
from flows.paging import Window
from pydantic_core import to_json

from tests.unit.engine.runs import definition, edges, node
from tests.unit.executions.machine import Machine, run, start, workflow


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
