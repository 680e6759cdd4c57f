"""Arithmetic with times as people mean it: a day later is the same time of day, also when the clocks change in between; an hour later is
3,600 seconds later. A month later than the 31st is the last day of a shorter month.
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta

SECONDS = {"millisecond": 0.001, "second": 1.0, "minute": 60.0, "hour": 3600.0}
"""Units of exact length."""
DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
UNITS = (*SECONDS, *DAYS, *MONTHS)


def add(moment: datetime, amount: float, unit: str) -> datetime:
    """A time some units later, or earlier with a negative amount.

    Args:
        moment: with its zone.
        amount: whole for units of a day and more.
        unit: one of UNITS.

    Raises:
        ValueError: part of a day or a longer unit.
        OverflowError: before the year 1 or after 9999.
    """
    if unit in SECONDS:
        return (moment.astimezone(UTC) + timedelta(seconds=amount * SECONDS[unit])).astimezone(moment.tzinfo)
    if amount != int(amount):
        raise ValueError(f"must be a whole number of {unit}s")
    if unit in DAYS:
        later = moment + timedelta(days=int(amount) * DAYS[unit])
    else:
        months = moment.year * 12 + moment.month - 1 + int(amount) * MONTHS[unit]
        year, month = divmod(months, 12)
        if not 1 <= year <= 9999:
            raise OverflowError
        later = moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))
    return _existing(later)


def difference(end: datetime, start: datetime, unit: str) -> float:
    """How many units lie between two times; negative when `end` is first. Whole calendar units, and the part of the last one."""
    # Through UTC: Python subtracts and compares two times of the same zone by their clocks, as if these never changed.
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    if unit in SECONDS:
        return (last - first) / timedelta(seconds=SECONDS[unit])
    if last < first:
        return -difference(start, end, unit)
    end = end.astimezone(start.tzinfo)
    if unit in DAYS:
        whole = (end.replace(tzinfo=None) - start.replace(tzinfo=None)) // timedelta(days=DAYS[unit])
    else:
        whole = ((end.year - start.year) * 12 + end.month - start.month) // MONTHS[unit]
    while add(start, whole, unit).astimezone(UTC) > last:
        whole -= 1
    low, high = add(start, whole, unit).astimezone(UTC), add(start, whole + 1, unit).astimezone(UTC)
    return whole + (last - low) / (high - low)


def start_of(moment: datetime, unit: str) -> datetime:
    """The first moment of the unit that a time is in; weeks begin on Monday (ISO 8601)."""
    if unit == "millisecond":
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    start = moment.replace(microsecond=0)
    if unit == "second":
        return start
    start = start.replace(second=0)
    if unit == "minute":
        return start
    start = start.replace(minute=0)
    if unit == "hour":
        return start
    start = start.replace(hour=0, fold=0)
    if unit == "week":
        start -= timedelta(days=start.weekday())
    elif unit in MONTHS:
        start = start.replace(day=1, month={"month": start.month, "quarter": (start.month - 1) // 3 * 3 + 1, "year": 1}[unit])
    return _existing(start)


def end_of(moment: datetime, unit: str) -> datetime:
    """The last millisecond of the unit that a time is in."""
    start = start_of(moment, unit)
    # From noon of no day: a day that begins at 1:00, because the clock skips midnight, does not end at 1:00.
    base = start.replace(hour=0, fold=0) if unit not in SECONDS else start
    return add(add(base, 1, unit), -1, "millisecond")


def _existing(moment: datetime) -> datetime:
    """A time that the clock skips, as the one that it shows instead."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo)
