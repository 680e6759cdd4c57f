"""What pydantic finds wrong, as the problems that our answers list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from flows import wording
from flows.errors import Problem

_PLAIN = re.compile(r"[A-Za-z_$][\w $-]{0,79}")
_MOST = 100
"""Problems that one answer tells."""


def of(error: ValidationError, raw: Any, prefix: str = "") -> list[Problem]:
    """Every error of a validation.

    Args:
        error: pydantic's.
        raw: the value that was validated; tells fields from the names that pydantic gives the members of a union.
        prefix: the value's own path, such as ``nodes[2].parameters``.
    """
    found = told(error.errors(include_url=False, include_context=False, include_input=False), raw, prefix)
    return [Problem(problem.path, problem.message[:1].lower() + problem.message[1:], problem.type) for problem in found]


def told(errors: Iterable[Mapping[str, Any]], raw: Any, prefix: str = "") -> list[Problem]:
    """The problems of pydantic's ``errors()``, each place once.

    The members of a union complain one by one: what they say of one place is told as alternatives, and not at all where a member
    that fits better complains of something inside. That null would do is not told: who sent a value means one.
    """
    found: dict[str, Problem] = {}
    offered: set[str] = set()
    for error in errors:
        name = str(error.get("type", "invalid"))
        loc = tuple(error.get("loc", ()))
        steps = located(loc, raw, missing=name == "missing")
        path = place(prefix, steps)
        message = wording.message(name, str(error.get("msg", "invalid")))
        is_member = len(steps) < len(loc)
        before = found.get(path)
        if before is None:
            found[path] = Problem(path, message, wording.kind(name))
            if is_member:
                offered.add(path)
        elif is_member and path in offered and message not in before.message and name != "none_required":
            found[path] = Problem(path, f"{before.message}, or {message.removeprefix('must ')}", before.type)
    inside = [path for path in offered if any(other.startswith((f"{path}.", f"{path}[")) for other in found)]
    return [problem for path, problem in found.items() if path not in inside][:_MOST]


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
    """A path: ``nodes[2].parameters`` and ``["cases", 0]`` give ``nodes[2].parameters.cases[0]``; odd names are quoted and cut."""
    path = prefix
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            path += f".{step}" if path else step
        else:
            path += "[" + ascii(step[:80]).replace("'", '"') + "]"
    return path
