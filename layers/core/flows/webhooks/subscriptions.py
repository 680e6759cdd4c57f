"""Which events an endpoint wants: names of the catalogue, ``workflow.*`` for a group of them, ``*`` for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flows.errors import Problem
from flows.webhooks.catalogue import CATALOGUE

MAX_PATTERNS = 50


def choices() -> list[str]:
    """Everything that an endpoint may name."""
    groups = dict.fromkeys(f"{type.partition('.')[0]}.*" for type in CATALOGUE)
    return [*CATALOGUE, *groups, "*"]


def wants(patterns: Iterable[str], type: str) -> bool:
    """Whether one of the patterns takes the event."""
    return any(_takes(pattern, type) for pattern in patterns)


def problems(patterns: Sequence[str], path: str = "events") -> list[Problem]:
    """What is wrong with patterns: one that takes no event of the catalogue is a mistake, and would be silent."""
    found = []
    for index, pattern in enumerate(patterns):
        if not any(_takes(pattern, type) for type in CATALOGUE):
            known = ", ".join(CATALOGUE)
            found.append(
                Problem(f"{path}[{index}]", f"not an event; there are: {known}, and groups as workflow.*, and *", "unknown_event")
            )
    return found


def _takes(pattern: str, type: str) -> bool:
    return pattern in ("*", type) or (pattern.endswith(".*") and type.startswith(pattern[:-1]))
