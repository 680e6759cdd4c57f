"""Forms on the deployed stack: the API as a customer calls it, the page as a browser posts it, the runs that follow."""

from __future__ import annotations

import csv
import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.e2e.runs import create, node
from tests.stack import Answer, Api, RunningStack

CONTACT = {
    "name": "Contact Form",
    "fields": [
        {"name": "email", "type": "email", "required": True},
        {"name": "message", "type": "textarea", "required": True},
    ],
}
ANSWERS = {"email": "user@example.com", "message": "Hello!"}


@pytest.fixture
def form(api: Api) -> dict[str, Any]:
    made: dict[str, Any] = api.post("/forms", {**CONTACT, "settings": {"min_seconds": 0}}).data
    return made


def submit(api: Api, form: dict[str, Any], **data: Any) -> Answer:
    return api.post(f"/forms/{form['id']}/submissions", {"data": {**ANSWERS, **data}})


def started_by(api: Api, workflow_id: str, number: int) -> list[dict[str, Any]]:
    """The workflow's completed runs, as soon as there are so many."""
    for _ in range(600):
        found: list[dict[str, Any]] = api.get(f"/workflows/{workflow_id}/executions?limit=100&status=completed").data
        if len(found) >= number:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{len(found)} of {number} runs have completed")


def page_of(form: dict[str, Any]) -> Answer:
    return Api("", None).get(form["url"])


def post_page(form: dict[str, Any], page: Answer, **typed: Any) -> Answer:
    html = BeautifulSoup(page.text, "html.parser")
    hidden = {str(field["name"]): str(field["value"]) for field in html.select("input[type=hidden]")}
    return Api("", None)("POST", form["url"], data={**hidden, **ANSWERS, **typed})


def test_the_reference_samples(api: Api) -> None:
    created = api.post("/forms", CONTACT)
    form_id = created.data["id"]
    sent = api.post(f"/forms/{form_id}/submissions", {"data": ANSWERS})
    listed = api.get(f"/forms/{form_id}/submissions")

    assert (created.status, sent.status, listed.status) == (201, 201, 200)
    assert created.data["fields"] == CONTACT["fields"]
    assert sent.data["data"] == ANSWERS
    assert [item["id"] for item in listed.data] == [sent.data["id"]]
    assert [item["id"] for item in api.get("/forms").data] == [form_id]
    assert api.get(f"/forms/{form_id}").data == created.data


def test_a_submission_starts_the_published_workflows_that_name_the_form_once(api: Api, form: dict[str, Any]) -> None:
    nodes = [
        node("when", "form", form_id=form["id"]),
        node("reply", "set", values={"to": "{{ data.email }}", "id": "{{ submission_id }}"}),
    ]
    workflow_id = create(api, nodes, [{"source": "when", "target": "reply"}])

    sent = submit(api, form).data

    (run,) = started_by(api, workflow_id, 1)
    execution = api.get(f"/executions/{run['id']}").data
    assert execution["trigger"]["type"] == "form"
    assert execution["output"] == {"to": "user@example.com", "id": sent["id"]}


def test_a_posted_page_is_stored_and_starts_a_run_whose_output_shows_the_data(api: Api, form: dict[str, Any]) -> None:
    nodes = [node("when", "form", form_id=form["id"]), node("show", "set", values={"said": "{{ data.message }}"})]
    workflow_id = create(api, nodes, [{"source": "when", "target": "show"}])
    page = page_of(form)

    sent = post_page(form, page, message="<b>{{ 1+1 }}</b>")

    assert page.status == 200
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert (sent.status, sent.headers["Location"]) == (303, "?sent=1")
    assert "Thank you" in Api("", None).get(form["url"] + "?sent=1").text
    (run,) = started_by(api, workflow_id, 1)
    assert api.get(f"/executions/{run['id']}").data["output"] == {"said": "<b>{{ 1+1 }}</b>"}


def test_an_invalid_page_comes_back_with_its_errors_and_a_closed_one_not_at_all(api: Api, form: dict[str, Any]) -> None:
    answer = post_page(form, page_of(form), email="nobody")

    assert answer.status == 400
    assert 'value="nobody"' in answer.text
    assert "must be an e-mail address" in answer.text
    assert api.get(f"/forms/{form['id']}/submissions").data == []
    api.patch(f"/forms/{form['id']}", {"public": False})
    assert page_of(form).status == 404


