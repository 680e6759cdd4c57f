"""Workflows over the API: what is answered, stored and refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flows.aws.settings import settings
from flows.workflows import service

from .conftest import Client, stored

SET = {"id": "a", "type": "set", "parameters": {"values": {"x": 1.5}}}
NOOP = {"id": "b", "type": "noop"}


def test_the_sample_of_the_reference_makes_a_draft(api: Client) -> None:
    made = api.post("/workflows", {"name": "New Workflow", "description": "Workflow description", "nodes": [], "edges": []})

    assert made.status == 201
    assert made.headers["ETag"] == '"1"'
    created_at = made.data["created_at"]
    assert made.data == {
        "id": made.data["id"],
        "name": "New Workflow",
        "description": "Workflow description",
        "status": "draft",
        "version": 1,
        "published_version": None,
        "has_unpublished_changes": False,
        "nodes": [],
        "edges": [],
        "variables": {},
        "settings": {},
        "input_schema": None,
        "created_at": created_at,
        "updated_at": created_at,
    }
    assert api.get(f"/workflows/{made.data['id']}").data == made.data


def test_a_definition_comes_back_as_it_was_written(api: Client) -> None:
    parts = {
        "nodes": [{**SET, "position": {"x": 10.25, "y": -3}, "notes": "é\u2028"}, NOOP],
        "edges": [{"source": "a", "target": "b"}],
        "variables": {"big": 2**70, "pi": 3.14159, "none": None, "deep": [{"a": [1.0, 1]}]},
        "settings": {"stepping": "segment", "timeout_seconds": 60},
        "input_schema": {"type": "object", "required": ["email"]},
    }

    made = api.make(**parts)

    assert {name: made[name] for name in parts} == parts
    assert {name: api.get(f"/workflows/{made['id']}").data[name] for name in parts} == parts


def test_every_problem_of_a_body_is_told_at_once(api: Client) -> None:
    reply = api.post(
        "/workflows",
        {
            "name": "",
            "status": "published",
            "nodes": [{"id": "a"}, {"id": "b", "type": "nope"}],
            "edges": [{"source": "a", "target": "z"}],
        },
    )

    assert reply.status == 400
    assert reply.paths == {"name", "status", "nodes[0].type", "nodes[1].type", "edges[0].target"}


@pytest.mark.parametrize(
    "body", [{}, {"name": None}, {"name": 5}, {"name": "   "}, {"name": "x" * 201}, {"name": "a\nb"}, {"name": "a\0"}]
)
def test_a_name_is_one_line_of_1_to_200_characters(api: Client, body: dict[str, Any]) -> None:
    assert api.post("/workflows", body).paths == {"name"}


@pytest.mark.parametrize("field", ["account_id", "id", "version", "plan", "secret", "published_version"])
def test_fields_that_are_not_the_callers_are_refused(api: Client, field: str) -> None:
    made = api.make()

    assert api.post("/workflows", {"name": "x", field: "y"}).paths == {field}
    assert api.patch(f"/workflows/{made['id']}", {field: "y"}).paths == {field}


def test_any_subset_can_be_changed(api: Client) -> None:
    made = api.make(nodes=[SET], description="before")
    path = f"/workflows/{made['id']}"

    renamed = api.patch(path, {"name": "Renamed"}).data
    emptied = api.patch(path, {"description": None}).data
    grown = api.patch(path, {"nodes": [SET, NOOP]}).data
    wired = api.patch(path, {"edges": [{"source": "a", "target": "b"}]}).data

    assert (renamed["name"], renamed["version"]) == ("Renamed", 1)
    assert (emptied["description"], emptied["version"]) == ("", 1)
    assert grown["version"] == 2
    assert wired["version"] == 3
    assert wired["nodes"] == [SET, NOOP]
    assert api.patch(path, {}).data == wired
    assert api.patch(path, {"nodes": [SET, NOOP]}).data["version"] == 3


def test_a_changed_part_is_checked_with_the_rest(api: Client) -> None:
    made = api.make(nodes=[SET, NOOP], edges=[{"source": "a", "target": "b"}])

    assert api.patch(f"/workflows/{made['id']}", {"nodes": [SET]}).paths == {"edges[0].target"}
    assert api.get(f"/workflows/{made['id']}").data["version"] == 1


def test_if_match_refuses_a_change_of_what_moved_on(api: Client) -> None:
    made = api.make()
    path = f"/workflows/{made['id']}"

    assert api.patch(path, {"nodes": [SET]}, headers={"If-Match": '"1"'}).status == 200
    late = api.patch(path, {"nodes": [NOOP]}, headers={"If-Match": "1"})

    assert late.status == 409
    assert late.error["details"] == {"version": 2}
    assert api.patch(path, {"nodes": [NOOP]}, headers={"If-Match": "*"}).status == 200
    assert api.patch(path, {"nodes": []}, headers={"If-Match": "soon"}).status == 400


def test_publishing_pins_the_definition_and_later_changes_are_a_draft(api: Client) -> None:
    made = api.make(nodes=[SET])
    path = f"/workflows/{made['id']}"

    published = api.patch(path, {"status": "published"}).data
    changed = api.patch(path, {"nodes": [SET, NOOP]}).data
    again = api.patch(path, {"status": "published"}).data
    withdrawn = api.patch(path, {"status": "draft"}).data

    shown = [
        (w["status"], w["version"], w["published_version"], w["has_unpublished_changes"])
        for w in (published, changed, again, withdrawn)
    ]
    assert shown == [
        ("published", 1, 1, False),
        ("published", 2, 1, True),
        ("published", 2, 2, False),
        ("draft", 2, None, False),
    ]


def test_one_request_can_change_and_publish(api: Client) -> None:
    made = api.make()

    changed = api.patch(f"/workflows/{made['id']}", {"nodes": [SET], "status": "published", "name": "Live"}).data

    assert (changed["published_version"], changed["version"], changed["name"]) == (2, 2, "Live")


def test_each_publication_causes_one_event(api: Client) -> None:
    made = api.make(name="Told")
    path, key = f"/workflows/{made['id']}", (f"{api.account_id}#{made['id']}", "workflow")

    api.patch(path, {"status": "published"})
    first = json.loads(stored(*key)["event"])
    api.patch(path, {"status": "published"})
    api.patch(path, {"name": "Renamed"})
    same = json.loads(stored(*key)["event"])
    api.patch(path, {"nodes": [SET], "status": "published"})
    second = json.loads(stored(*key)["event"])

    assert first["type"] == "workflow.published"
    assert first["data"] == {
        "workflow_id": made["id"],
        "workflow_name": "Told",
        "version": 1,
        "published_at": first["created_at"],
    }
    assert same == first
    assert second["id"] != first["id"]
    assert second["data"]["version"] == 2
    assert stored(*key)["account_id"] == api.account_id


def test_versions_are_listed_read_and_restored(api: Client) -> None:
    made = api.make(nodes=[SET])
    path = f"/workflows/{made['id']}"
    api.patch(path, {"nodes": [], "status": "published"})
    api.patch(path, {"nodes": [NOOP]})

    versions = api.get(f"{path}/versions")
    first = api.get(f"{path}/versions/1").data
    restored = api.post(f"{path}/versions/1/restore").data

    assert [(v["version"], v["published"], v["node_count"]) for v in versions.data] == [
        (3, False, 1),
        (2, True, 0),
        (1, False, 1),
    ]
    assert versions.body["meta"]["total"] == 3
    assert (first["workflow_id"], first["version"], first["nodes"], first["published"]) == (made["id"], 1, [SET], False)
    assert (restored["version"], restored["nodes"], restored["has_unpublished_changes"]) == (4, [SET], True)
    for version in ("0", "9", "x", "1.0", "99999999999"):
        assert api.get(f"{path}/versions/{version}").status == 404


def test_a_duplicate_is_a_draft_of_its_own(api: Client) -> None:
    made = api.make(name="Original", nodes=[SET], description="why")
    api.patch(f"/workflows/{made['id']}", {"status": "published"})

    copy = api.post(f"/workflows/{made['id']}/duplicate")
    named = api.post(f"/workflows/{made['id']}/duplicate", {"name": "Second"})

    assert copy.status == 201
    assert copy.data["id"] != made["id"]
    assert (copy.data["name"], copy.data["status"], copy.data["version"]) == ("Original (copy)", "draft", 1)
    assert (copy.data["nodes"], copy.data["description"]) == ([SET], "why")
    assert named.data["name"] == "Second"


def test_validate_stores_nothing_and_tells_everything(api: Client) -> None:
    good = api.post("/workflows/validate", {"nodes": [SET]})
    bad = api.post("/workflows/validate", {"nodes": [{"id": "a", "type": "nope"}], "edges": [{}], "colour": 1})

    assert good.status == 200
    assert good.data == {"valid": True, "problems": []}
    assert bad.data["valid"] is False
    assert {problem["path"] for problem in bad.data["problems"]} == {
        "colour",
        "nodes[0].type",
        "edges[0].source",
        "edges[0].target",
    }
    assert api.get("/workflows").body["meta"]["total"] == 0


def test_deleting_happens_once(api: Client) -> None:
    made = api.make(nodes=[SET])
    path = f"/workflows/{made['id']}"

    first, second = api.delete(path), api.delete(path)

    assert (first.status, first.data) == (200, {"id": made["id"], "deleted": True})
    assert second.status == 404
    for late in (api.get(path), api.patch(path, {"name": "x"}), api.get(f"{path}/versions"), api.get(f"{path}/versions/1")):
        assert late.status == 404
    assert api.get("/workflows").body["meta"]["total"] == 0


def test_the_versions_of_a_deleted_workflow_outlive_its_runs_and_then_end(api: Client) -> None:
    made = api.make(nodes=[SET])
    api.delete(f"/workflows/{made['id']}")

    service.expire_versions(api.account_id, made["id"])
    service.load.cache_clear()

    assert service.load(api.account_id, made["id"], 1).definition["nodes"] == [SET]
    assert stored(f"{api.account_id}#{made['id']}", "version#00000001")["ttl"] > 0


def test_another_accounts_workflows_do_not_exist(api: Client, other: Client) -> None:
    made = api.make()
    path = f"/workflows/{made['id']}"

    for method, route, body in [
        ("GET", path, None),
        ("PATCH", path, {"name": "mine"}),
        ("DELETE", path, None),
        ("POST", f"{path}/duplicate", None),
        ("GET", f"{path}/versions", None),
        ("GET", f"{path}/versions/1", None),
        ("POST", f"{path}/versions/1/restore", None),
    ]:
        reply = other.call(method, route, body)
        assert (reply.status, reply.error["code"]) == (404, "NOT_FOUND"), route
    assert api.get(path).data["name"] == "Made"


@pytest.mark.parametrize("workflow_id", ["wf_123", "wf_", "x", "wf_" + "0" * 26, "LIST", "wf_%00"])
def test_no_such_id_is_not_found(api: Client, workflow_id: str) -> None:
    assert api.get(f"/workflows/{workflow_id}").status == 404


def test_a_credential_in_a_definition_needs_the_scope_to_use_it(api: Client) -> None:
    author = Client(api.handler, "workflows:read workflows:write", api.account_id)
    named = {"nodes": [{**NOOP, "credential_id": "cred_" + "0" * 26}]}

    refused = author.post("/workflows", {"name": "x", **named})
    made = author.make()

    assert (refused.status, refused.error["code"]) == (403, "FORBIDDEN")
    assert author.patch(f"/workflows/{made['id']}", named).status == 403
    assert api.post("/workflows", {"name": "x", **named}).paths == {"nodes[0].credential_id"}


def test_a_missing_scope_is_forbidden(api: Client) -> None:
    made = api.make()
    reader = Client(api.handler, "workflows:read", api.account_id)

    assert reader.get(f"/workflows/{made['id']}").status == 200
    assert reader.post("/workflows", {"name": "x"}).status == 403
    assert reader.delete(f"/workflows/{made['id']}").status == 403


def test_a_repeated_create_with_its_key_makes_one(api: Client) -> None:
    body, key = {"name": "Once"}, {"Idempotency-Key": "k1"}

    first, second = api.post("/workflows", body, headers=key), api.post("/workflows", body, headers=key)

    assert first.data == second.data
    assert api.get("/workflows").body["meta"]["total"] == 1
    assert api.post("/workflows", {"name": "Other"}, headers=key).status == 409


def test_an_account_has_a_limit(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_WORKFLOWS", "2")
    settings.cache_clear()
    api.make()
    second = api.make()

    refused = api.post("/workflows", {"name": "third"})
    assert (refused.status, refused.error["code"], refused.error["details"]) == (409, "CONFLICT", {"limit": 2})
    assert api.post(f"/workflows/{second['id']}/duplicate").status == 409

    api.delete(f"/workflows/{second['id']}")
    assert api.post("/workflows", {"name": "third"}).status == 201
