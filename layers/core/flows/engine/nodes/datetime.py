"""Works with dates and times.

* `now`: the present time. `parse`: a text by a `format` (without it: ISO 8601). `format`: a time as text. `convert`: a time in another `timezone`.
* `add`, `subtract`: an `amount` of a `unit`. Days and longer units keep the time of day when the clocks change; a month after the 31st is the last
  day of a shorter month.
* `difference`: `value` minus `other` in a `unit` (seconds), as a number with its fraction.
* `start_of`, `end_of`: of the `unit` that the time is in (weeks begin on Monday; the end is its last millisecond).

A time is a text in ISO 8601, or a number of milliseconds since 1970 (as `$millis()` gives). A text without an offset is in `timezone`. Results are in
ISO 8601 in `timezone`, or in the `format` that is given.

A format is a name (`iso`, `date`, `time`, `http`, `unix`, `unix_ms`), directives (`%Y-%m-%d %H:%M`), or letters (`yyyy-MM-dd HH:mm`, also
`yy M MMM MMMM d EEE EEEE h a s SSS Z z`, with text in single quotes). Units: millisecond, second, minute, hour, day, week, month, quarter,
year, also in the plural.

The output is `{value}`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from flows.engine import calendar_math
from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Number, Text
from flows.engine.results import NodeFailure, Outcome
from flows.engine.time_formats import format_time, iso_text, parse_time
from flows.engine.time_zones import TimeZone, zone

_NEEDS = {
    "parse": ("value",),
    "format": ("value", "format"),
    "add": ("value", "amount", "unit"),
    "subtract": ("value", "amount", "unit"),
    "difference": ("value", "other"),
    "start_of": ("value", "unit"),
    "end_of": ("value", "unit"),
    "convert": ("value",),
}


class DatetimeParameters(Parameters):
    operation: Literal["now", "parse", "format", "add", "subtract", "difference", "start_of", "end_of", "convert"] = Field(
        description="What is done."
    )
    value: Any = Field(None, description="The time.")
    format: Text | None = Field(None, description="The format of the text.", min_length=1, max_length=200)
    amount: Number | None = Field(None, description="How much is added or subtracted.")
    unit: Text | None = Field(None, description="The unit.")
    timezone: TimeZone = Field("UTC", description="The time zone.")
    other: Any = Field(None, description="The time that is subtracted from `value`.")

    @field_validator("unit")
    @classmethod
    def _unit(cls, unit: str | None) -> str | None:
        if unit is None:
            return None
        singular = unit.lower().removesuffix("s")
        if singular not in calendar_math.UNITS:
            raise ValueError(f"must be one of {', '.join(calendar_math.UNITS)}")
        return singular

    @model_validator(mode="after")
    def _complete(self) -> "DatetimeParameters":
        missing = [name for name in _NEEDS.get(self.operation, ()) if name not in self.model_fields_set]
        if missing:
            raise ValueError(f"{self.operation} needs {' and '.join(missing)}")
        return self


def run(context: NodeContext, parameters: DatetimeParameters) -> Outcome:
    try:
        return Outcome({"value": _result(context, parameters)})
    except OverflowError:
        raise NodeFailure("InvalidParameters", "the time is out of range: years go from 1 to 9999") from None


def _result(context: NodeContext, parameters: DatetimeParameters) -> Any:
    operation, unit = parameters.operation, parameters.unit or "second"
    if operation == "now":
        return _text(context.now().astimezone(zone(parameters.timezone)), parameters)
    if operation == "parse":
        return iso_text(_moment(parameters.value, parameters, "value", parameters.format or "iso"))
    moment = _moment(parameters.value, parameters, "value")
    if operation == "difference":
        found = calendar_math.difference(moment, _moment(parameters.other, parameters, "other"), unit)
        return int(found) if found.is_integer() else round(found, 9)
    if operation in ("add", "subtract"):
        amount = parameters.amount or 0
        try:
            moment = calendar_math.add(moment, amount if operation == "add" else -amount, unit)
        except ValueError as error:
            raise NodeFailure("InvalidParameters", f"amount: {error}") from None
    elif operation in ("start_of", "end_of"):
        moment = (calendar_math.start_of if operation == "start_of" else calendar_math.end_of)(moment, unit)
    return _text(moment, parameters)


def _text(moment: datetime, parameters: DatetimeParameters) -> Any:
    try:
        return format_time(moment, parameters.format or "iso")
    except ValueError as error:
        raise NodeFailure("InvalidParameters", f"format: {error}") from None


def _moment(value: Any, parameters: DatetimeParameters, name: str, form: str = "iso") -> datetime:
    here = zone(parameters.timezone)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if form == "iso":
            return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)).astimezone(here)
        value = str(value)
    if not isinstance(value, str):
        raise NodeFailure(
            "InvalidParameters",
            f"{name}: must be a time, as 2026-01-31T09:00:00Z or milliseconds since 1970; is the value there at all?",
        )
    try:
        moment = parse_time(value.strip(), form)
    except ValueError as error:
        reason = "must be a time in ISO 8601, as 2026-01-31T09:00:00Z; for another form use parse with its format"
        raise NodeFailure("InvalidParameters", f"{name}: {reason if form == 'iso' else error}") from None
    # By way of UTC: a time that the clock skips is taken for the one that it shows instead.
    return (moment.replace(tzinfo=here) if moment.tzinfo is None else moment).astimezone(UTC).astimezone(here)


NODE = NodeType(
    type="datetime",
    title="Date and time",
    description="Works with dates and times.",
    category="data",
    parameters=DatetimeParameters,
    run=run,
    examples=(
        Example({"operation": "now"}, None, {"value": ...}, description="The present time in UTC."),
        Example(
            {"operation": "parse", "value": "{{ on }}", "format": "dd.MM.yyyy HH:mm", "timezone": "Europe/Berlin"},
            {"on": "14.03.2026 15:09"},
            {"value": "2026-03-14T15:09:00+01:00"},
            description="A text by a format.",
        ),
        Example(
            {"operation": "format", "value": "2026-03-14T15:09:26Z", "format": "EEEE, d MMMM yyyy"},
            None,
            {"value": "Saturday, 14 March 2026"},
            description="A time as text.",
        ),
        Example(
            {"operation": "add", "value": "2026-01-31T09:00:00Z", "amount": 1, "unit": "month"},
            None,
            {"value": "2026-02-28T09:00:00Z"},
            description="A month later.",
        ),
        Example(
            {"operation": "difference", "value": "2026-03-14", "other": "2026-03-01", "unit": "days"},
            None,
            {"value": 13},
            description="How many days.",
        ),
    ),
)
