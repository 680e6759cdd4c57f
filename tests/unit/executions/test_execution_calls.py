"""docs/data-model.md tells the AWS calls of each route of executions: they are counted here, and with the rate limit's they are three at most."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flows.aws import clock
from flows.executions import store
from flows.workflows import pinning

from functions.executions.handler import handler
from tests.unit.engine.runs import definition, node
from tests.unit.executions.machine import Machine, calls_of, start, workflow

DOCUMENT = Path(__file__).parents[3] / "docs" / "data-model.md"
ROW = re.compile(
    r"^\| `((?:GET|POST) /(?:executions|workflows/\{id\}/execut)[^`]*)`( with `version`)? \| ([A-Za-z, ]+) \|$", re.MULTILINE
)
ROWS = {route + more: calls.split(", ") for route, more, calls in ROW.findall(DOCUMENT.read_text())}
FOUR = {"POST /executions/{id}/retry with `version`": "the workflow is known from the run only"}


def ask(account: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    event = {
        "httpMethod": method,
        "path": path,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body) if body is not None else None,
        "requestContext": {
            "requestId": "r",
            "authorizer": {"account_id": account, "key_id": "key_1", "plan": "unlimited", "scopes": "*"},
        },
    }
    answer: dict[str, Any] = handler(event)
    return answer


def test_the_document_has_the_routes() -> None:
    assert len(ROWS) == 8


@pytest.mark.parametrize("route", ROWS)
def test_a_route_makes_the_calls_that_the_document_tells(machine: Machine, account: str, route: str) -> None:
    pinned = workflow(account, definition([node("d", "delay", seconds=3600)]))
    execution = start(account, pinned, {})
    machine.drive(account, execution)
    if "retry" in route:
        assert ask(account, "POST", f"/executions/{execution}/cancel")["statusCode"] == 200
    pinning.load.cache_clear()
    method, path = route.split(" ")[:2]
    path = path.replace("{id}", execution if path.startswith("/executions") else pinned.workflow_id)
    body = None if method == "GET" else {"version": "draft"} if "version" in route else {}
    made = calls_of()

    answer = ask(account, method, path, body if "retry" in route or "execute" in route else None)

    assert answer["statusCode"] < 300, answer["body"]
    assert made == ROWS[route]
    assert len(made) + 1 <= (4 if route in FOUR else 3)  # the rate limit's write, which the plan of these tests does without


def test_a_run_that_does_nothing_outside_takes_three_calls(machine: Machine, account: str) -> None:
    """Its lease, its one page, its end: a first turn looks for no page, for nobody can have written one."""
    pinned = workflow(account, definition([node("a", "set", values={"n": "{{ n + 1 }}"})]))
    machine.drive(account, start(account, pinned, {"n": 1}))  # the version is kept in the process from now on
    execution = start(account, pinned, {"n": 1})
    made = calls_of()

    assert machine.drive(account, execution)["next"] == "done"

    assert made == ["UpdateItem", "PutItem", "UpdateItem"]


def test_a_turn_after_one_that_died_looks_for_its_page(machine: Machine, account: str) -> None:
    pinned = workflow(account, definition([node("a", "set", values={"n": "{{ n + 1 }}"})]))
    execution = start(account, pinned, {"n": 1})
    assert isinstance(store.acquire(account, execution, None), tuple)  # and dies with the lease
    later = datetime.now(UTC) + timedelta(seconds=store.LEASE_SECONDS + 1)
    clock.set_now(lambda: later)
    made = calls_of()

    assert machine.drive(account, execution)["next"] == "done"

    assert "Query" in made
