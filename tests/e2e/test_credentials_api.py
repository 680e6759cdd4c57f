"""The credentials and integrations API, as a client sees it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stack import Api, RunningStack

SECRET = "xoxb-17653672481-pdFZKVeTuE8sk7oOcBrzqygy"
BODY = {"name": "Slack Bot Token", "type": "api_key", "value": SECRET}


def made(api: Api, **fields: Any) -> Any:
    answer = api.post("/credentials", {**BODY, **fields})
    assert answer.status == 201, answer.text
    return answer.data


def test_no_answer_holds_the_value(api: Api) -> None:
    created = api.post("/credentials", BODY)
    credential_id = created.data["id"]
    answers = [
        created,
        api.get("/credentials"),
        api.get(f"/credentials/{credential_id}"),
        api.patch(f"/credentials/{credential_id}", {"name": "Other", "value": SECRET}),
        api.post("/credentials", {**BODY, "type": "basic"}),
        api.post("/credentials", {**BODY, "name": ""}),
        api.post("/credentials", {**BODY, "type": "nothing"}),
        api.post("/credentials", {**BODY, "secret": SECRET}),
        api.post("/credentials", {**BODY, "value": [SECRET]}),
    ]

    assert [answer.status for answer in answers] == [201, 200, 200, 200, 400, 400, 400, 400, 400]
    assert not [answer.text for answer in answers if SECRET[:12] in answer.text]
    assert created.data["hint"] == SECRET[-4:]


def test_every_problem_is_told_with_its_path(api: Api) -> None:
    value = {"client_id": "id", "token_url": "http://169.254.169.254/", "client_secret": SECRET, "more": 1}

    refused = api.post(
        "/credentials", {"name": "x", "type": "oauth2_client_credentials", "value": value, "allowed_hosts": ["https://a"]}
    )

    assert (refused.status, refused.error["code"]) == (400, "VALIDATION_ERROR")
    assert [problem["path"] for problem in refused.error["details"]] == ["value.more"]


def test_the_list_goes_by_page_and_by_cursor(api: Api) -> None:
    ids = [made(api, name=f"c{number}")["id"] for number in range(3)]

    page = api.get("/credentials", params={"limit": 2, "page": 2})
    first = api.get("/credentials", params={"limit": 2})
    second = api.get("/credentials", params={"limit": 2, "cursor": first.body["meta"]["next_cursor"]})

    assert page.body["meta"] == {"page": 2, "limit": 2, "total": 3}
    assert [one["id"] for one in page.data] == [ids[0]]
    assert [one["id"] for one in first.data + second.data] == ids[::-1]
    assert second.body["meta"] == {"limit": 2, "next_cursor": None, "has_more": False}


def test_a_repeated_create_makes_one(api: Api) -> None:
    answers = [api.post("/credentials", BODY, headers={"Idempotency-Key": "key-of-this-test"}) for _ in range(2)]

    assert answers[0].data["id"] == answers[1].data["id"]
    assert len(api.get("/credentials").data) == 1


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_another_accounts_credential_answers_like_a_random_one(stack: RunningStack, api: Api, method: str) -> None:
    _, other = stack.make_account("unlimited")
    foreign = made(stack.api(other))["id"]
    body = [{"name": "mine"}] if method == "patch" else []

    answers = [
        getattr(api, method)(f"/credentials/{one}", *body)
        for one in (foreign, foreign[:-1] + ("0" if foreign[-1] != "0" else "1"))
    ]

    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].error["message"] == answers[1].error["message"]


def test_an_integration_needs_a_credential_of_the_account(stack: RunningStack, api: Api) -> None:
    _, other = stack.make_account("unlimited")
    foreign = made(stack.api(other))["id"]

    refused = api.post("/integrations", {"provider": "slack", "credential_id": foreign})

    assert (refused.status, refused.error["details"][0]["path"]) == (400, "credential_id")


def test_connecting_asks_for_the_scope_to_use_credentials(stack: RunningStack, api: Api) -> None:
    credential_id = made(api)["id"]
    key = api.post("/api-keys", {"name": "few", "scopes": ["integrations:write", "integrations:read"]}).data["key"]

    refused = stack.api(key).post("/integrations", {"provider": "slack", "credential_id": credential_id})

    assert (refused.status, refused.error["code"]) == (403, "FORBIDDEN")


def test_the_catalog_has_thirty_connectors(api: Api) -> None:
    catalog = api.get("/integrations/catalog").data

    assert len(catalog) >= 30
    for entry in catalog:
        assert {"id", "name", "description", "auth", "actions"} <= set(entry)
        assert all({"id", "name", "input_schema"} <= set(action) for action in entry["actions"])


def test_integrations_are_listed_got_and_deleted(api: Api) -> None:
    credential_id = made(api)["id"]
    created = api.post("/integrations", {"provider": "slack", "credential_id": credential_id})

    listed = api.get("/integrations")
    deleted = api.delete(f"/integrations/{created.data['id']}")

    assert created.status == 201
    assert listed.data[0]["status"] == "untested"
    assert listed.data[0]["last_tested_at"] is None
    assert deleted.data == {"id": created.data["id"], "deleted": True}
    assert api.delete(f"/integrations/{created.data['id']}").status == 404
    assert api.post(f"/integrations/{created.data['id']}/test").status == 404


@pytest.mark.parametrize("value", [5, None, ["x"], True, {}, ""])
def test_a_value_of_the_wrong_kind_is_named_at_its_place(api: Api, value: Any) -> None:
    refused = api.post("/credentials", {**BODY, "value": value})

    assert refused.status == 400
    assert [problem["path"] for problem in refused.error["details"]] == ["value"]
