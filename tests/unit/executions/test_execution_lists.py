"""Lists of runs by status: one call, however many others there are."""

from __future__ import annotations

import pytest
from flows.errors import ValidationFailed
from flows.executions import cancelling, service
from flows.paging import Window

from tests.unit.engine.runs import definition, node
from tests.unit.executions.machine import Machine, calls_of, start, workflow


def test_a_run_is_found_by_the_status_that_it_has_now(machine: Machine, account: str) -> None:
    waits = workflow(account, definition([node("ask", "approval")]))
    ends, fails = (
        workflow(account, definition([node("a")])),
        workflow(account, definition([node("s", "stop", outcome="failure")])),
    )
    waiting, cancelled, completed, failed, pending = (start(account, each) for each in (waits, waits, ends, fails, ends))
    for execution in (waiting, cancelled, completed, failed):
        machine.drive(account, execution)
    cancelling.cancel(account, cancelled)

    found = {
        status: [item["id"] for item in service.listed(account, Window(), status=status).items]
        for status in ("pending", "running", "waiting", "completed", "failed", "cancelled")
    }
    assert found == {
        "pending": [pending],
        "running": [],
        "waiting": [waiting],
        "completed": [completed],
        "failed": [failed],
        "cancelled": [cancelled],
    }
    of_workflow = {
        status: [item["id"] for item in service.listed(account, Window(), workflow_id=ends.workflow_id, status=status).items]
        for status in ("pending", "completed", "failed")
    }
    assert of_workflow == {"pending": [pending], "completed": [completed], "failed": []}


def test_a_rare_status_is_one_call_and_its_pages_go_on(machine: Machine, account: str) -> None:
    ends, waits = workflow(account, definition([node("a")])), workflow(account, definition([node("ask", "approval")]))
    rare = [start(account, waits) for _ in range(3)]
    for execution in [*rare, *(start(account, ends) for _ in range(30))]:
        machine.drive(account, execution)
    made = calls_of()

    first = service.listed(account, Window(2), status="waiting")
    assert made == ["Query"]
    assert [item["id"] for item in first.items] == rare[:0:-1]
    rest = service.listed(account, Window(2, after=first.next_key), status="waiting")
    assert [item["id"] for item in rest.items] == rare[:1]
    assert rest.next_key is None
    with pytest.raises(ValidationFailed):
        service.listed(account, Window(2, after={"pk": "x", "sk": "y", "lsk": "z", "lpk": account}), status="waiting")
    total = service.listed(account, Window(2, 1), workflow_id=waits.workflow_id, status="waiting", with_total=True)
    assert total.total == 3