def test_one_submission_for_an_idempotency_key_however_often_it_is_sent_at_once(api: Api, form: dict[str, Any]) -> None:
    def send(_number: int) -> Answer:
        return api.post(f"/forms/{form['id']}/submissions", {"data": ANSWERS}, headers={"Idempotency-Key": "once"})

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))

    assert {answer.data["id"] for answer in answers if answer.status == 201} == {
        item["id"] for item in api.get(f"/forms/{form['id']}/submissions").data
    }
    assert api.get(f"/forms/{form['id']}/submissions").body["meta"]["total"] == 1


def test_a_burst_of_submissions_is_stored_counted_and_walked_without_loss(api: Api, form: dict[str, Any]) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: submit(api, form, message=f"number {number}"), range(60)))

    ids = [answer.data["id"] for answer in answers if answer.status == 201]
    assert len(ids) == 60
    path, walked = f"/forms/{form['id']}/submissions?limit=25", []
    page = api.get(path)
    assert page.body["meta"]["total"] == 60
    walked += page.data
    while page.body["meta"]["has_more"]:
        page = api.get(f"{path}&cursor={page.body['meta']['next_cursor']}")
        walked += page.data
    assert sorted(item["id"] for item in walked) == sorted(ids)
    assert [item["id"] for item in walked] == sorted(ids, reverse=True)


def test_the_csv_is_safe_and_a_large_one_is_fetched_by_a_link(api: Api, form: dict[str, Any]) -> None:
    submit(api, form, message="=1+1")
    small = api.get(f"/forms/{form['id']}/submissions?format=csv")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: submit(api, form, message="x" * 90_000), range(40)))

    large = api.get(f"/forms/{form['id']}/submissions?format=csv")

    assert [row["message"] for row in csv.DictReader(io.StringIO(small.text))] == ["'=1+1"]
    assert large.status == 303
    fetched = Api("", None).get(large.headers["Location"])
    assert fetched.status == 200
    assert len(list(csv.DictReader(io.StringIO(fetched.text)))) == 41


def test_a_deleted_form_takes_its_submissions_and_its_page_with_it(api: Api, form: dict[str, Any]) -> None:
    sent = submit(api, form).data

    assert api.delete(f"/forms/{form['id']}").error["code"] == "CONFLICT"
    assert api.delete(f"/forms/{form['id']}?force=true").data == {"id": form["id"], "deleted": True}
    assert api.delete(f"/forms/{form['id']}?force=true").status == 404
    assert api.get(f"/forms/{form['id']}/submissions/{sent['id']}").status == 404
    assert page_of(form).status == 404


def test_another_account_finds_neither_form_nor_submissions(api: Api, stack: RunningStack, form: dict[str, Any]) -> None:
    sent = submit(api, form).data
    other = stack.api(stack.make_account("unlimited")[1])

    for method, path in (
        ("GET", ""),
        ("DELETE", "?force=true"),
        ("GET", "/submissions"),
        ("GET", "/submissions?format=csv"),
        ("GET", f"/submissions/{sent['id']}"),
        ("DELETE", f"/submissions/{sent['id']}"),
        ("GET", "/versions"),
    ):
        assert other(method, f"/forms/{form['id']}{path}").status == 404, (method, path)
    assert submit(other, form).status == 404
    assert api.get(f"/forms/{form['id']}/submissions").body["meta"]["total"] == 1


def test_an_approvals_link_asks_first_and_decides_by_its_button(api: Api) -> None:
    nodes = [node("ask", "approval", message="Refund 40 euros?"), node("paid"), node("refused")]
    connections = [
        {"source": "ask", "target": "paid", "source_port": "approved"},
        {"source": "ask", "target": "refused", "source_port": "rejected"},
    ]
    workflow_id = create(api, nodes, connections)
    execution_id = api.post(f"/workflows/{workflow_id}/execute", {"input": {}}).data["execution_id"]
    execution: dict[str, Any] = {}
    for _ in range(150):
        execution = api.get(f"/executions/{execution_id}").data
        if execution["status"] == "waiting":
            break
        time.sleep(0.2)
    (entry,) = [entry for entry in execution["logs"] if entry["node_id"] == "ask"]
    link = entry["output"]["links"]["approve"]
    visitor = Api("", None)

    page = visitor.get(link)
    still = api.get(f"/executions/{execution_id}").data["status"]
    decided = visitor("POST", link, data={"by": "Ada", "comment": "fine"})

    assert "Refund 40 euros?" in page.text
    assert re.search(r'<form method="post"', page.text)
    assert still == "waiting"
    assert decided.status == 200
    for _ in range(150):
        execution = api.get(f"/executions/{execution_id}").data
        if execution["status"] == "completed":
            break
        time.sleep(0.2)
    assert {key: execution["output"][key] for key in ("decision", "by", "comment")} == {
        "decision": "approved",
        "by": "Ada",
        "comment": "fine",
    }
    assert visitor.get(link).status == 410
