"""When a request that failed is sent again, and after how long.

Nothing happens twice by it: a POST carries an Idempotency-Key, the same one in each attempt; PATCH and DELETE come to
the same end when repeated.
"""

from __future__ import annotations

import random
import uuid

import httpx

from yourapp._answers import retry_after
from yourapp._request import Request

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
FIRST_DELAY = 0.5
LONGEST_DELAY = 8.0
LONGEST_RETRY_AFTER = 60.0
"""Told to wait longer (the day's limit, for example), the caller gets the error at once and can decide."""


def headers_of(request: Request) -> dict[str, str]:
    """Headers that are made once a request and are the same in all its attempts."""
    headers = dict(request.headers)
    if request.method == "POST":
        headers["Idempotency-Key"] = request.idempotency_key or str(uuid.uuid4())
    return headers


def delay_after(response: httpx.Response, attempt: int) -> float | None:
    """Seconds until the next attempt, or None: this answer stands.

    Args:
        response: of the attempt that failed.
        attempt: 0 for the first.
    """
    if response.status_code not in RETRIED_STATUSES:
        return None
    told = retry_after(response.headers)
    if told is None:
        return backoff(attempt)
    return told + random.uniform(0, 0.25) if told <= LONGEST_RETRY_AFTER else None  # noqa: S311 - no secret, spreads callers


def backoff(attempt: int) -> float:
    """Doubles with each attempt up to 8 s; a random part of up to half of it keeps callers from coming back together."""
    longest = min(LONGEST_DELAY, FIRST_DELAY * 2.0**attempt)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
