"""Schedules are what the published workflow says, however often and in whatever state they are looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from flows import strict_json
from flows.aws import tables
from flows.aws.settings import settings
from flows.triggers import schedules
from flows.workflows import pinning
from flows.workflows import service as workflows

from tests.unit.triggers.published import change, publish, trigger


def present(workflow_id: str) -> list[dict[str, Any]]:
    scheduler = boto3.client("scheduler")
    names = [one["Name"] for one in scheduler.list_schedules(GroupName="triggers", NamePrefix=workflow_id)["Schedules"]]
    return [scheduler.get_schedule(GroupName="triggers", Name=name) for name in names]


def test_a_published_schedule_is_made_once(account: str) -> None:
    workflow_id = publish(account, trigger("schedule", cron="0 9 * * *", timezone="Europe/Berlin"))

    made = schedules.sync(account, workflow_id)
    again = schedules.sync(account, workflow_id)

    (schedule,) = present(workflow_id)
    assert len(made.made) == 1
    assert not again
    assert schedule["ScheduleExpression"] == "cron(0 9 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] == 300
    assert schedule["Target"]["DeadLetterConfig"] == {"Arn": "arn:aws:sqs:us-east-1:123456789012:dead"}
    assert strict_json.loads(schedule["Target"]["Input"]) == {
        "account_id": account,
        "workflow_id": workflow_id,
        "node_id": "on",
        "scheduled_at": "<aws.scheduler.scheduled-time>",
    }


def test_it_changes_with_the_published_version_and_not_with_the_draft(account: str) -> None:
    workflow_id = publish(account, trigger("schedule", cron="0 9 * * *"))
    schedules.sync(account, workflow_id)

    change(account, workflow_id, nodes=[trigger("schedule", cron="0 10 * * *", missed="run_once")])
    draft = schedules.sync(account, workflow_id)
    change(account, workflow_id, status="published")
    published = schedules.sync(account, workflow_id)

    assert not draft
    assert len(published.changed) == 1
    (schedule,) = present(workflow_id)
    assert schedule["ScheduleExpression"] == "cron(0 10 * * ? *)"
    assert schedule["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] == 86_400


def test_it_is_removed_when_the_workflow_leaves_service_and_when_it_is_deleted(account: str) -> None:
    workflow_id = publish(account, trigger("schedule", cron="0 9 * * *"))
    schedules.sync(account, workflow_id)

    change(account, workflow_id, status="draft")
    schedules.sync(account, workflow_id)
    assert present(workflow_id) == []

    change(account, workflow_id, status="published")
    schedules.sync(account, workflow_id)
    assert len(present(workflow_id)) == 1
    workflows.delete(account, workflow_id)
    removed = schedules.sync(account, workflow_id)
    assert len(removed.removed) == 1
    assert present(workflow_id) == []


def test_only_the_schedules_of_enabled_triggers_are_made_each_its_own(account: str) -> None:
    nodes = [
        {"id": "a", "type": "schedule", "parameters": {"cron": "0 9 * * *"}},
        {"id": "b", "type": "schedule", "parameters": {"every": {"days": 1}}},
        {"id": "c", "type": "schedule", "parameters": {"cron": "0 9 * * *"}, "disabled": True},
    ]
    workflow_id = publish(account, *nodes)

    schedules.sync(account, workflow_id)

    assert {schedule["ScheduleExpression"] for schedule in present(workflow_id)} == {"cron(0 9 * * ? *)", "rate(1 day)"}


def test_what_was_changed_by_hand_is_told_and_mended(account: str) -> None:
    workflow_id = publish(account, trigger("schedule", cron="0 9 * * *"))
    schedules.sync(account, workflow_id)
    (schedule,) = present(workflow_id)
    boto3.client("scheduler").update_schedule(
        GroupName="triggers",
        Name=schedule["Name"],
        ScheduleExpression="rate(1 minute)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=schedule["Target"],
    )

    told = schedules.sync(account, workflow_id, mend=False)
    assert told.changed == (schedule["Name"],)
    assert present(workflow_id)[0]["ScheduleExpression"] == "rate(1 minute)"
    schedules.sync(account, workflow_id)
    assert present(workflow_id)[0]["ScheduleExpression"] == "cron(0 9 * * ? *)"


def test_dates_that_lie_ahead_are_kept_and_a_schedule_that_is_over_is_not_made(account: str) -> None:
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    end = start + timedelta(days=2)
    coming = publish(account, trigger("schedule", cron="0 9 * * *", start_at=start.isoformat(), end_at=end.isoformat()))
    over = publish(account, trigger("schedule", cron="0 9 * * *", end_at="2020-01-01T00:00:00Z"))

    schedules.sync(account, coming)
    schedules.sync(account, over)

    (schedule,) = present(coming)
    assert datetime.fromisoformat(str(schedule["StartDate"])) == start
    assert datetime.fromisoformat(str(schedule["EndDate"])) == end
    assert present(over) == []
    assert not schedules.sync(account, coming)


def test_an_interval_keeps_its_rhythm_when_the_workflow_is_only_renamed(account: str) -> None:
    workflow_id = publish(account, trigger("schedule", every={"hours": 6}))
    schedules.sync(account, workflow_id)

    change(account, workflow_id, name="Another name")

    assert not schedules.sync(account, workflow_id)


def test_parameters_that_are_no_longer_valid_stop_nothing_and_are_told(account: str) -> None:
    nodes = [
        {"id": "good", "type": "schedule", "parameters": {"cron": "0 9 * * *"}},
        {"id": "old", "type": "schedule", "parameters": {"cron": "0 8 * * *"}},
    ]
    workflow_id = publish(account, *nodes)
    item = tables.get(settings().workflows_table, f"{account}#{workflow_id}", "workflow")
    assert item
    older = {name: item[name].replace("0 8 * * *", "what an older version took") for name in ("latest", "published")}
    tables.put(settings().workflows_table, {**item, **older})

    schedules.sync(account, workflow_id)

    assert [schedule["ScheduleExpression"] for schedule in present(workflow_id)] == ["cron(0 9 * * ? *)"]
    assert "not valid" in pinning.with_errors(account, workflow_id)[1]["old"]["message"]
