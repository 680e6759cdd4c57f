"""What other parts read of workflows: what a run starts from, what triggers find, which credentials are in use."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flows.aws import tables
from flows.errors import Conflict, NotFound, ValidationFailed
from flows.triggers import index
from flows.workflows import service

from .conftest import Client, stored

SET = {"id": "a", "type": "set", "parameters": {"values": {"x": 1}}}


def test_pinned_is_one_read_with_all_that_a_start_needs(api: Client, calls: list[str]) -> None:
    made = api.make(nodes=[SET], settings={"max_concurrency": 2}, input_schema={"type": "object"})
    api.patch(f"/workflows/{made['id']}", {"status": "published"})
    api.patch(f"/workflows/{made['id']}", {"settings": {}, "input_schema": None})
    calls.clear()

    pinned = service.pinned(api.account_id, made["id"])

    assert (pinned.version_of(), pinned.version_of("published"), pinned.version_of("draft")) == (1, 1, 2)
    assert pinned.settings(1) == {"max_concurrency": 2}
    assert pinned.input_schema(1) == {"type": "object"}
    assert (pinned.settings(2), pinned.input_schema(2)) == ({}, None)
    assert calls == ["GetItem"]


def test_without_a_published_version_the_draft_runs(api: Client) -> None:
    pinned = service.pinned(api.account_id, api.make()["id"])

    assert pinned.version_of() == 1
    with pytest.raises(Conflict):
        pinned.version_of("published")
    for nonsense in (0, 2, -1, "newest"):
        with pytest.raises(ValidationFailed):
            pinned.version_of(nonsense)


def test_an_old_version_and_a_large_schema_are_read_with_their_version(api: Client) -> None:
    large = {"type": "object", "description": "x" * 10_000}
    made = api.make(settings={"stepping": "each"}, input_schema=large)
    for name in ("one", "two"):
        api.patch(f"/workflows/{made['id']}", {"settings": {"concurrency_key": name}})

    pinned = service.pinned(api.account_id, made["id"])

    assert pinned.settings(1) == {"stepping": "each"}
    assert pinned.input_schema(3) == large


def test_no_workflow_no_start(api: Client, other: Client) -> None:
    made = api.make()
    with pytest.raises(NotFound):
        service.pinned(other.account_id, made["id"])
    with pytest.raises(NotFound):
        service.load(other.account_id, made["id"], 1)


def test_a_version_is_read_once_a_process(api: Client, calls: list[str]) -> None:
    made = api.make(nodes=[SET])
    calls.clear()

    first, second = (service.load(api.account_id, made["id"], 1) for _ in range(2))

    assert first is second
    assert first.definition["nodes"] == [SET]
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "most"),
    [
        ("GET", "", None, 2),
        ("GET", "?status=published", None, 2),
        ("POST", "", {"name": "x", "nodes": [SET]}, 1),
        ("POST", "/validate", {"nodes": [SET]}, 0),
        ("GET", "/{id}", None, 1),
        ("PATCH", "/{id}", {"nodes": [], "status": "published"}, 2),
        ("PATCH", "/{id}", {"name": "y"}, 2),
        ("DELETE", "/{id}", None, 2),
        ("GET", "/{id}/versions", None, 2),
        ("GET", "/{id}/versions/1", None, 2),
        ("POST", "/{id}/versions/1/restore", None, 2),
        ("POST", "/{id}/duplicate", None, 2),
    ],
)
def test_a_route_makes_one_read_and_one_write(
    api: Client, calls: list[str], method: str, path: str, body: Any, most: int
) -> None:
    made = api.make(nodes=[SET])
    calls.clear()

    reply = api.call(method, f"/workflows{path}".replace("{id}", made["id"]), body)

    assert reply.status < 300
    assert len(calls) <= most, calls  # the rate limit's write comes on top: these callers are not counted


WEBHOOK = {"id": "hook", "type": "webhook"}
FORM = {"id": "form", "type": "form", "parameters": {"form_id": "form_00000000000000000000000000"}}
EVENT = {"id": "event", "type": "event", "parameters": {"events": ["form.submitted", "workflow.*"]}}
ERROR = {"id": "error", "type": "error"}


def test_publishing_fills_the_trigger_index_and_withdrawing_empties_it(api: Client) -> None:
    made = api.make(nodes=[WEBHOOK, EVENT, ERROR, {**WEBHOOK, "id": "off", "disabled": True}])
    path, own = f"/workflows/{made['id']}", f"{api.account_id}#{made['id']}"

    assert hooks(own) == {}
    api.patch(path, {"status": "published"})
    token = hooks(own)["hook"]
    keys = [
        index.hook_key(token),
        (index.event_partitions(api.account_id, "form.submitted")[0], f"{made['id']}#event"),
        (index.event_partitions(api.account_id, "workflow.executed")[1], f"{made['id']}#event"),
        (index.error_partition(api.account_id), f"{made['id']}#error"),
    ]

    assert set(hooks(own)) == {"hook"}
    for key in keys:
        item = stored(*key)
        assert (item["account_id"], item["workflow_id"], item["version"]) == (api.account_id, made["id"], 1)
    api.patch(path, {"status": "draft"})
    assert [stored(*key) for key in keys] == [None] * 4


def test_a_hooks_token_stays_while_its_node_does(api: Client) -> None:
    made = api.make(nodes=[WEBHOOK])
    path, own = f"/workflows/{made['id']}", f"{api.account_id}#{made['id']}"
    api.patch(path, {"status": "published"})
    token = hooks(own)["hook"]

    api.patch(path, {"status": "draft"})
    api.patch(path, {"nodes": [WEBHOOK, SET], "status": "published"})

    assert hooks(own)["hook"] == token
    assert stored(*index.hook_key(token))["version"] == 2
    copy = api.post(f"{path}/duplicate").data
    assert hooks(f"{api.account_id}#{copy['id']}") == {}


def test_deleting_takes_the_triggers_with_it(api: Client) -> None:
    made = api.make(nodes=[WEBHOOK, ERROR])
    api.patch(f"/workflows/{made['id']}", {"status": "published"})
    token = hooks(f"{api.account_id}#{made['id']}")["hook"]

    api.delete(f"/workflows/{made['id']}")

    assert stored(*index.hook_key(token)) is None
    assert stored(index.error_partition(api.account_id), f"{made['id']}#error") is None


def test_a_form_trigger_names_a_form_of_the_account(api: Client) -> None:
    assert api.post("/workflows", {"name": "x", "nodes": [FORM]}).paths == {"nodes[0].parameters.form_id"}


def test_an_event_is_found_by_every_pattern_that_it_fits() -> None:
    assert index.event_partitions("acct_1", "a.b.c") == [
        "acct_1#trigger#event#a.b.c",
        "acct_1#trigger#event#a.b.*",
        "acct_1#trigger#event#a.*",
        "acct_1#trigger#event#*",
    ]


def test_a_credential_is_in_use_by_published_workflows_only(api: Client) -> None:
    credential = "cred_" + "0" * 26
    tables.put("credentials", {"pk": api.account_id, "sk": f"cred#{credential}", "id": credential})
    made = api.make(nodes=[{"id": "n", "type": "noop", "credential_id": credential}])

    assert service.uses_of_credential(api.account_id, credential) == []
    api.patch(f"/workflows/{made['id']}", {"status": "published"})
    assert service.uses_of_credential(api.account_id, credential) == [made["id"]]


def hooks(pk: str) -> dict[str, str]:
    """The tokens that the workflow has given to its hooks."""
    tokens: dict[str, str] = json.loads(stored(pk, "workflow")["hook_tokens"])
    return tokens


def test_a_form_of_the_account_can_be_named(api: Client, other: Client) -> None:
    from functions.forms import handler

    fields = [{"name": "email", "type": "email"}]
    form = Client(handler.handler, account_id=api.account_id).post("/forms", {"name": "Contact", "fields": fields}).data["id"]
    body = {"name": "x", "nodes": [{**FORM, "parameters": {"form_id": form}}]}

    assert api.post("/workflows", body).status == 201
    assert other.post("/workflows", body).paths == {"nodes[0].parameters.form_id"}


def credential(api: Client, number: int = 0) -> dict[str, Any]:
    """A node that names a credential of the account."""
    made = f"cred_{number:026d}"
    tables.put("credentials", {"pk": api.account_id, "sk": f"cred#{made}", "id": made})
    return {"id": f"n{number}", "type": "noop", "credential_id": made}


def test_what_a_definition_names_is_looked_at_by_the_write_itself(api: Client, calls: list[str]) -> None:
    child = api.make()["id"]
    named = [credential(api), {"id": "call", "type": "execute_workflow", "parameters": {"workflow_id": child}}]
    calls.clear()
    made = api.make(nodes=named)
    assert calls == ["TransactWriteItems"]
    calls.clear()
    itself = {"id": "me", "type": "execute_workflow", "parameters": {"workflow_id": made["id"]}}
    assert api.patch(f"/workflows/{made['id']}", {"nodes": [*named, itself], "status": "published"}).status == 200
    assert calls == ["Query", "TransactWriteItems"]

    tables.delete("credentials", api.account_id, f"cred#{named[0]['credential_id']}")
    api.delete(f"/workflows/{child}")
    wrong = {"nodes[0].credential_id", "nodes[1].parameters.workflow_id"}
    assert api.post("/workflows", {"name": "x", "nodes": named}).paths == wrong
    assert api.patch(f"/workflows/{made['id']}", {"nodes": named}).paths == wrong
    assert api.post(f"/workflows/{made['id']}/versions/1/restore").paths == wrong
    assert api.patch(f"/workflows/{made['id']}", {"status": "draft"}).status == 200
    assert api.patch(f"/workflows/{made['id']}", {"status": "published"}).paths == wrong
    assert api.post("/workflows", {"name": "x", "nodes": [*named, {"id": "?", "type": "noop"}]}).paths == wrong | {"nodes[2].id"}


def test_a_definition_may_name_more_than_a_transaction_looks_at(api: Client, calls: list[str]) -> None:
    named = [credential(api, number) for number in range(40)]
    calls.clear()

    api.make(nodes=named)
    assert calls == ["BatchGetItem", "TransactWriteItems"]
    tables.delete("credentials", api.account_id, f"cred#{named[7]['credential_id']}")
    assert api.post("/workflows", {"name": "x", "nodes": named}).paths == {"nodes[7].credential_id"}


def test_restoring_the_newest_version_changes_nothing(api: Client, calls: list[str]) -> None:
    made = api.make(nodes=[{"id": "a", "type": "noop"}])
    path = f"/workflows/{made['id']}"
    calls.clear()

    assert api.post(f"{path}/versions/1/restore").data["version"] == 1
    assert calls == ["BatchGetItem"]
    api.patch(path, {"nodes": []})
    assert api.post(f"{path}/versions/1/restore").data["version"] == 3
    assert api.get(path).data["nodes"] == made["nodes"]
    assert api.post(f"{path}/versions/4/restore").status == 404


def test_the_index_tells_all_that_a_start_needs_of_the_published_version(api: Client) -> None:
    made = api.make(nodes=[{"id": "hook", "type": "webhook"}], settings={"max_concurrency": 2, "concurrency_key": "{{ method }}"})
    path = f"/workflows/{made['id']}"
    api.patch(path, {"status": "published"})
    token = hooks(f"{api.account_id}#{made['id']}")["hook"]
    api.patch(path, {"settings": {"max_concurrency": 7}})  # a draft is not in service

    pinned = index.pinned_of(stored(*index.hook_key(token)))
    assert pinned is not None
    assert (pinned.name, pinned.settings(1)) == ("Made", {"max_concurrency": 2, "concurrency_key": "{{ method }}"})
    api.patch(path, {"name": "Renamed"})
    assert stored(*index.hook_key(token))["workflow_name"] == "Renamed"
    api.patch(path, {"name": "Again", "status": "published"})
    pinned = index.pinned_of(stored(*index.hook_key(token)))
    assert pinned is not None
    assert (pinned.name, pinned.settings(2)) == ("Again", {"max_concurrency": 7})
