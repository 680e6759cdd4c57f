"""When a schedule trigger fires.

A cron expression is held against the wall clock of its zone, as EventBridge Scheduler does it: a time that the clock skips in spring does
not come on that day, and one that it shows twice in autumn comes once, the first time. An interval knows no zone: it counts seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.aws import clock
from flows.engine.nodes.schedule import ScheduleParameters
from flows.engine.time_zones import zone
from flows.triggers import cron

_EACH = {"minutes": 60, "hours": 3_600, "days": 86_400}
_YEARS_AHEAD = timedelta(days=8 * 366)
"""How far is looked for the next time: 29 February comes after eight years at the latest."""


@dataclass(frozen=True)
class Rule:
    """A published schedule trigger.

    Args:
        cron: five fields, or None.
        period: seconds of an interval, or None.
        unit, amount: the interval as it was written.
        timezone: of the cron expression.
        anchor: the interval's first tick.
        start_at, end_at: no tick before and none after, or None.
        missed: ``skip`` or ``run_once``.
    """

    cron: str | None
    period: int | None
    unit: str
    amount: int
    timezone: str
    anchor: datetime
    start_at: datetime | None
    end_at: datetime | None
    missed: str

    @property
    def expression(self) -> str:
        """As EventBridge Scheduler writes it.

        Raises:
            CannotSay: it cannot.
        """
        if self.cron is not None:
            return cron.to_aws(self.cron)
        return f"rate({self.amount} {self.unit if self.amount > 1 else self.unit[:-1]})"


def rule_of(parameters: dict[str, Any], published_at: datetime) -> Rule:
    """The rule of a trigger's parameters.

    Args:
        parameters: as they stand in the definition.
        published_at: when the version was published; an interval without ``start_at`` first ends one period later.

    Raises:
        ValueError: they are not valid (a definition of an older version of the platform).
    """
    given = ScheduleParameters.model_validate(parameters)
    start = clock.parse_iso(given.start_at) if given.start_at else None
    end = clock.parse_iso(given.end_at) if given.end_at else None
    unit, amount, period = "", 0, None
    anchor = start or published_at
    if given.every is not None:
        unit, amount = given.every.unit, given.every.amount
        period = amount * _EACH[unit]
        if start is None:
            anchor = published_at + timedelta(seconds=period)
    return Rule(given.cron, period, unit, amount, given.timezone, anchor, start, end, given.missed)


def ticks(rule: Rule, after: datetime) -> Iterator[datetime]:
    """The rule's moments later than `after`, in order, in UTC; it ends where the rule does."""
    begin = max(after, rule.start_at - timedelta(microseconds=1)) if rule.start_at else after
    for moment in _by_interval(rule, begin) if rule.period else _by_cron(rule, begin):
        if rule.end_at and moment > rule.end_at:
            return
        yield moment


def _by_interval(rule: Rule, after: datetime) -> Iterator[datetime]:
    period = timedelta(seconds=rule.period or 60)
    passed = max(0, (after - rule.anchor) // period + 1)
    moment = rule.anchor + passed * period
    while True:
        yield moment
        moment += period


def _by_cron(rule: Rule, after: datetime) -> Iterator[datetime]:
    from croniter import croniter
    from croniter.croniter import CroniterBadDateError

    place = zone(rule.timezone)
    # croniter sees wall-clock times without a zone; what they mean is decided here. An hour earlier: the clock may stand in its second 2:30.
    wall = after.astimezone(place).replace(tzinfo=None) - timedelta(hours=2)
    times = croniter(rule.cron or "", wall, max_years_between_matches=8)
    limit = after + _YEARS_AHEAD
    while True:
        try:
            local: datetime = times.get_next(datetime)
        except CroniterBadDateError:
            return
        moment = local.replace(tzinfo=place, fold=0).astimezone(UTC)
        if moment > limit:
            return
        if moment > after and moment.astimezone(place).replace(tzinfo=None) == local:
            limit = moment + _YEARS_AHEAD
            yield moment
