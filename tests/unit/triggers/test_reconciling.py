"""Drift between schedules and workflows is told, and mended when asked."""

from __future__ import annotations

import boto3
from flows.triggers import schedules
from flows.triggers.reconciling import reconcile

from tests.unit.triggers.published import change, publish, trigger


def names() -> set[str]:
    return {one["Name"] for one in boto3.client("scheduler").list_schedules(GroupName="triggers")["Schedules"]}


def test_missing_orphaned_and_strange_schedules_are_found(account: str) -> None:
    right = publish(account, trigger("schedule", cron="0 9 * * *"))
    missing = publish(account, trigger("schedule", cron="0 9 * * *"))
    orphaned = publish(account, trigger("schedule", cron="0 9 * * *"))
    schedules.sync(account, right)
    schedules.sync(account, orphaned)
    change(account, orphaned, status="draft")
    target = {"Arn": "arn:aws:lambda:us-east-1:123456789012:function:x", "RoleArn": "arn:aws:iam::123456789012:role/x"}
    boto3.client("scheduler").create_schedule(
        GroupName="triggers",
        Name="by-hand",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )
    published = [(account, right), (account, missing)]

    told = reconcile(published, mend=False)
    before = names()
    mended = reconcile(published, mend=True)
    after = reconcile(published, mend=True)

    assert told == mended
    assert {one["workflow_id"]: (len(one["missing"]), len(one["orphaned"])) for one in told} == {
        missing: (1, 0),
        orphaned: (0, 1),
        None: (0, 1),
    }
    assert "by-hand" in before
    assert names() == {schedules.name_of(right, "on"), schedules.name_of(missing, "on")}
    assert after == []
