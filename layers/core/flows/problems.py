"""What pydantic finds wrong, as the problems that our answers list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from flows.errors import Problem

_TYPES = {"extra_forbidden": "unknown_field", "value_error": "invalid", "assertion_error": "invalid"}
_MESSAGES = {"extra_forbidden": "unknown field", "missing": "this field is required"}


def of(error: ValidationError, raw: Any, prefix: str = "") -> list[Problem]:
    """Every error of a validation.

    Args:
        error: pydantic's.
        raw: the value that was validated; tells fields from the names that pydantic gives the members of a union.
        prefix: the value's own path, such as ``nodes[2].parameters``.
    """
    found: dict[tuple[str, str], Problem] = {}
    for entry in error.errors(include_url=False, include_context=False, include_input=False):
        path = place(prefix, located(entry["loc"], raw, missing=entry["type"] == "missing"))
        kind = entry["type"]
        message = _MESSAGES.get(kind) or entry["msg"].removeprefix("Value error, ")
        found.setdefault((path, kind), Problem(path, message[:1].lower() + message[1:], _TYPES.get(kind, kind)))
    return list(found.values())


def located(loc: Sequence[str | int], raw: Any, *, missing: bool = False) -> list[str | int]:
    """The steps of pydantic's location that stand in the value: without the names of union members and validators."""
    steps: list[str | int] = []
    current = raw
    for index, step in enumerate(loc):
        if isinstance(current, dict) and step in current:  # noqa: SIM114 - mypy tells the two apart
            current = current[step]
        elif isinstance(current, list) and isinstance(step, int) and 0 <= step < len(current):
            current = current[step]
        elif not (missing and index == len(loc) - 1):
            continue
        steps.append(step)
    return steps


def place(prefix: str, steps: Sequence[str | int]) -> str:
    """A path: ``nodes[2].parameters`` and ``["cases", 0]`` give ``nodes[2].parameters.cases[0]``."""
    path = prefix
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path
