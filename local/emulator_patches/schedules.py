"""EventBridge Scheduler: time zones, the tick's own time, and the permission of the schedule's role."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import eventbridge, scheduler

from local.emulator_patches import roles

TICK_SECONDS = 1.0
PLACEHOLDERS = ("<aws.scheduler.scheduled-time>", "<aws.scheduler.schedule-arn>", "<aws.scheduler.execution-id>",
                "<aws.scheduler.attempt-number>")  # fmt: skip
_INVOKE = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "states": "states:StartExecution",
           "events": "events:PutEvents", "sns": "sns:Publish"}  # fmt: skip


def apply() -> None:
    """The emulator looks every 10 s, reads all expressions as UTC, leaves ``<aws.scheduler...>`` as text, and invokes
    whatever the role may do. The rules that are its own (State, dates, ActionAfterCompletion) are kept."""
    due: dict[tuple, tuple[str, datetime | None]] = {}

    def tick() -> None:
        now = datetime.now(UTC)
        for key, schedule in list(scheduler._schedules._data.items()):
            version = f"{schedule['LastModificationDate']}"
            if key not in due or due[key][0] != version:
                due[key] = version, next_after(schedule, datetime.fromtimestamp(schedule["LastModificationDate"], UTC))
            moment = due[key][1]
            if schedule.get("State") != "ENABLED":
                due.pop(key)
                continue
            if moment is None or moment > now:
                continue
            due[key] = version, next_after(schedule, max(moment, now - timedelta(minutes=1)))
            fire(key, schedule, moment)
            if due[key][1] is None and schedule.get("ActionAfterCompletion") == "DELETE":
                scheduler._schedules._data.pop(key, None)

    def loop() -> None:
        while True:
            time.sleep(TICK_SECONDS)
            try:
                tick()
            except Exception:
                scheduler.logger.exception("Scheduler ticker error")

    def start() -> None:
        threading.Thread(target=loop, daemon=True, name="schedules").start()

    scheduler.start_scheduler = start


def next_after(schedule: dict, after: datetime) -> datetime | None:
    """The schedule's first moment after ``after`` (UTC) within its start and end dates; None when there is none."""
    start, end = scheduler._to_epoch(schedule.get("StartDate")), scheduler._to_epoch(schedule.get("EndDate"))
    if start is not None:
        after = max(after, datetime.fromtimestamp(start, UTC) - timedelta(seconds=1))
    moment = expression_after(schedule, after)
    if moment is None or (end is not None and moment.timestamp() > end):
        return None
    return moment


def expression_after(schedule: dict, after: datetime) -> datetime | None:
    expression = schedule.get("ScheduleExpression", "")
    zone = ZoneInfo(schedule.get("ScheduleExpressionTimezone") or "UTC")
    if expression.startswith("at("):
        moment = datetime.fromisoformat(expression[3:-1]).replace(tzinfo=zone).astimezone(UTC)
        return moment if moment >= after.replace(microsecond=0) else None
    seconds = eventbridge._parse_rate_seconds(expression)
    if seconds is not None:
        start = scheduler._to_epoch(schedule.get("StartDate")) or schedule["CreationDate"]
        # A millisecond more: the last moment itself must not come out again for a rounding error.
        passed = (after.timestamp() + 0.001 - start) // seconds + 1
        return datetime.fromtimestamp(start + passed * seconds, UTC)
    fields = eventbridge._parse_cron_fields(expression)
    if fields is None:
        return None
    # The fields are matched against the zone's wall clock. A time that a change to summer time skips runs at the next one.
    wall = after.astimezone(zone).replace(tzinfo=UTC)
    for _ in range(4):
        found = eventbridge._cron_next_fire(fields, wall)
        if found is None:
            return None
        moment = found.replace(tzinfo=zone).astimezone(UTC)
        skipped = moment.astimezone(zone).replace(tzinfo=UTC) != found
        if moment > after and not skipped:
            return moment
        wall = found
    return None


def fire(key: tuple, schedule: dict, moment: datetime) -> None:
    """Deliver one tick to the schedule's target, if its role may."""
    account, region, _ = key
    set_request_account_id(account)
    set_request_region(region)
    target: dict[str, Any] = dict(schedule.get("Target") or {})
    service = target.get("Arn", ":::").split(":")[2]
    action = _INVOKE.get(service, "")
    if not roles.allowed(target.get("RoleArn", ""), action, target.get("Arn", "")):
        scheduler.logger.error("%s: its role may not %s", schedule.get("Arn"), action)
        return
    values = (moment.strftime("%Y-%m-%dT%H:%M:%SZ"), schedule.get("Arn", ""), scheduler.new_uuid(), "1")
    if target.get("Input"):
        for name, value in zip(PLACEHOLDERS, values, strict=True):
            target["Input"] = target["Input"].replace(name, value)
    event = {
        "EventId": scheduler.new_uuid(),
        "Source": "aws.scheduler",
        "DetailType": "Scheduled Event",
        "Detail": "{}",
        "Time": moment.timestamp(),
        "Resources": [schedule.get("Arn", "")],
        "Account": account,
        "Region": region,
    }
    eventbridge._invoke_target(target, event, schedule)
