"""When a delivery is attempted: at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h.

All delays are multiplied by ``RETRY_SCALE``, which is 1 except in tests.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from flows.aws.settings import settings

DELAYS = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
"""Seconds before each attempt, counted from the end of the one before it."""

JITTER = 0.2
"""A delay is up to this part longer, so that deliveries which failed together do not come together again."""

LONGEST_WAIT = 36_000
"""Seconds that a receiver's Retry-After can hold up the next attempt."""

DISABLED_AFTER = timedelta(days=5)
"""An endpoint that has failed for so long, without one success, is disabled."""

_SECONDS = re.compile(r"[0-9]+")


def delay_before(attempt: int, retry_after: float = 0.0, chance: Callable[[], float] = random.random) -> float | None:
    """How long to wait for an attempt.

    Args:
        attempt: its number, from 1.
        retry_after: seconds that the receiver asked for; the longer wait counts.
        chance: gives a number from 0 to 1.

    Returns:
        Seconds, or None: there is no such attempt any more.
    """
    if attempt > len(DELAYS):
        return None
    planned = DELAYS[attempt - 1] * (1 + JITTER * chance()) * scale()
    return max(planned, min(retry_after, LONGEST_WAIT))


def disabled_after() -> timedelta:
    """How long an endpoint may fail before it is disabled."""
    return DISABLED_AFTER * scale()


def scale() -> float:
    """The factor on all delays."""
    return float(settings().retry_scale or 1)


def retry_after(value: str | None, now: datetime) -> float:
    """The seconds that a Retry-After header asks for (RFC 9110, 10.2.3: a number, or a date); 0 when it asks for none."""
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return float(text[:20])  # the wait is cut anyway
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    if moment.tzinfo is None:
        return 0.0
    return max(0.0, (moment - now).total_seconds())
