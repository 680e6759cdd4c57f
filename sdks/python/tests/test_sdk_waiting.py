"""Following runs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Use
from sdk_server import Asked, Reply, Server, ok

from yourapp import ExecutionCancelledError, ExecutionFailedError, ExecutionTimeoutError, YourAppError

NOW = "2024-01-15T10:00:00Z"
STARTED = ok({"execution_id": "exec_1", "status": "running", "started_at": NOW}, status=202)


def run(status: str = "completed", **more: Any) -> dict[str, Any]:
    return {
        "id": "exec_1",
        "workflow_id": "wf_1",
        "version": 1,
        "status": status,
        "trigger": {"type": "api"},
        "started_at": NOW,
        "completed_at": None,
        "error": None,
        "usage": None,
        "input": {},
        "output": None,
        "logs": [],
        **more,
    }


def entry(node: str, status: str = "completed") -> dict[str, Any]:
    return {"node_id": node, "type": "noop", "status": status, "attempt": 1, "started_at": NOW, "error": None, "scope": []}


def test_the_api_waits_itself_where_it_can(use: Use, server: Server) -> None:
    server.will(ok(run(output={"x": 1})))

    execution = use(lambda client: client.workflows.execute("wf_1", input={}, wait=True, timeout=5))

    assert execution.output == {"x": 1}
    assert server.asked[0].headers["Prefer"] == "wait=5"
    assert len(server.asked) == 1


def test_a_longer_run_is_followed(use: Use, server: Server) -> None:
    server.will(STARTED, ok(run("running")), ok(run(output=7)))

    execution = use(lambda client: client.workflows.execute("wf_1", input={}, wait=True))

    assert execution.output == 7
    assert [asked.path for asked in server.asked[1:]] == ["/v1/executions/exec_1"] * 2


def test_a_failed_run_raises_with_the_nodes_message_and_a_link_to_the_logs(use: Use, server: Server) -> None:
    failure = {"node_id": "notify", "type": "HttpError", "message": "The host answered 503.", "details": None}
    server.will(ok(run("failed", error=failure)))

    with pytest.raises(ExecutionFailedError) as caught:
        use(lambda client: client.workflows.execute("wf_1", input={}, wait=True))

    problem = caught.value
    assert isinstance(problem, YourAppError)
    assert (problem.node_id, problem.node_message, problem.error_type) == ("notify", "The host answered 503.", "HttpError")
    assert problem.logs_url == f"{server.url}/executions/exec_1/logs"
    assert "at node 'notify': The host answered 503." in str(problem)
    assert problem.logs_url in str(problem)
    assert problem.execution.status == "failed"


def test_a_cancelled_run_raises(use: Use, server: Server) -> None:
    server.will(STARTED, ok(run("cancelled")))
    with pytest.raises(ExecutionCancelledError):
        use(lambda client: client.workflows.execute("wf_1", input={}, wait=True))


def test_waiting_ends_in_time_and_the_run_goes_on(use: Use, server: Server) -> None:
    server.will(ok(run("waiting")))

    with pytest.raises(ExecutionTimeoutError) as caught:
        use(lambda client: client.executions.wait("exec_1", timeout=0.2))

    assert (caught.value.execution_id, caught.value.status) == ("exec_1", "waiting")


def test_a_failed_run_can_be_looked_at_instead(use: Use, server: Server) -> None:
    server.will(ok(run("failed")))
    assert use(lambda client: client.executions.wait("exec_1", raise_on_failure=False)).status == "failed"


def test_a_retry_is_followed_too(use: Use, server: Server) -> None:
    server.will(STARTED, ok(run()))

    execution = use(lambda client: client.executions.retry("exec_0", from_node="a", wait=True))

    assert execution.id == "exec_1"
    assert server.asked[0].json == {"from_node": "a"}


def test_logs_come_as_they_are_made_and_each_once(use: Use, server: Server) -> None:
    looks = iter(
        [
            ("running", [entry("a"), entry("b", "waiting")]),
            ("running", [entry("a"), entry("b", "waiting")]),
            ("completed", [entry("a"), entry("b"), entry("c")]),
        ]
    )
    logs: list[dict[str, Any]] = []

    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/logs"):
            return ok(logs, limit=100, has_more=False)
        status, logs[:] = next(looks)
        return ok(run(status))

    server.answer = answer

    found = use(lambda client: client.executions.stream_logs("exec_1"))

    assert [(item.node_id, item.status) for item in found] == [
        ("a", "completed"),
        ("b", "waiting"),
        ("b", "completed"),
        ("c", "completed"),
    ]


def test_a_page_of_logs_that_is_complete_is_not_read_again(use: Use, server: Server) -> None:
    states = iter(["running", "completed"])

    def answer(asked: Asked) -> Reply:
        if not asked.path.endswith("/logs"):
            return ok(run(next(states)))
        if "cursor" in asked.query:
            return ok([entry("b")], limit=1, has_more=False)
        return ok([entry("a")], limit=1, next_cursor="c1", has_more=True)

    server.answer = answer

    found = use(lambda client: client.executions.stream_logs("exec_1"))

    assert [item.node_id for item in found] == ["a", "b"]
    assert [asked.query.get("cursor") for asked in server.asked if asked.path.endswith("/logs")] == [None, "c1", "c1"]


def test_a_large_output_is_fetched_from_where_it_is(use: Use, server: Server) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/big":
            return Reply(200, json.dumps(["x"] * 3).encode())
        return ok(run(output={"$ref": f"{server.url.removesuffix('/v1')}/big", "size": 15}))

    server.answer = answer

    assert use(lambda client: client.executions.output("exec_1")) == ["x", "x", "x"]
    assert "Authorization" not in server.asked[-1].headers
