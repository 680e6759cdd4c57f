"""The forms API as a client sees it: statuses, envelope, headers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.forms.handler import handler

from .forms_http import Response, call

JSON = {"Content-Type": "application/json"}
CONTACT = {
    "name": "Contact Form",
    "fields": [
        {"name": "email", "type": "email", "required": True},
        {"name": "message", "type": "textarea", "required": True},
    ],
}
ANSWERS = {"data": {"email": "user@example.com", "message": "Hello!"}}


def request(method: str, path: str, body: Any = None, account: str = "acct_one", **headers: str) -> Response:
    text = "" if body is None else json.dumps(body)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return call(handler, method, path, text, JSON | sent, account=account)


def make() -> str:
    return str(request("POST", "/forms", CONTACT).json["data"]["id"])


def test_the_reference_create_submit_and_read(aws: None) -> None:
    created = request("POST", "/forms", CONTACT)
    form_id = created.json["data"]["id"]
    sent = request("POST", f"/forms/{form_id}/submissions", ANSWERS)
    listed = request("GET", f"/forms/{form_id}/submissions")

    assert (created.status, sent.status, listed.status) == (201, 201, 200)
    assert created.json["data"]["fields"] == CONTACT["fields"]
    assert sent.json["data"] | {"id": "", "submitted_at": ""} == {
        "id": "",
        "form_id": form_id,
        "form_version": 1,
        "submitted_at": "",
        "source": "api",
        "data": ANSWERS["data"],
    }
    assert listed.json["data"] == [sent.json["data"]]
    assert listed.json["meta"] == {"page": 1, "limit": 20, "total": 1, "next_cursor": None, "has_more": False}
    assert request("GET", "/forms").json["data"][0]["id"] == form_id
    assert request("GET", f"/forms/{form_id}").json["data"] == created.json["data"]


def test_all_problems_of_a_form_and_of_a_submission_are_told_with_their_paths(aws: None) -> None:
    wrong = request(
        "POST", "/forms", {"name": "x", "fields": [{"name": "a", "type": "select"}, {"name": "a", "type": "text", "min": 1}]}
    )
    unknown = request("POST", "/forms", {"name": "x", "fields": [{"name": "a", "type": "colour"}], "account_id": "y"})
    refused = request("POST", f"/forms/{make()}/submissions", {"data": {"email": "no", "x": 1}})

    assert {problem["path"] for problem in wrong.json["error"]["details"]} == {
        "fields[0].options",
        "fields[1].name",
        "fields[1].min",
    }
    assert {problem["path"] for problem in unknown.json["error"]["details"]} == {"fields[0].type", "account_id"}
    assert {problem["path"] for problem in refused.json["error"]["details"]} == {"data.x", "data.email", "data.message"}
    assert {answer.status for answer in (wrong, unknown, refused)} == {400}


@pytest.mark.parametrize(
    "body", [{}, {"data": []}, {"data": "x"}, {"data": None}, {"data": {}, "form_version": 9}, {"email": "x"}]
)
def test_a_body_that_is_no_submission_is_refused(aws: None, body: Any) -> None:
    assert request("POST", f"/forms/{make()}/submissions", body).json["error"]["code"] == "VALIDATION_ERROR"


def test_one_submission_for_each_idempotency_key(aws: None) -> None:
    form_id = make()
    path = f"/forms/{form_id}/submissions"

    first = request("POST", path, ANSWERS, Idempotency_Key="k1")
    again = request("POST", path, ANSWERS, Idempotency_Key="k1")
    other = request("POST", path, {"data": ANSWERS["data"] | {"message": "x"}}, Idempotency_Key="k1")

    assert first.json == again.json
    assert other.json["error"]["code"] == "CONFLICT"
    assert request("GET", path).json["meta"]["total"] == 1


def test_if_match_guards_a_change(aws: None) -> None:
    form_id = make()

    moved = request("PATCH", f"/forms/{form_id}", {"name": "Second"}, If_Match="1")
    refused = request("PATCH", f"/forms/{form_id}", {"name": "Third"}, If_Match="1")

    assert (moved.status, moved.json["data"]["version"]) == (200, 2)
    assert (refused.status, refused.json["error"]["code"]) == (409, "CONFLICT")
    unread = request("PATCH", f"/forms/{form_id}", {"name": "Third"}, If_Match="first")
    assert [problem["path"] for problem in unread.json["error"]["details"]] == ["header.If-Match"]
    assert request("GET", f"/forms/{form_id}/versions/1").json["data"]["name"] == "Contact Form"
    assert [version["version"] for version in request("GET", f"/forms/{form_id}/versions").json["data"]] == [2, 1]


@pytest.mark.parametrize("version", ["0", "9", "-1", "x", "1.0", "01", "9" * 60])
def test_a_version_that_is_not_there_is_not_found(aws: None, version: str) -> None:
    assert request("GET", f"/forms/{make()}/versions/{version}").status == 404


def test_deleting_asks_for_force_and_then_deletes_all(aws: None) -> None:
    form_id = make()
    sent = request("POST", f"/forms/{form_id}/submissions", ANSWERS).json["data"]["id"]

    refused = request("DELETE", f"/forms/{form_id}")
    deleted = request("DELETE", f"/forms/{form_id}?force=true")
    again = request("DELETE", f"/forms/{form_id}?force=true")

    assert (refused.status, refused.json["error"]["details"]) == (409, {"submissions": 1})
    assert (deleted.status, deleted.json["data"]) == (200, {"id": form_id, "deleted": True})
    assert again.status == 404
    assert request("GET", f"/forms/{form_id}/submissions/{sent}").status == 404


def test_one_submission_is_read_and_deleted(aws: None) -> None:
    form_id = make()
    sent = request("POST", f"/forms/{form_id}/submissions", ANSWERS).json["data"]
    path = f"/forms/{form_id}/submissions/{sent['id']}"

    assert request("GET", path).json["data"] == sent
    assert request("DELETE", path).json["data"] == {"id": sent["id"], "deleted": True}
    assert request("DELETE", path).status == 404
    assert request("DELETE", f"/forms/{form_id}").status == 200


def test_another_account_finds_nothing(aws: None) -> None:
    form_id = make()
    sent = request("POST", f"/forms/{form_id}/submissions", ANSWERS).json["data"]["id"]

    for method, path, body in (
        ("GET", f"/forms/{form_id}", None),
        ("PATCH", f"/forms/{form_id}", {"name": "x"}),
        ("DELETE", f"/forms/{form_id}?force=true", None),
        ("GET", f"/forms/{form_id}/versions", None),
        ("GET", f"/forms/{form_id}/versions/1", None),
        ("GET", f"/forms/{form_id}/submissions", None),
        ("GET", f"/forms/{form_id}/submissions?format=csv", None),
        ("POST", f"/forms/{form_id}/submissions", ANSWERS),
        ("GET", f"/forms/{form_id}/submissions/{sent}", None),
        ("DELETE", f"/forms/{form_id}/submissions/{sent}", None),
    ):
        assert request(method, path, body, account="acct_two").status == 404, (method, path)
    assert request("GET", "/forms", account="acct_two").json["data"] == []


def test_the_csv_is_a_file(aws: None) -> None:
    form_id = make()
    request("POST", f"/forms/{form_id}/submissions", {"data": {"email": "user@example.com", "message": "=1+1"}})

    file = request("GET", f"/forms/{form_id}/submissions?format=csv")

    assert file.status == 200
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file.headers["Content-Disposition"] == f'attachment; filename="{form_id}.csv"'
    assert file.text.splitlines()[1].endswith(",1,user@example.com,'=1+1")


@pytest.mark.parametrize("query", ["page=1", "cursor=abc"])
def test_a_csv_is_whole_so_that_no_part_of_it_can_be_asked_for(aws: None, query: str) -> None:
    assert request("GET", f"/forms/{make()}/submissions?format=csv&{query}").status == 400


def test_a_bad_query_is_refused_and_a_cursor_holds_for_its_own_list_only(aws: None) -> None:
    form_id, other = make(), make()
    for _ in range(3):
        request("POST", f"/forms/{form_id}/submissions", ANSWERS)
    path = f"/forms/{form_id}/submissions"
    cursor = request("GET", f"{path}?limit=2").json["meta"]["next_cursor"]

    assert len(request("GET", f"{path}?limit=2&cursor={cursor}").json["data"]) == 1
    for query in ("from=yesterday", "format=xml", "limit=0", "page=0", "nonsense=1", f"from=2024-01-01&cursor={cursor}"):
        assert request("GET", f"{path}?{query}").json["error"]["code"] == "VALIDATION_ERROR", query
    assert request("GET", f"/forms/{other}/submissions?cursor={cursor}").status == 400
