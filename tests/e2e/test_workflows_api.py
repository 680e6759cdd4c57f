"""Workflows over HTTP, as a customer uses them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.stack import Api, RunningStack

NODES = [
    {"id": "start", "type": "manual"},
    {"id": "shape", "type": "set", "parameters": {"values": {"total": "{{ price * 1.5 }}", "who": "{{ $input.name }}"}}},
    {"id": "check", "type": "if", "parameters": {"condition": "total > 10"}},
    {"id": "many", "type": "noop"},
]
EDGES: list[dict[str, Any]] = [
    {"source": "start", "target": "shape"},
    {"source": "shape", "target": "check"},
    {"source": "check", "target": "many", "source_port": "true"},
]


def make(api: Api, **fields: Any) -> dict[str, Any]:
    made = api.post("/workflows", {"name": "Made", **fields})
    assert made.status == 201, made.text
    data: dict[str, Any] = made.data
    return data


def test_the_samples_of_the_reference(api: Api) -> None:
    made = api.post("/workflows", {"name": "New Workflow", "description": "Workflow description", "nodes": [], "edges": []})
    path = f"/workflows/{made.data['id']}"
    updated = api.patch(path, {"name": "Updated Name", "status": "published"})
    listed = api.get("/workflows", params={"page": 1, "limit": 20, "status": "published", "search": "updated"})

    assert (made.status, made.body["success"], made.data["status"]) == (201, True, "draft")
    assert (updated.status, updated.data["name"], updated.data["status"]) == (200, "Updated Name", "published")
    assert [item["id"] for item in listed.data] == [made.data["id"]]
    assert listed.body["meta"]["total"] == 1
    assert {"id", "name", "description", "status", "nodes", "edges", "variables", "created_at"} <= set(api.get(path).data)
    assert api.delete(path).data == {"id": made.data["id"], "deleted": True}
    assert api.delete(path).status == 404


def test_the_life_of_a_workflow(api: Api) -> None:
    made = make(api, nodes=NODES, edges=EDGES, variables={"rate": 1.25})
    path = f"/workflows/{made['id']}"

    assert (made["nodes"], made["edges"], made["variables"]) == (NODES, EDGES, {"rate": 1.25})
    assert api.patch(path, {"status": "published"}).data["published_version"] == 1
    changed = api.patch(path, {"nodes": NODES[:1], "edges": []}, headers={"If-Match": '"1"'}).data
    assert (changed["version"], changed["published_version"], changed["has_unpublished_changes"]) == (2, 1, True)
    assert api.patch(path, {"nodes": []}, headers={"If-Match": "1"}).status == 409
    assert [version["version"] for version in api.get(f"{path}/versions").data] == [2, 1]
    assert api.get(f"{path}/versions/1").data["nodes"] == NODES
    restored = api.post(f"{path}/versions/1/restore")
    assert (restored.status, restored.data["version"], restored.data["nodes"]) == (200, 3, NODES)
    copy = api.post(f"{path}/duplicate")
    assert (copy.status, copy.data["name"], copy.data["status"], copy.data["nodes"]) == (201, "Made (copy)", "draft", NODES)
    assert api.patch(path, {"status": "draft"}).data["published_version"] is None


def test_all_problems_of_a_definition_at_once(api: Api) -> None:
    wrong = {
        "name": "",
        "nodes": [
            *NODES,
            {"id": "shape", "type": "shape", "parameters": {"x": "{{ 1 + }}"}},
            {"id": "s", "type": "set", "parameters": 3},
        ],
        "edges": [{"source": "start", "target": "nowhere"}, {"source": "check", "target": "many", "source_port": "perhaps"}],
        "settings": {"timeout_seconds": 10**9},
    }

    refused = api.post("/workflows", wrong)
    told = api.post("/workflows/validate", wrong)

    paths = {problem["path"] for problem in refused.error["details"]}
    assert (refused.status, refused.error["code"]) == (400, "VALIDATION_ERROR")
    assert paths == {
        "name",
        "nodes[4].id",
        "nodes[4].type",
        "nodes[5].parameters",
        "edges[0].target",
        "edges[1].source_port",
        "settings.timeout_seconds",
    }
    assert (told.status, told.data["valid"]) == (200, False)
    assert {problem["path"] for problem in told.data["problems"]} == paths


def test_pages_and_cursors_see_every_workflow_once(api: Api) -> None:
    made = [make(api, name=f"Number {number}")["id"] for number in range(5)]

    seen = []
    cursor: str | None = None
    while True:
        page = api.get("/workflows", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        seen += [item["id"] for item in page.data]
        cursor = page.body["meta"]["next_cursor"]
        if not page.body["meta"]["has_more"]:
            break

    assert seen == made[::-1]
    assert api.get("/workflows", params={"limit": 2, "page": 3}).body["meta"] == {"page": 3, "limit": 2, "total": 5}


def test_many_writers_at_once_lose_no_change(api: Api) -> None:
    path = f"/workflows/{make(api)['id']}"
    answers: list[int] = []

    def write(number: int) -> None:
        answers.append(api.patch(path, {"variables": {f"v{number}": number}}).status)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    written = answers.count(200)
    assert set(answers) <= {200, 409}
    assert written >= 1
    assert api.get(path).data["version"] == 1 + written


def test_a_second_account_finds_nothing_of_the_first(stack: RunningStack, api: Api) -> None:
    path = f"/workflows/{make(api)['id']}"
    stranger = stack.api(stack.make_account("unlimited")[1])

    answers = [
        stranger.get(path),
        stranger.patch(path, {"name": "mine"}),
        stranger.delete(path),
        stranger.post(f"{path}/duplicate"),
        stranger.get(f"{path}/versions"),
        stranger.get(f"{path}/versions/1"),
        stranger.post(f"{path}/versions/1/restore"),
        stranger.post("/workflows", {"name": "x", "settings": {"on_failure_workflow_id": path.rpartition("/")[2]}}),
    ]

    assert [answer.status for answer in answers] == [404] * 7 + [400]
    assert api.get(path).data["name"] == "Made"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"name": "a", "name": "b"}',
        b'{"name": NaN}',
        b'{"name": 1e999}',
        b'{"name": "\\ud800"}',
        b"[" * 1000,
        b"null",
        b"\x00",
    ],
)
def test_what_is_no_json_is_refused_in_the_envelope(api: Api, body: bytes) -> None:
    answer = api("POST", "/workflows", data=body, headers={"Content-Type": "application/json"})

    assert (answer.status, answer.error["code"]) == (400, "VALIDATION_ERROR")


def test_a_definition_of_nearly_300_kb_goes_in_and_comes_out(api: Api) -> None:
    text = "ü" * 145_000

    made = make(api, variables={"text": text})

    assert api.get(f"/workflows/{made['id']}").data["variables"] == {"text": text}
    assert api.post("/workflows", {"name": "x", "variables": {"text": text + "x" * 20_000}}).status == 400
