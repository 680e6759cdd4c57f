"""How long to wait before looking at a run again."""

from __future__ import annotations

import math

LONGEST_SERVER_WAIT = 20
"""Seconds that the API is asked to hold its answer back for (it does so for 25 at most)."""

FIRST_POLL = 0.5
LONGEST_POLL = 5.0


def prefer(timeout: float) -> tuple[int, dict[str, str]]:
    """How long the API should wait itself, and the header that asks for it (RFC 7240)."""
    seconds = min(LONGEST_SERVER_WAIT, math.floor(timeout))
    return (seconds, {"Prefer": f"wait={seconds}"}) if seconds > 0 else (0, {})


def next_poll(delay: float) -> float:
    """The delay after this one: half as long again, up to 5 s, so that a long run costs few requests."""
    return min(LONGEST_POLL, delay * 1.5)
