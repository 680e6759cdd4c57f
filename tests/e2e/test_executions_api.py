"""Runs over HTTP, as a customer starts, watches and steers them."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from tests.stack import Answer, Api, RunningStack

NODES = [
    {"id": "shape", "type": "set", "parameters": {"values": {"total": "{{ price * 1.5 }}"}}},
    {"id": "check", "type": "if", "parameters": {"condition": "total > 10"}},
    {"id": "many", "type": "noop"},
    {"id": "few", "type": "noop"},
]
EDGES = [
    {"source": "shape", "target": "check"},
    {"source": "check", "target": "many", "source_port": "true"},
    {"source": "check", "target": "few", "source_port": "false"},
]
WAIT = {"Prefer": "wait=20"}
PAUSE = {"nodes": [{"id": "pause", "type": "delay", "parameters": {"seconds": 3600}}]}
FAILING = [
    {"id": "first", "type": "set", "parameters": {"values": {"n": 1}}},
    {"id": "boom", "type": "stop", "parameters": {"outcome": "failure", "message": "no luck"}},
]


def make(api: Api, **fields: Any) -> str:
    made = api.post("/workflows", {"name": "Made", **fields})
    assert made.status == 201, made.text
    return str(made.data["id"])


def run(api: Api, workflow_id: str, input: Any = None, **body: Any) -> Any:
    """The finished execution."""
    answer = api.post(f"/workflows/{workflow_id}/execute", {"input": input, **body}, headers=WAIT)
    assert answer.status == 200, answer.text
    return answer.data


def until(api: Api, execution_id: str, *statuses: str) -> Any:
    for _ in range(200):
        found = api.get(f"/executions/{execution_id}").data
        if found["status"] in statuses:
            return found
        time.sleep(0.1)
    raise AssertionError(f"still {found['status']}")


def test_the_samples_of_the_reference(api: Api) -> None:
    workflow = make(api, nodes=NODES, edges=EDGES)

    started = api.post(f"/workflows/{workflow}/execute", {"input": {"email": "user@example.com", "price": 10}})
    assert started.status == 202
    assert set(started.data) == {"execution_id", "status", "started_at"}
    assert started.data["status"] in ("pending", "running")

    done = until(api, started.data["execution_id"], "completed")
    assert (done["id"], done["workflow_id"], done["version"]) == (started.data["execution_id"], workflow, 1)
    assert done["started_at"] == started.data["started_at"] <= done["completed_at"]
    assert done["output"] == {"total": 15}
    assert done["input"] == {"email": "user@example.com", "price": 10}
    assert done["trigger"]["type"] == "api"
    assert done["error"] is None
    assert [(entry["node_id"], entry["status"]) for entry in done["logs"]] == [
        ("shape", "completed"),
        ("check", "completed"),
        ("many", "completed"),
        ("few", "skipped"),
    ]


def test_waiting_for_the_end_answers_with_the_finished_execution(api: Api) -> None:
    workflow = make(api, nodes=NODES, edges=EDGES)

    done = api.post(f"/workflows/{workflow}/execute", {"input": {"price": 2}}, headers=WAIT)

    assert (done.status, done.headers["Preference-Applied"]) == (200, "wait=20")
    assert (done.data["status"], done.data["output"]) == ("completed", {"total": 3})
    assert done.data == api.get(f"/executions/{done.data['id']}").data


def test_what_does_not_end_in_time_is_answered_as_started(api: Api) -> None:
    workflow = make(api, **PAUSE)

    answer = api.post(f"/workflows/{workflow}/execute", headers={"Prefer": "wait=1"})

    assert (answer.status, answer.headers["Preference-Applied"]) == (202, "wait=1")
    assert set(answer.data) == {"execution_id", "status", "started_at"}
    cancelled = api.post(f"/executions/{answer.data['execution_id']}/cancel")
    assert cancelled.status == 200
    assert until(api, answer.data["execution_id"], "cancelled")["error"] is None
    assert api.post(f"/executions/{answer.data['execution_id']}/cancel").status == 409


def test_which_version_runs(api: Api) -> None:
    workflow = make(api, nodes=[{"id": "a", "type": "set", "parameters": {"values": {"v": 1}}}])
    path = f"/workflows/{workflow}"
    assert api.post(f"{path}/execute", {"version": "published"}).status == 409
    api.patch(path, {"status": "published"})
    api.patch(path, {"nodes": [{"id": "a", "type": "set", "parameters": {"values": {"v": 2}}}]})

    assert run(api, workflow)["output"] == {"v": 1}
    assert run(api, workflow, version="draft")["output"] == {"v": 2}
    assert run(api, workflow, version=1)["output"] == {"v": 1}
    assert run(api, workflow, version="published")["version"] == 1
    for nonsense in (0, 3, "newest", 1.5, True):
        assert api.post(f"{path}/execute", {"version": nonsense}).status == 400


def test_an_input_that_does_not_fit_the_schema_is_told_with_its_paths(api: Api) -> None:
    schema = {
        "type": "object",
        "required": ["email"],
        "properties": {"email": {"type": "string"}, "lines": {"type": "array", "items": {"type": "integer"}}},
    }
    workflow = make(api, input_schema=schema)

    refused = api.post(f"/workflows/{workflow}/execute", {"input": {"lines": [1, "two"]}})

    assert (refused.status, refused.error["code"]) == (400, "VALIDATION_ERROR")
    assert {problem["path"] for problem in refused.error["details"]} == {"input.email", "input.lines[1]"}
    assert run(api, workflow, {"email": "a@b.c"})["output"] == {"email": "a@b.c"}


def test_a_repeated_execute_with_its_key_runs_once(api: Api) -> None:
    workflow = make(api, nodes=NODES, edges=EDGES)
    answers: list[Answer] = []

    def execute() -> None:
        answers.append(api.post(f"/workflows/{workflow}/execute", {"input": {"price": 1}}, headers={"Idempotency-Key": "once"}))

    threads = [threading.Thread(target=execute) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status for answer in answers} == {202}
    assert len({answer.data["execution_id"] for answer in answers}) == 1
    assert api.get(f"/workflows/{workflow}/executions").body["meta"]["total"] == 1
    other = api.post(f"/workflows/{workflow}/execute", {"input": {"price": 2}}, headers={"Idempotency-Key": "once"})
    assert (other.status, other.error["code"]) == (409, "CONFLICT")


def test_lists_by_status_time_page_and_cursor(api: Api) -> None:
    workflow, other = make(api, nodes=NODES, edges=EDGES), make(api)
    good = [run(api, workflow, {"price": price})["id"] for price in (1, 2)]
    bad = run(api, workflow, {"price": "free"})
    run(api, other)
    path = f"/workflows/{workflow}/executions"

    everything = api.get(path)
    assert [item["id"] for item in everything.data] == [bad["id"], *good[::-1]]
    assert everything.body["meta"]["total"] == 3
    assert not {"input", "output", "logs"} & set(everything.data[0])
    assert [item["id"] for item in api.get(path, params={"status": "failed"}).data] == [bad["id"]]
    assert [item["id"] for item in api.get(path, params={"to": bad["started_at"]}).data] == good[::-1]
    assert [item["id"] for item in api.get(path, params={"from": bad["started_at"]}).data] == [bad["id"]]
    for lists in (path, "/executions"):
        for since, until in ((bad["started_at"], bad["started_at"]), (bad["started_at"], "2020-01-01")):
            empty = api.get(lists, params={"from": since, "to": until})
            assert (empty.status, empty.data) == (200, []), "a range that is empty, or ends before it begins, holds nothing"
    second = api.get(path, params={"page": 2, "limit": 2})
    assert ([item["id"] for item in second.data], second.body["meta"]) == (good[:1], {"page": 2, "limit": 2, "total": 3})
    assert api.get(path, params={"page": 11, "limit": 100}).status == 400

    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = api.get("/executions", params={"limit": 2, "workflow_id": workflow} | ({"cursor": cursor} if cursor else {}))
        seen += [item["id"] for item in page.data]
        assert set(page.body["meta"]) == {"limit", "next_cursor", "has_more"}
        cursor = page.body["meta"]["next_cursor"]
        if not page.body["meta"]["has_more"]:
            break
    assert seen == [bad["id"], *good[::-1]]
    assert len(api.get("/executions").data) == 4


@pytest.mark.parametrize("query", ["status=done", "from=yesterday", "to=2024-13-01", "limit=0", "cursor=abc", "colour=red"])
def test_a_bad_parameter_is_named(api: Api, query: str) -> None:
    for path in ("/executions", f"/workflows/{make(api)}/executions"):
        refused = api.get(f"{path}?{query}")
        assert (refused.status, refused.error["details"][0]["path"]) == (400, f"query.{query.split('=', maxsplit=1)[0]}")


def test_logs_are_paged_to_their_end(api: Api) -> None:
    nodes = [{"id": f"n{number}", "type": "noop"} for number in range(7)]
    edges = [{"source": f"n{number}", "target": f"n{number + 1}"} for number in range(6)]
    done = run(api, make(api, nodes=nodes, edges=edges), {"a": 1})

    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = api.get(f"/executions/{done['id']}/logs", params={"limit": 3} | ({"cursor": cursor} if cursor else {}))
        seen += [entry["node_id"] for entry in page.data]
        cursor = page.body["meta"]["next_cursor"]
        if not cursor:
            break

    assert seen == [f"n{number}" for number in range(7)] == [entry["node_id"] for entry in done["logs"]]


def test_a_retry_takes_over_what_succeeded(api: Api) -> None:
    workflow = make(api, nodes=FAILING, edges=[{"source": "first", "target": "boom"}])
    failed = run(api, workflow)
    assert (failed["status"], failed["error"]["node_id"]) == ("failed", "boom")
    api.patch(f"/workflows/{workflow}", {"nodes": [FAILING[0], {"id": "boom", "type": "noop"}]})

    again = api.post(f"/executions/{failed['id']}/retry", {"version": "draft"}, headers=WAIT)
    same = api.post(f"/executions/{failed['id']}/retry")

    assert (again.status, again.data["status"], again.data["output"]) == (200, "completed", {"n": 1})
    assert again.data["retry_of"] == failed["id"]
    assert again.data["version"] == 2
    assert same.status == 202
    assert until(api, same.data["execution_id"], "failed")["version"] == 1
    assert api.post(f"/executions/{again.data['id']}/retry").status == 409
    assert api.post(f"/executions/{again.data['id']}/retry", {"from_node": "nowhere"}).status == 400


def test_a_run_under_way_outlives_its_workflow(api: Api) -> None:
    workflow = make(api, nodes=[{"id": "pause", "type": "delay", "parameters": {"seconds": 2}}])
    started = api.post(f"/workflows/{workflow}/execute", {"input": {"kept": True}}).data

    assert api.delete(f"/workflows/{workflow}").status == 200

    assert until(api, started["execution_id"], "completed", "failed")["output"] == {"kept": True}
    assert api.post(f"/workflows/{workflow}/execute").status == 404
    assert api.get("/executions", params={"workflow_id": workflow}).data[0]["id"] == started["execution_id"]


def test_a_second_account_finds_nothing_of_the_first(stack: RunningStack, api: Api) -> None:
    workflow = make(api, nodes=NODES, edges=EDGES)
    execution = run(api, workflow, {"price": 1})["id"]
    stranger = stack.api(stack.make_account("unlimited")[1])

    answers = [
        stranger.post(f"/workflows/{workflow}/execute", {"input": {}}),
        stranger.get(f"/workflows/{workflow}/executions"),
        stranger.get(f"/executions/{execution}"),
        stranger.get(f"/executions/{execution}/logs"),
        stranger.post(f"/executions/{execution}/cancel"),
        stranger.post(f"/executions/{execution}/retry"),
    ]

    assert [answer.status for answer in answers] == [404] * 6
    assert stranger.get("/executions", params={"workflow_id": workflow}).data == []
