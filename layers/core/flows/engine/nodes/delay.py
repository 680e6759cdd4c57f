"""Waits, at no cost, and hands its input on. A time that has passed is no wait. A delay lasts at most 360 days."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field, model_validator

from flows.aws import clock
from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Number, Text
from flows.engine.results import Answer, NodeFailure, Outcome, Wait

MAX_SECONDS = 360 * 24 * 3600
_TOO_FAR = "the time is more than 360 days away, longer than an execution lives"


class DelayParameters(Parameters):
    seconds: Number | None = Field(None, description="How long, in seconds.", ge=0, le=MAX_SECONDS)
    until: Text | None = Field(None, description="The time when it goes on, in ISO 8601; without a zone it is UTC.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "DelayParameters":
        if len(self.model_fields_set & {"seconds", "until"}) != 1:
            raise ValueError("give either seconds or until")
        return self


def run(context: NodeContext, parameters: DelayParameters) -> Outcome:
    now = context.now()
    until = now + timedelta(seconds=parameters.seconds) if parameters.seconds is not None else _moment(parameters.until)
    if until <= now:
        return Outcome(context.input)
    if until - now > timedelta(seconds=MAX_SECONDS):
        raise NodeFailure("InvalidParameters", f"until: {_TOO_FAR}")
    return Outcome(wait=Wait(until, "delay", {"until": clock.iso(until)}))


def resume(context: NodeContext, parameters: DelayParameters, answers: Sequence[Answer], timed_out: bool) -> Outcome:
    if context.wait is not None and not timed_out:
        return Outcome(wait=context.wait)
    return Outcome(context.input)


def _moment(text: str | None) -> datetime:
    try:
        return clock.parse_iso(text or "")
    except (ValueError, OverflowError):
        raise NodeFailure(
            "InvalidParameters",
            "until: must be a time as 2026-01-31T09:00:00Z; with a value that can be absent, use an if node before",
        ) from None


def check(raw: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """A time without expressions is looked at when the definition is written."""
    until = raw.get("until")
    if not isinstance(until, str) or "{{" in until:
        return ()
    try:
        far = _moment(until) - clock.now() > timedelta(seconds=MAX_SECONDS)
    except NodeFailure:
        return (("until", "must be a time as 2026-01-31T09:00:00Z"),)
    return (("until", _TOO_FAR),) if far else ()


NODE = NodeType(
    type="delay",
    title="Delay",
    description="Waits for a while or until a time.",
    category="flow",
    parameters=DelayParameters,
    run=run,
    resume=resume,
    check=check,
    examples=(
        Example({"seconds": 0}, {"id": 1}, {"id": 1}, description="Nothing to wait for."),
        Example({"until": "2020-01-01T00:00:00Z"}, {"id": 1}, {"id": 1}, description="A time that has passed."),
    ),
)
