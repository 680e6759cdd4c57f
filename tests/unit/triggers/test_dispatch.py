"""Events start what listens for them, once each, and chains of them end."""

from __future__ import annotations

from typing import Any

import pytest
from flows.aws import ids
from flows.triggers import index
from flows.triggers.dispatch import dispatch
from flows.webhooks.events import new_event
from flows.workflows import pinning

from functions.start_triggers.handler import handler
from tests.unit.triggers.published import change, make_account, make_form, publish, runs_of, trigger


def submitted(form_id: str, data: Any = None) -> dict[str, Any]:
    given = {
        "form_id": form_id,
        "submission_id": ids.new_id("sub"),
        "submitted_at": "2026-03-14T15:09:26.535Z",
        "data": data or {},
    }
    return new_event("form.submitted", given, str(given["submission_id"]))


def failed(workflow_id: str, trigger_type: str = "api") -> dict[str, Any]:
    data = {
        "execution_id": ids.new_id("exec"),
        "workflow_id": workflow_id,
        "workflow_name": "Orders",
        "version": 1,
        "status": "failed",
        "trigger": {"type": trigger_type},
        "started_at": "2026-03-14T15:09:26.535Z",
        "completed_at": "2026-03-14T15:09:27.535Z",
        "error": {"node_id": "end", "type": "Stopped", "message": "no stock", "details": None},
    }
    return new_event("workflow.failed", data, str(data["execution_id"]))


def send(account_id: str, event: dict[str, Any], depth: int = 0) -> list[str]:
    return dispatch({"account_id": account_id, "depth": depth, "event": event})


@pytest.fixture
def form(account: str) -> str:
    return make_form(account)


def test_a_submission_starts_each_workflow_that_names_the_form_once(account: str, form: str) -> None:
    workflows = [publish(account, trigger("form", form_id=form)) for _ in range(3)]
    event = submitted(form, {"email": "ada@example.com"})

    first, second = send(account, event), send(account, event)

    assert sorted(first) == sorted(second)
    for workflow_id in workflows:
        (run,) = runs_of(account, workflow_id)
        assert run["input"] == event["data"]
        assert run["trigger"]["submission_id"] == event["data"]["submission_id"]


def test_another_accounts_event_starts_nothing(account: str, form: str) -> None:
    workflow_id = publish(account, trigger("form", form_id=form))

    assert send(make_account(), submitted(form)) == []
    assert runs_of(account, workflow_id) == []


def test_names_kinds_and_all_are_listened_for_once_each(account: str, form: str) -> None:
    wanted = [publish(account, trigger("event", events=names)) for names in (["form.submitted"], ["form.*"], ["*"])]
    both = publish(account, trigger("event", events=["form.*", "form.submitted", "*"]))
    publish(account, trigger("event", events=["workflow.*"]))
    event = submitted(form)

    assert len(send(account, event)) == 4
    for workflow_id in (*wanted, both):
        (run,) = runs_of(account, workflow_id)
        assert run["input"] == event


def test_what_left_service_is_not_started(account: str, form: str) -> None:
    workflow_id = publish(account, trigger("form", form_id=form))
    change(account, workflow_id, status="draft")

    assert send(account, submitted(form)) == []


def test_a_failure_starts_those_that_watch_the_workflow(account: str) -> None:
    failing = publish(account, {"id": "end", "type": "stop", "parameters": {"outcome": "failure", "message": "no stock"}})
    other = publish(account, trigger("manual"))
    every = publish(account, trigger("error"))
    named = publish(account, trigger("error", workflow_ids=[failing]))
    elsewhere = publish(account, trigger("error", workflow_ids=[other]))
    event = failed(failing)

    assert len(send(account, event)) == 2
    for workflow_id in (every, named):
        (run,) = runs_of(account, workflow_id)
        assert run["input"] == {
            "execution": {
                "id": event["data"]["execution_id"],
                "status": "failed",
                "started_at": "2026-03-14T15:09:26.535Z",
                "completed_at": "2026-03-14T15:09:27.535Z",
                "trigger": {"type": "api"},
            },
            "workflow": {"id": failing, "name": "Orders", "version": 1},
            "node": {"id": "end", "type": "stop"},
            "error": {"type": "Stopped", "message": "no stock", "details": None},
        }
    assert runs_of(account, elsewhere) == []


def test_the_failure_of_a_run_that_handles_a_failure_starts_nothing(account: str) -> None:
    publish(account, trigger("error"))

    assert send(account, failed(publish(account, trigger("manual")), "error")) == []


def test_a_chain_of_events_ends_and_tells_why(account: str, form: str) -> None:
    workflow_id = publish(account, trigger("event", events=["*"]))
    event = submitted(form)

    assert len(send(account, event, depth=9)) == 1
    assert send(account, submitted(form), depth=10) == []
    assert "nested deeper" in pinning.with_errors(account, workflow_id)[1]["on"]["message"]


def test_one_bad_message_fails_alone(account: str, form: str) -> None:
    from flows import strict_json

    workflow_id = publish(account, trigger("form", form_id=form))
    good = {"detail": {"account_id": account, "depth": 0, "event": submitted(form)}}
    records = [
        {"messageId": "bad", "body": "{"},
        {"messageId": "good", "body": strict_json.dumps(good)},
        {"messageId": "other", "body": strict_json.dumps({"detail": {}})},
    ]

    answer = handler({"Records": records})

    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == ["bad", "other"]
    assert len(runs_of(account, workflow_id)) == 1


def test_the_index_is_read_page_after_page_to_its_end(account: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.aws import tables

    for _ in range(5):
        publish(account, trigger("form", form_id=form))
    query = tables.query
    monkeypatch.setattr(tables, "query", lambda *args, **options: query(*args, **{**options, "limit": 2}))

    assert len(list(index.found(index.form_partition(account, form)))) == 5
