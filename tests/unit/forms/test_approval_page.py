"""The page behind an approval's link: opening it decides nothing, its button decides once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from flows import strict_json
from flows.aws import clock, ids, tables
from flows.engine.journal import Page
from flows.executions.records import RUN, page_item, partition
from flows.triggers import links

from functions.pages.handler import handler

from .forms_http import Response, call

ACCOUNT = "acct_one"
POSTED = {"Content-Type": "application/x-www-form-urlencoded"}
MESSAGE = "Refund <b>40</b> euros?"


@pytest.fixture
def execution(aws: None) -> str:
    """A run that waits at its node `ask`."""
    execution_id = ids.new_id("exec")
    pk = partition(ACCOUNT, execution_id)
    run = {
        "pk": pk,
        "sk": RUN,
        "id": execution_id,
        "account_id": ACCOUNT,
        "workflow_id": "wf_1",
        "version": 1,
        "status": "waiting",
        "trigger": '{"type": "api"}',
        "input": '{"v": {}}',
        "started_at": clock.now_iso(),
        "answers": 0,
    }
    tables.put("executions", run)
    write(execution_id, 1, "waiting", {"message": MESSAGE})
    return execution_id


def write(execution_id: str, number: int, status: str, output: Any) -> None:
    entry = {"n": "ask", "s": [], "y": "approval", "q": 0, "st": status, "t": clock.now_iso(), "d": 0, "o": {"v": output}}
    page = Page(number, 1, "owner", [entry], {})
    tables.put("executions", page_item(ACCOUNT, execution_id, page, clock.epoch() + 3600))


def link(execution_id: str, decision: str = "approve", node: str = "ask") -> str:
    return f"/approvals/{links.make(ACCOUNT, execution_id, (), node, decision)}"


def get(path: str) -> Response:
    return call(handler, "GET", path)


def post(path: str, **answers: str) -> Response:
    return call(handler, "POST", path, urlencode(answers), POSTED)


def answers(execution_id: str) -> list[Any]:
    found = tables.query_all(
        "executions", "pk = :pk AND begins_with(sk, :a)", {":pk": partition(ACCOUNT, execution_id), ":a": "A#"}
    )
    return [strict_json.loads(item["data"])["v"] for item in found]


def test_opening_the_link_shows_the_question_and_decides_nothing(execution: str) -> None:
    page = get(link(execution))

    assert page.status == 200
    assert "Refund &lt;b&gt;40&lt;/b&gt; euros?" in page.text
    assert '<form method="post"' in page.text
    assert "script-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert answers(execution) == []


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_the_button_decides(execution: str, decision: str) -> None:
    page = post(link(execution, decision), by="Ada", comment="fine\r\nwith me")

    assert page.status == 200
    assert answers(execution) == [{"decision": decision, "by": "Ada", "comment": "fine\nwith me"}]


def test_a_person_counts_once_and_another_person_too(execution: str) -> None:
    write(execution, 2, "waiting", {"message": MESSAGE, "approvals_needed": 5})
    for name in ("Ada", "ada", "", "", "Ben"):
        assert post(link(execution), by=name).status == 200

    assert sorted(str(answer["by"]) for answer in answers(execution)) == ["Ada", "Ben", "None"]


def test_the_first_decision_holds_and_nobody_is_told_that_another_was_recorded(execution: str) -> None:
    """The run takes a moment to go on: until then the decision stands in the table only."""
    assert post(link(execution), by="Ada").status == 200

    assert post(link(execution, "reject"), by="Ada").status == 410
    assert post(link(execution, "reject"), by="Ben").status == 410
    assert post(link(execution), by="Ben").status == 410
    assert program(link(execution, "reject"), '{"by": "Ben"}').status == 409
    assert post(link(execution), by="ADA").status == 200  # a second click
    assert [answer["decision"] for answer in answers(execution)] == ["approve"]


@pytest.mark.parametrize(
    ("before", "over"),
    [
        ([("approve", "Ada")], {"approve": 200, "reject": 200}),
        ([("approve", "Ada"), ("approve", "Ben")], {"approve": 410, "reject": 410}),
        ([("approve", "Ada"), ("reject", "Ben")], {"approve": 410, "reject": 410}),
    ],
)
def test_of_several_approvals_the_last_that_was_needed_decides(
    execution: str, before: list[tuple[str, str]], over: dict[str, int]
) -> None:
    write(execution, 2, "waiting", {"message": MESSAGE, "approvals_needed": 2})
    for decision, name in before:
        assert post(link(execution, decision), by=name).status == 200

    assert post(link(execution, before[-1][0]), by=before[-1][1]).status == 200  # a second click
    for decision, status in over.items():
        assert post(link(execution, decision), by="Cleo").status == status
        if status == 200:
            break


def test_what_was_decided_is_over(execution: str) -> None:
    write(execution, 2, "completed", {"decision": "approved"})

    assert get(link(execution)).status == 410
    assert post(link(execution, "reject")).status == 410
    assert answers(execution) == []


def test_what_has_ended_is_over(execution: str) -> None:
    tables.update(
        "executions",
        partition(ACCOUNT, execution),
        RUN,
        "SET #status = :cancelled",
        {":cancelled": "cancelled"},
        names={"#status": "status"},
    )
    assert get(link(execution)).status == post(link(execution)).status == 410


def test_no_link_can_be_made_up(execution: str) -> None:
    good = link(execution)
    for path in (
        good[:-2] + "xx",
        good.replace(".", "x."),
        "/approvals/nothing",
        link(execution, "webhook"),
        link(execution, node="other"),
        link(ids.new_id("exec")),
    ):
        assert get(path).status == post(path).status == 410, path
    assert answers(execution) == []


def test_what_the_page_would_not_send_is_refused(execution: str) -> None:
    assert post(link(execution), comment="x" * 2_001).status == 400
    assert call(handler, "POST", link(execution), "by=x", {"Content-Type": "text/plain"}).status == 415
    assert call(handler, "POST", link(execution), "by=%FF", POSTED).status == 400
    assert answers(execution) == []


def program(path: str, body: str, **headers: str) -> Response:
    return call(handler, "POST", path, body, {"Content-Type": "application/json", **headers})


def test_a_program_decides_with_json_and_is_answered_with_json(execution: str) -> None:
    answer = program(link(execution, "reject"), '{"by": " Ada ", "comment": "too much"}')

    assert answer.status == 200
    assert strict_json.loads(answer.text) == {
        "success": True,
        "data": {"decision": "rejected", "by": "Ada", "comment": "too much"},
    }
    assert answers(execution) == [{"decision": "reject", "by": "Ada", "comment": "too much"}]


@pytest.mark.parametrize(
    "body",
    ['{"by": 1}', '{"decision": "approved"}', '{"comment": ["x"]}', "[1]", "{", '{"by": "x", "by": "y"}', '{"by": "a\\u0000"}'],
)
def test_what_is_no_decision_of_a_program_is_refused(execution: str, body: str) -> None:
    answer = program(link(execution), body)

    assert answer.status == 400
    assert strict_json.loads(answer.text)["error"]["code"] == "VALIDATION_ERROR"
    assert answers(execution) == []


def test_a_program_is_told_of_links_that_lead_nowhere(execution: str) -> None:
    write(execution, 2, "completed", {"decision": "approved"})

    assert program(link(execution), "{}").status == 409
    assert program("/approvals/nothing", "{}").status == 404
