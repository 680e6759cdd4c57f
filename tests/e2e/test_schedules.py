"""Schedules, forms, events and failures start workflows on the deployed stack."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from tests.e2e.hook_calls import BURST, eventually, executions_of, triggers_of
from tests.e2e.runs import create, edges, node, start, until
from tests.stack import Api, RunningStack


def schedules_of(stack: RunningStack, workflow_id: str) -> list[dict[str, Any]]:
    """The workflow's schedules as they stand in EventBridge Scheduler."""
    scheduler = stack.client("scheduler")
    group = stack.outputs["ScheduleGroupName"]
    listed = scheduler.list_schedules(GroupName=group, NamePrefix=f"{workflow_id}.")["Schedules"]
    found = []
    for one in listed:
        with suppress(scheduler.exceptions.ResourceNotFoundException):  # removed since it was listed
            found.append(scheduler.get_schedule(GroupName=group, Name=one["Name"]))
    return found


def one_schedule(stack: RunningStack, workflow_id: str, expression: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = schedules_of(stack, workflow_id)
        return found[0] if len(found) == 1 and found[0]["ScheduleExpression"] == expression else None

    found: dict[str, Any] = eventually(look)
    return found


def test_a_schedule_is_made_changed_and_removed_with_its_workflow(stack: RunningStack, api: Api) -> None:
    clock = node("clock", "schedule", cron="0 9 * * 1-5", timezone="Europe/Berlin")
    workflow_id = create(api, [clock])

    made = one_schedule(stack, workflow_id, "cron(0 9 ? * MON,TUE,WED,THU,FRI *)")
    assert made["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert made["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert made["Target"]["DeadLetterConfig"]["Arn"]

    later = node("clock", "schedule", every={"hours": 2})
    assert api.patch(f"/workflows/{workflow_id}", {"nodes": [later], "status": "published"}).status == 200
    one_schedule(stack, workflow_id, "rate(2 hours)")

    assert api.post(f"/workflows/{workflow_id}/versions/1/restore").status == 200
    assert api.patch(f"/workflows/{workflow_id}", {"status": "published"}).status == 200
    one_schedule(stack, workflow_id, "cron(0 9 ? * MON,TUE,WED,THU,FRI *)")

    assert api.patch(f"/workflows/{workflow_id}", {"status": "draft"}).status == 200
    eventually(lambda: schedules_of(stack, workflow_id) == [])
    assert api.patch(f"/workflows/{workflow_id}", {"status": "published"}).status == 200
    one_schedule(stack, workflow_id, "cron(0 9 ? * MON,TUE,WED,THU,FRI *)")
    assert api.delete(f"/workflows/{workflow_id}").status == 200
    eventually(lambda: schedules_of(stack, workflow_id) == [])


def test_the_next_ten_times_are_shown(api: Api) -> None:
    workflow_id = create(api, [node("clock", "schedule", cron="30 9 * * *", timezone="America/New_York")])

    times = api.get(f"/workflows/{workflow_id}/schedule").data

    assert len(times) == 10
    moments = [datetime.fromisoformat(one["scheduled_at"]) for one in times]
    assert moments == sorted(moments)
    assert {one["local_time"][11:16] for one in times} == {"09:30"}
    assert triggers_of(api, workflow_id)["clock"]["next_at"] == times[0]["scheduled_at"]
    assert api.patch(f"/workflows/{workflow_id}", {"status": "draft"}).status == 200
    assert api.get(f"/workflows/{workflow_id}/schedule").data == []


def test_a_schedule_of_every_minute_fires_and_stops_when_it_is_unpublished(stack: RunningStack, api: Api) -> None:
    workflow_id = create(api, [node("clock", "schedule", cron="* * * * *"), node("after")], edges("clock>after"))
    one_schedule(stack, workflow_id, "cron(* * * * ? *)")

    (run,) = eventually(lambda: executions_of(api, workflow_id), 90)
    execution = until(api, run["id"])

    assert execution["status"] == "completed"
    scheduled_at = datetime.fromisoformat(execution["output"]["scheduled_at"])
    assert scheduled_at.second == 0
    assert execution["output"]["timezone"] == "UTC"
    assert execution["trigger"]["type"] == "schedule"
    assert execution["started_at"] == execution["output"]["scheduled_at"]
    assert triggers_of(api, workflow_id)["clock"]["last_started_at"] == execution["started_at"]

    assert api.patch(f"/workflows/{workflow_id}", {"status": "draft"}).status == 200
    eventually(lambda: schedules_of(stack, workflow_id) == [])
    known = len(executions_of(api, workflow_id))
    until_next = 60 - time.time() % 60
    time.sleep(until_next + 8)
    assert len(executions_of(api, workflow_id)) == known


def test_a_tick_that_comes_twice_starts_one_run(stack: RunningStack, api: Api, account: tuple[str, str]) -> None:
    workflow_id = create(api, [node("clock", "schedule", cron="0 0 1 1 *")])
    now = datetime.now().astimezone().replace(microsecond=0)
    tick = {"account_id": account[0], "workflow_id": workflow_id, "node_id": "clock", "scheduled_at": now.isoformat()}
    invoke = Invoker(stack, "scheduled")

    outcomes = [invoke(tick)["outcome"] for _ in range(3)]
    late = invoke({**tick, "scheduled_at": (now - timedelta(hours=1)).isoformat()})

    assert outcomes == ["started"] * 3
    assert late["outcome"] == "missed"
    assert len(executions_of(api, workflow_id)) == 1


def test_what_was_changed_behind_our_back_is_listed_and_mended(stack: RunningStack, api: Api) -> None:
    workflow_id = create(api, [node("clock", "schedule", cron="0 9 * * *")])
    made = one_schedule(stack, workflow_id, "cron(0 9 * * ? *)")
    stack.client("scheduler").delete_schedule(GroupName=made["GroupName"], Name=made["Name"])

    def drift(*options: str) -> list[dict[str, Any]]:
        return [one for one in stack.operate("schedules", *options)["drifted"] if one["workflow_id"] == workflow_id]

    assert [one["missing"] for one in drift()] == [[made["Name"]]]
    assert [one["missing"] for one in drift("--mend")] == [[made["Name"]]]
    assert drift() == []
    one_schedule(stack, workflow_id, "cron(0 9 * * ? *)")


class Invoker:
    """Invokes a function of the stack as its source does."""

    def __init__(self, stack: RunningStack, name: str) -> None:
        self.client = stack.client("lambda")
        self.function = stack.functions[name]

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        import json

        answer = self.client.invoke(FunctionName=self.function, Payload=json.dumps(event).encode())
        found: dict[str, Any] = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, found
        return found


def make_form(api: Api) -> str:
    answer = api.post("/forms", {"name": "Contact", "fields": [{"name": "email", "type": "email", "required": True}]})
    assert answer.status == 201, answer.text
    form_id: str = answer.data["id"]
    return form_id


def submit(api: Api, form_id: str, email: str) -> str:
    answer = api.post(f"/forms/{form_id}/submissions", {"data": {"email": email}})
    assert answer.status == 201, answer.text
    submission_id: str = answer.data["id"]
    return submission_id


def test_a_submission_starts_each_published_workflow_that_names_the_form_once(api: Api) -> None:
    form_id = make_form(api)
    workflows = [create(api, [node("form", "form", form_id=form_id)]) for _ in range(2)]
    other = create(api, [node("form", "form", form_id=make_form(api))])

    submission_id = submit(api, form_id, "ada@example.com")

    for workflow_id in workflows:
        (run,) = eventually(lambda workflow_id=workflow_id: executions_of(api, workflow_id))
        output = until(api, run["id"])["output"]
        assert output["submission_id"] == submission_id
        assert output["form_id"] == form_id
        assert output["data"] == {"email": "ada@example.com"}
        assert output.keys() == {"form_id", "submission_id", "submitted_at", "data"}
    assert executions_of(api, other) == []


def test_an_event_starts_the_workflows_that_listen_for_its_name_or_kind(api: Api) -> None:
    by_name = create(api, [node("on", "event", events=["form.submitted"])])
    by_kind = create(api, [node("on", "event", events=["form.*", "form.submitted"])])
    others = create(api, [node("on", "event", events=["webhook.*"])])

    submission_id = submit(api, make_form(api), "ada@example.com")

    for workflow_id in (by_name, by_kind):
        (run,) = eventually(lambda workflow_id=workflow_id: executions_of(api, workflow_id))
        event = until(api, run["id"])["output"]
        assert event.keys() == {"id", "type", "created_at", "data"}
        assert event["type"] == "form.submitted"
        assert event["data"]["submission_id"] == submission_id
    assert executions_of(api, others) == []


def test_a_failure_starts_the_workflows_that_watch_and_theirs_starts_nothing_again(api: Api) -> None:
    failing = create(api, [node("end", "stop", outcome="failure", message="no stock")], name="Orders")
    elsewhere = create(api, [node("on", "error", workflow_ids=[create(api, [node("n")])])])
    stop = node("end", "stop", outcome="failure", message="again")
    watching = create(api, [node("on", "error"), stop], edges("on>end"))

    execution_id = start(api, failing, {})

    (run,) = eventually(lambda: executions_of(api, watching))
    execution = until(api, run["id"])
    failure = next(entry for entry in execution["logs"] if entry["node_id"] == "on")["output"]
    assert failure["execution"]["id"] == execution_id
    assert failure["workflow"]["id"] == failing
    assert failure["node"] == {"id": "end", "type": "stop"}
    assert failure["error"]["message"] == "no stock"
    assert execution["status"] == "failed"
    time.sleep(5)
    assert len(executions_of(api, watching)) == 1
    assert executions_of(api, elsewhere) == []


def test_a_loop_of_events_is_ended(api: Api) -> None:
    workflow_id = create(api, [node("on", "event", events=["workflow.executed"])])
    first = create(api, [node("n")])

    start(api, first, {})

    def stopped() -> dict[str, Any] | None:
        found: dict[str, Any] | None = triggers_of(api, workflow_id)["on"]["last_error"]
        return found

    error = eventually(stopped, 120)
    assert "deeper" in error["message"]
    assert len(executions_of(api, workflow_id)) == 10


def test_a_burst_of_submissions_starts_each_its_run_none_twice_none_lost(api: Api) -> None:
    count = BURST
    form_id = make_form(api)
    workflow_id = create(api, [node("form", "form", form_id=form_id)])

    with ThreadPoolExecutor(8) as pool:
        sent = set(pool.map(lambda n: submit(api, form_id, f"a{n}@example.com"), range(count)))

    def all_done() -> list[dict[str, Any]] | None:
        runs = executions_of(api, workflow_id)
        return runs if len(runs) >= count and all(run["status"] == "completed" for run in runs) else None

    runs = eventually(all_done, 300)
    assert len(sent) == count
    assert sorted(run["trigger"]["submission_id"] for run in runs) == sorted(sent)
