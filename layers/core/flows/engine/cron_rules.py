"""Five-field cron expressions: what we take, and why not."""

from __future__ import annotations

import re

_NAME = r"[A-Za-z]{3}"
_RANGE = rf"(?:\*|(?:\d{{1,2}}|{_NAME})(?:-(?:\d{{1,2}}|{_NAME}))?)(?:/\d{{1,3}})?"
_FIELD = re.compile(rf"{_RANGE}(?:,{_RANGE})*")
_FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")


def check_cron(text: str) -> None:
    """Check a cron expression: minute, hour, day of the month, month, day of the week (0 or 7 is Sunday), as crontab(5) has them.

    Lists, ranges, steps and the English names of months and days are taken; seconds, years, ``@daily``, ``?``, ``L``, ``W`` and ``#``
    are not.

    Raises:
        ValueError: with the reason. Also when both day fields are restricted: crontab(5) fires then when either fits, which no
            schedule of AWS can say.
    """
    fields = text.split()
    if len(fields) != 5:
        raise ValueError(f"a cron expression has five fields ({', '.join(_FIELDS)}); this has {len(fields)}")
    for name, field in zip(_FIELDS, fields, strict=True):
        if len(field) > 200 or not _FIELD.fullmatch(field):
            raise ValueError(f"the field for the {name} takes numbers, names, *, ranges as 1-5, lists as 1,15 and steps as */10")
    if fields[2] != "*" and fields[4] != "*":
        raise ValueError("restrict the day of the month or the day of the week, not both: one of the two must be *")
    _expand(" ".join(fields))


def _expand(text: str) -> None:
    from croniter import croniter
    from croniter.croniter import CroniterError

    try:
        croniter.expand(text, strict=True)
    except (CroniterError, ValueError, KeyError, TypeError):
        raise ValueError("a number or name is out of its field's range, or the day never comes") from None
