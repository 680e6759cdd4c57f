"""Requests a minute and a day: exact under concurrency, one conditional write a request.

An account has one counter item a UTC day (``sk = LIMIT#2026-11-26``). Its attribute ``d`` counts the day, ``m541`` the minute 541 of
the day: a new minute is a new attribute, so its first request needs no reset and costs one write like any other. Each
request also removes the counters of the minutes before the last one, so the item stays under 1 KB (one write unit). The last minute
itself is left alone, because another worker's clock may be a moment behind. See docs/adr.

An answer that got lost makes boto3 repeat the call and count twice: the account has one request less in that window, never one more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.accounts.plans import Plan
from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.errors import RateLimited

_SWEPT = 20
"""Minutes before the last one whose counters a request removes; a day has at most 1440 / 22 that escape."""

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
        return Standing(UNLIMITED, UNLIMITED, _minute_end(now), "minute")
    minute = now.hour * 60 + now.minute
    counter = f"m{minute}"
    swept = ", ".join(f"m{past}" for past in range(max(0, minute - 1 - _SWEPT), max(0, minute - 1)))
    try:
        item = tables.update(
            settings().accounts_table,
            account_id,
            day_key(now),
            f"SET #ttl = :ttl ADD {counter} :one, d :one" + (f" REMOVE {swept}" if swept else ""),
            {":one": 1, ":ttl": _day_end(now) + 86_400, ":minute": plan.per_minute, ":day": plan.per_day},
            names={"#ttl": "ttl"},
            condition=f"(attribute_not_exists({counter}) OR {counter} < :minute) AND (attribute_not_exists(d) OR d < :day)",
        )
    except tables.ConditionFailed as failed:
        used = failed.item or {}
        day_is_full = used.get("d", 0) >= plan.per_day
        full = Standing(plan.per_day, 0, _day_end(now), "day") if day_is_full else Standing(plan.per_minute, 0, _minute_end(now), "minute")
        raise limited(full, now) from None
    of_minute = Standing(plan.per_minute, max(0, plan.per_minute - item[counter]), _minute_end(now), "minute")
    of_day = Standing(plan.per_day, max(0, plan.per_day - item["d"]), _day_end(now), "day")
    return of_day if of_day.remaining < of_minute.remaining else of_minute


def used(account_id: str) -> tuple[int, int]:
    """Requests in the present minute and day."""
    now = clock.now()
    item = tables.get(settings().accounts_table, account_id, day_key(now), consistent=True) or {}
    return item.get(f"m{now.hour * 60 + now.minute}", 0), item.get("d", 0)


def limited(standing: Standing, now: datetime) -> RateLimited:
    """The error for a window that is used up."""
    wait = max(1, standing.reset - int(now.timestamp()))
    return RateLimited(
        f"Too many requests: {standing.limit} a {standing.window}",
        {"limit": standing.limit, "window": standing.window, "reset": standing.reset},
        {**standing.headers(), "Retry-After": str(wait)},
    )


def day_key(moment: datetime) -> str:
    """The sort key of the day's counter item."""
    return f"LIMIT#{moment:%Y-%m-%d}"


def _minute_end(moment: datetime) -> int:
    return int(moment.timestamp()) // 60 * 60 + 60


def _day_end(moment: datetime) -> int:
    return int(moment.timestamp()) // 86_400 * 86_400 + 86_400
