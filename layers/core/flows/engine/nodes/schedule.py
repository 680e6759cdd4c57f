"""Starts the workflow by the clock, once it is published: at the times of a cron expression in a time zone, or at a steady interval.

* `cron` has five fields, as crontab: minute, hour, day of the month, month, day of the week. Restrict one of the two day fields at most.
  Summer time is minded: 9:00 in Europe/Berlin stays 9:00. A time that the clock skips in spring does not come on that day; one that it
  shows twice in autumn comes once.
* `every` counts from the moment of publication, or from `start_at`.
* `missed` says what happens with ticks that could not start a run in time: `skip` forgets them, `run_once` makes up for them with one run.

A tick comes within its minute. The output is `{scheduled_at, timezone}`.
"""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from flows.aws import clock
from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.cron_rules import check_cron
from flows.engine.iso_time import IsoTime
from flows.engine.parameter_types import Text, Whole
from flows.engine.results import Outcome
from flows.engine.time_zones import TimeZone

_YEAR_DAYS = 366


class Interval(Parameters):
    minutes: Whole | None = Field(None, description="Every so many minutes.", ge=1, le=_YEAR_DAYS * 24 * 60)
    hours: Whole | None = Field(None, description="Every so many hours.", ge=1, le=_YEAR_DAYS * 24)
    days: Whole | None = Field(None, description="Every so many days.", ge=1, le=_YEAR_DAYS)

    @model_validator(mode="after")
    def _one_unit(self) -> "Interval":
        if sum(value is not None for value in (self.minutes, self.hours, self.days)) != 1:
            raise ValueError("give one of minutes, hours and days")
        return self

    @property
    def unit(self) -> str:
        """``minutes``, ``hours`` or ``days``."""
        return "minutes" if self.minutes is not None else "hours" if self.hours is not None else "days"

    @property
    def amount(self) -> int:
        return self.minutes or self.hours or self.days or 0


class ScheduleParameters(Parameters):
    cron: Text | None = Field(None, description="Five fields, as crontab.")
    timezone: TimeZone = Field("UTC", description="The time zone of `cron`.")
    every: Interval | None = Field(None, description="A steady interval.")
    start_at: IsoTime | None = Field(None, description="No tick before.")
    end_at: IsoTime | None = Field(None, description="No tick after.")
    missed: Literal["skip", "run_once"] = Field("skip", description="What becomes of ticks that were missed.")

    @field_validator("cron")
    @classmethod
    def _cron(cls, text: str | None) -> str | None:
        if text is not None:
            check_cron(text)
            return " ".join(text.split())
        return text

    @model_validator(mode="after")
    def _one_rule(self) -> "ScheduleParameters":
        if (self.cron is None) == (self.every is None):
            raise ValueError("give either cron or every")
        if self.start_at and self.end_at and clock.parse_iso(self.end_at) <= clock.parse_iso(self.start_at):
            raise ValueError("end_at must be after start_at")
        return self


def run(context: NodeContext, parameters: ScheduleParameters) -> Outcome:
    return Outcome(context.input)


NODE = NodeType(
    type="schedule",
    title="Schedule",
    description="Starts the workflow by the clock.",
    category="trigger",
    parameters=ScheduleParameters,
    run=run,
    trigger=True,
    examples=(
        Example(
            {"cron": "0 9 * * MON-FRI", "timezone": "Europe/Berlin"},
            {"scheduled_at": "2026-03-16T08:00:00.000Z", "timezone": "Europe/Berlin"},
            {"scheduled_at": "2026-03-16T08:00:00.000Z", "timezone": "Europe/Berlin"},
            description="On working days at nine.",
        ),
        Example(
            {"every": {"minutes": 15}},
            {"scheduled_at": "2026-03-16T08:15:00.000Z", "timezone": "UTC"},
            {"scheduled_at": "2026-03-16T08:15:00.000Z", "timezone": "UTC"},
            description="Every quarter of an hour.",
        ),
    ),
)
