"""From crontab's five fields to the six of EventBridge Scheduler.

They differ in more than the year: AWS counts days of the week from 1 (Sunday), wants ``?`` in one of the two day fields, and its document
says nothing of many notations that crontab takes. So each field is worked out to the numbers that it means and written again in
what is common to all: ``*``, numbers, ranges and ``start/step``.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
"""

from __future__ import annotations

from itertools import pairwise

_LAST = (59, 23, 31, 12, 6)
_FIRST = (0, 0, 1, 1, 0)
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


class CannotSay(ValueError):
    """AWS has no expression for it."""


def to_aws(text: str) -> str:
    """The schedule expression of a five-field cron expression (``flows.engine.cron_rules`` has found it valid).

    Raises:
        CannotSay: both day fields are restricted. (The longest expression has 239 characters; AWS takes 256.)
    """
    minute, hour, day, month, weekday = expand(text)
    fields = [_written(minute, 0), _written(hour, 1), _written(day, 2), _written(month, 3)]
    weekdays = "?"
    if weekday is not None:
        if day is not None:
            raise CannotSay("the day of the month and the day of the week are both restricted")
        fields[2] = "?"
        weekdays = ",".join(_DAYS[number] for number in weekday)
    return f"cron({' '.join(fields)} {weekdays} *)"


def expand(text: str) -> list[list[int] | None]:
    """The values of each field, None for all of them: minute, hour, day of the month, month, day of the week (0 is Sunday).

    Raises:
        CannotSay: it is no cron expression.
    """
    from croniter import croniter
    from croniter.croniter import CroniterError

    try:
        fields, _ = croniter.expand(text)
    except (CroniterError, ValueError, KeyError, TypeError):
        raise CannotSay("it is no cron expression of five fields") from None
    found: list[list[int] | None] = []
    for place, values in enumerate(fields[:5]):
        numbers = sorted({int(value) for value in values if value != "*"})
        is_all = "*" in values or len(numbers) == _LAST[place] - _FIRST[place] + 1
        found.append(None if is_all else numbers)
    return found


def _written(values: list[int] | None, place: int) -> str:
    if values is None:
        return "*"
    steps = {later - earlier for earlier, later in pairwise(values)}
    if len(values) > 2 and len(steps) == 1 and (step := steps.pop()) > 1 and values[-1] + step > _LAST[place]:
        return f"{values[0]}/{step}"
    return ",".join(_runs(values))


def _runs(values: list[int]) -> list[str]:
    """Numbers, and ranges for three and more in a row."""
    runs: list[list[int]] = []
    for value in values:
        if runs and runs[-1][-1] == value - 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return [part for run in runs for part in ([f"{run[0]}-{run[-1]}"] if len(run) > 2 else map(str, run))]
