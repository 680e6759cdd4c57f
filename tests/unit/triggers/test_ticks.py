"""A tick starts one run for its moment; late ones count as the trigger says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flows.aws import clock
from flows.triggers.ticking import tick
from flows.workflows import service as workflows

from tests.unit.triggers.published import change, publish, runs_of, trigger

NOW = datetime(2026, 3, 16, 8, 0, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_eight(aws: None) -> None:
    clock.set_now(lambda: NOW)


def tick_of(account: str, workflow_id: str, at: str) -> dict[str, Any]:
    return tick({"account_id": account, "workflow_id": workflow_id, "node_id": "on", "scheduled_at": at})


def test_a_tick_starts_a_run_at_its_moment_once(account: str) -> None:
    workflow_id = publish(account, trigger("schedule", cron="0 9 * * *", timezone="Europe/Berlin"))

    first, second = (tick_of(account, workflow_id, "2026-03-16T08:00:00Z") for _ in range(2))

    assert first["outcome"] == second["outcome"] == "started"
    (run,) = runs_of(account, workflow_id)
    assert run["input"] == {"scheduled_at": "2026-03-16T08:00:00.000Z", "timezone": "Europe/Berlin"}
    assert run["started_at"] == "2026-03-16T08:00:00.000Z"
    assert run["trigger"] == {"type": "schedule", "node_id": "on", "scheduled_at": "2026-03-16T08:00:00.000Z"}


def test_a_tick_of_a_workflow_that_left_service_starts_nothing(account: str) -> None:
    withdrawn = publish(account, trigger("schedule", cron="0 9 * * *"))
    change(account, withdrawn, status="draft")
    other_trigger = publish(account, {"id": "clock", "type": "schedule", "parameters": {"cron": "0 9 * * *"}})
    deleted = publish(account, trigger("schedule", cron="0 9 * * *"))
    workflows.delete(account, deleted)

    outcomes = [tick_of(account, one, "2026-03-16T08:00:00Z")["outcome"] for one in (withdrawn, other_trigger, deleted)]

    assert outcomes == ["withdrawn"] * 3
    assert runs_of(account, withdrawn) == []


def test_a_missed_tick_is_skipped(account: str) -> None:
    workflow_id = publish(account, trigger("schedule", cron="0 * * * *"))

    assert tick_of(account, workflow_id, "2026-03-16T07:00:00Z")["outcome"] == "missed"
    assert runs_of(account, workflow_id) == []


def test_of_the_ticks_that_were_missed_the_last_one_runs_where_that_is_wanted(account: str) -> None:
    workflow_id = publish(account, trigger("schedule", cron="30 * * * *", missed="run_once"))

    outcomes = [tick_of(account, workflow_id, f"2026-03-16T0{hour}:30:00Z")["outcome"] for hour in (5, 6, 7)]

    assert outcomes == ["missed", "missed", "started"]
    assert len(runs_of(account, workflow_id)) == 1


def test_a_tick_that_is_a_little_late_counts(account: str) -> None:
    workflow_id = publish(account, trigger("schedule", cron="* * * * *"))

    at = (NOW - timedelta(minutes=4)).replace(second=0).isoformat()

    assert tick_of(account, workflow_id, at)["outcome"] == "started"
