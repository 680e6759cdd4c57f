"""One schedule of EventBridge Scheduler for each published schedule trigger.

They follow the workflow: every change of it comes by the table's stream and has its schedules set to what they should be, whatever they
are. So a repeat changes nothing, an order that is lost is made up for by the next, and ``make schedules`` mends what was changed by hand.
A schedule's name begins with its workflow's id: what is there is found without a list of our own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flows import strict_json
from flows.aws import clock
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.errors import NotFound
from flows.triggers import clockwork, standing
from flows.workflows import pinning
from flows.workflows.pinning import Pinned

TICK = "<aws.scheduler.scheduled-time>"
LATE = timedelta(minutes=5)
"""A tick that comes later has been missed."""

_COMPARED = (
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "State",
    "FlexibleTimeWindow",
    "Target",
    "EndDate",
    "Description",
)


@dataclass(frozen=True)
class Changes:
    """What had to be done to a workflow's schedules: their names."""

    made: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.made or self.changed or self.removed)


def sync(account_id: str, workflow_id: str, *, mend: bool = True) -> Changes:
    """Set a workflow's schedules to what its published version says: none, when there is none or the workflow is gone.

    Args:
        account_id, workflow_id: the workflow.
        mend: False: only tell what differs.
    """
    wanted = _wanted(account_id, workflow_id)
    there = set(_names(workflow_id))
    made: list[str] = []
    changed: list[str] = []
    for name, schedule in wanted.items():
        present = read(name) if name in there else None
        if present is not None and _same(present, schedule):
            continue
        (made if present is None else changed).append(name)
        if mend and not _write(name, schedule, is_new=present is None):
            standing.note_error(account_id, workflow_id, _node_of(schedule), "EventBridge Scheduler refuses the schedule")
    removed = sorted(there - wanted.keys())
    for name in removed if mend else ():
        remove(name)
    return Changes(tuple(made), tuple(changed), tuple(removed))


def name_of(workflow_id: str, node_id: str) -> str:
    """A schedule's name: at most 64 characters, of letters, digits, ``-_.``."""
    return f"{workflow_id}.{hashlib.sha256(node_id.encode()).hexdigest()[:24]}"


def rules(account_id: str, workflow_id: str, pinned: Pinned | None = None) -> dict[str, clockwork.Rule]:
    """The rules of a workflow's published schedule triggers by node id; those that are no longer valid are left out.

    Args:
        account_id, workflow_id: the workflow.
        pinned: the same, when it has been read.

    Raises:
        NotFound: the account has no such workflow.
    """
    return dict(_rules(account_id, workflow_id, pinned or pinning.pinned(account_id, workflow_id)))


def _rules(account_id: str, workflow_id: str, workflow: Pinned) -> Iterator[tuple[str, clockwork.Rule]]:
    if workflow.published_version is None:
        return
    published_at = clock.parse_iso(workflow.published_at or clock.now_iso())
    for node in workflow.triggers(workflow.published_version):
        if node["type"] != "schedule":
            continue
        try:
            yield node["id"], clockwork.rule_of(node["parameters"], published_at)
        except ValueError:
            standing.note_error(account_id, workflow_id, node["id"], "The schedule's parameters are not valid; publish it again")


def _wanted(account_id: str, workflow_id: str) -> dict[str, dict[str, Any]]:
    try:
        found = rules(account_id, workflow_id)
    except NotFound:
        return {}
    now = clock.now()
    wanted = {}
    for node_id, rule in found.items():
        if rule.end_at and rule.end_at <= now:
            continue
        try:
            wanted[name_of(workflow_id, node_id)] = _schedule(account_id, workflow_id, node_id, rule, now)
        except ValueError as error:
            standing.note_error(account_id, workflow_id, node_id, f"The schedule cannot be made: {error}")
    return wanted


def _schedule(account_id: str, workflow_id: str, node_id: str, rule: clockwork.Rule, now: datetime) -> dict[str, Any]:
    """The arguments of CreateSchedule and UpdateSchedule."""
    skips = rule.missed == "skip"
    tick = {"account_id": account_id, "workflow_id": workflow_id, "node_id": node_id, "scheduled_at": TICK}
    schedule: dict[str, Any] = {
        "ScheduleExpression": rule.expression,
        "ScheduleExpressionTimezone": rule.timezone,
        "State": "ENABLED",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Description": f"{account_id} {workflow_id} from {clock.iso(rule.anchor) if rule.period or rule.start_at else 'publication'}",
        "Target": {
            "Arn": settings().schedule_target_arn,
            "RoleArn": settings().schedule_role_arn,
            "Input": strict_json.dumps(tick),
            "RetryPolicy": {
                "MaximumEventAgeInSeconds": int(LATE.total_seconds()) if skips else 86_400,
                "MaximumRetryAttempts": 10 if skips else 185,
            },
            "DeadLetterConfig": {"Arn": settings().schedule_dead_letter_arn},
        },
    }
    # Scheduler refuses a start that lies back more than five minutes, and counts an interval from its start.
    first = next(clockwork.ticks(rule, now), None) if rule.period else rule.start_at
    if first is not None and first > now:
        schedule["StartDate"] = first
    if rule.end_at:
        schedule["EndDate"] = rule.end_at
    return schedule


def _names(workflow_id: str) -> Iterator[str]:
    pages = client("scheduler").get_paginator("list_schedules")
    for page in pages.paginate(GroupName=settings().schedule_group, NamePrefix=f"{workflow_id}."):
        yield from (schedule["Name"] for schedule in page["Schedules"])


def read(name: str) -> dict[str, Any] | None:
    """A schedule as it stands in Scheduler; None when there is none."""
    scheduler = client("scheduler")
    try:
        found: dict[str, Any] = scheduler.get_schedule(GroupName=settings().schedule_group, Name=name)
    except scheduler.exceptions.ResourceNotFoundException:
        return None
    return found


def _same(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    # The start is not compared: it passes, and an interval's is another one at each look. The description tells what it is made from.
    return all(_plain(present.get(field)) == _plain(wanted.get(field)) for field in _COMPARED)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return round(value.timestamp()) if isinstance(value, datetime) else value


def _node_of(schedule: Mapping[str, Any]) -> str:
    return str(strict_json.loads(schedule["Target"]["Input"])["node_id"])


def _write(name: str, schedule: Mapping[str, Any], *, is_new: bool) -> bool:
    """False when AWS refuses it for good: to try again would only hold up the stream of all other workflows."""
    scheduler = client("scheduler")
    given = {"GroupName": settings().schedule_group, "Name": name, **schedule}
    try:
        (scheduler.create_schedule if is_new else scheduler.update_schedule)(**given)
    except scheduler.exceptions.ConflictException:  # made meanwhile, by a repeat of this very change
        scheduler.update_schedule(**given)
    except scheduler.exceptions.ResourceNotFoundException:  # removed meanwhile
        scheduler.create_schedule(**given)
    except (scheduler.exceptions.ValidationException, scheduler.exceptions.ServiceQuotaExceededException):
        return False
    return True


def remove(name: str) -> None:
    """Remove a schedule; one that is gone already is as good."""
    scheduler = client("scheduler")
    try:
        scheduler.delete_schedule(GroupName=settings().schedule_group, Name=name)
    except scheduler.exceptions.ResourceNotFoundException:
        return
