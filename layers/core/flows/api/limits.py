"""Requests a minute and a day: exact under concurrency, one conditional write a request.

An account has one counter item a UTC day (``sk = LIMIT#2026-11-26``). Its attribute ``d`` counts the day, ``m541`` the minute 541 of
the day: a new minute is a new attribute, so its first request needs no reset and costs one write like any other. Each
request also removes the counters of the minutes before the last one, so the item stays under 1 KB (one write unit). The last minute
itself is left alone, because another worker's clock may be a moment behind (docs/adr/0010-request-counters.md).

An answer that got lost makes boto3 repeat the call and count twice: the account has one request less in that window, never one more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.accounts.plans import Plan
from flows.accounts.request_windows import day_end, day_key, minute_attribute, minute_end
from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.errors import RateLimited

_SWEPT = 20
"""Minutes before the last one whose counters a request removes: at most 1440 / 22 of a day's escape it."""

UNLIMITED = 1_000_000_000
"""What the headers tell an account whose requests are not counted."""


@dataclass(frozen=True)
class Standing:
    """Where the account stands after this request.

    Args:
        limit: requests that the window has.
        remaining: of them, after this one.
        reset: when the window ends, in seconds since 1970.
        window: ``minute`` or ``day``.
    """

    limit: int
    remaining: int
    reset: int
    window: str

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }


def count(account_id: str, plan: Plan) -> Standing:
    """Count one request.

    Returns:
        the minute window, or the day's when fewer are left in that.

    Raises:
        RateLimited: one of the windows is used up; nothing was counted.
    """
    now = clock.now()
    if plan.per_minute is None or plan.per_day is None:
        return Standing(UNLIMITED, UNLIMITED, minute_end(now), "minute")
    counter = minute_attribute(now)
    try:
        item = tables.update(
            settings().accounts_table,
            account_id,
            day_key(now),
            f"SET #ttl = :ttl ADD {counter} :one, d :one{_sweep(now)}",
            {":one": 1, ":ttl": day_end(now) + 86_400, ":minute": plan.per_minute, ":day": plan.per_day},
            names={"#ttl": "ttl"},
            condition=f"(attribute_not_exists({counter}) OR {counter} < :minute) AND (attribute_not_exists(d) OR d < :day)",
        )
    except tables.ConditionFailed as failed:
        day_is_full = (failed.item or {}).get("d", 0) >= plan.per_day
        full = (plan.per_day, 0, day_end(now), "day") if day_is_full else (plan.per_minute, 0, minute_end(now), "minute")
        raise limited(Standing(*full), now) from None
    of_minute = Standing(plan.per_minute, max(0, plan.per_minute - item[counter]), minute_end(now), "minute")
    of_day = Standing(plan.per_day, max(0, plan.per_day - item["d"]), day_end(now), "day")
    return of_day if of_day.remaining < of_minute.remaining else of_minute


def limited(standing: Standing, now: datetime) -> RateLimited:
    """The error for a window that is used up."""
    wait = max(1, standing.reset - int(now.timestamp()))
    return RateLimited(
        f"Too many requests: {standing.limit} a {standing.window}",
        {"limit": standing.limit, "window": standing.window, "reset": standing.reset},
        {**standing.headers(), "Retry-After": str(wait)},
    )


def _sweep(now: datetime) -> str:
    last = now.hour * 60 + now.minute - 1
    swept = ", ".join(f"m{minute}" for minute in range(max(0, last - _SWEPT), last))
    return f" REMOVE {swept}" if swept else ""
