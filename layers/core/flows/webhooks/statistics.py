"""What an endpoint's attempts were like in the last 24 hours: counted by the hour, read with one Query.

Latencies are counted in classes whose bounds grow by a tenth, so a percentile is right within 10 % however many attempts there are.
A lost answer makes boto3 count an attempt twice; a worker that dies may leave one out. Neither matters for a rate.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.webhooks.records import partition

_GROWTH = math.log(1.1)
_HOURS = 24


@dataclass(frozen=True)
class Statistics:
    """Attempts since the beginning of the hour 23 hours ago.

    Args:
        since: ISO time.
        success_rate: from 0 to 1; None without attempts.
        latency_p50_ms, latency_p95_ms: None without attempts that were answered.
    """

    since: str
    attempts: int
    succeeded: int
    failed: int
    success_rate: float | None
    latency_p50_ms: int | None
    latency_p95_ms: int | None


def count(account_id: str, webhook_id: str, *, succeeded: bool, latency_ms: int | None) -> None:
    """Count an attempt.

    Args:
        latency_ms: milliseconds to the end of the answer; None when there was none.
    """
    now = clock.now()
    counters = ["attempts", "succeeded" if succeeded else "failed"]
    if latency_ms is not None:
        counters.append(f"class_{_class_of(latency_ms)}")
    tables.update(
        settings().webhooks_table,
        partition(account_id, webhook_id),
        _key(now),
        "SET #ttl = :ttl ADD " + ", ".join(f"{counter} :one" for counter in counters),
        {":one": 1, ":ttl": int((now + timedelta(hours=2 * _HOURS)).timestamp())},
        names={"#ttl": "ttl"},
        returns="NONE",
    )


def read(account_id: str, webhook_id: str) -> Statistics:
    """The endpoint's statistics."""
    now = clock.now()
    first = (now - timedelta(hours=_HOURS - 1)).replace(minute=0, second=0, microsecond=0)
    hours = tables.query_all(
        settings().webhooks_table,
        "pk = :pk AND sk BETWEEN :first AND :last",
        {":pk": partition(account_id, webhook_id), ":first": _key(first), ":last": _key(now)},
    )
    total: Counter[str] = Counter()
    for hour in hours:
        total.update({name: int(value) for name, value in hour.items() if name not in ("pk", "sk", "ttl")})
    attempts = total["attempts"]
    return Statistics(
        since=clock.iso(first),
        attempts=attempts,
        succeeded=total["succeeded"],
        failed=total["failed"],
        success_rate=round(total["succeeded"] / attempts, 4) if attempts else None,
        latency_p50_ms=_percentile(total, 0.50),
        latency_p95_ms=_percentile(total, 0.95),
    )


def _key(moment: datetime) -> str:
    return f"STAT#{moment:%Y-%m-%dT%H}"


def _class_of(latency_ms: int) -> int:
    return math.ceil(math.log(max(1, latency_ms)) / _GROWTH)


def _percentile(total: Mapping[str, int], part: float) -> int | None:
    classes = sorted((int(name.removeprefix("class_")), n) for name, n in total.items() if name.startswith("class_"))
    wanted = part * sum(n for _, n in classes)
    reached = 0
    for number, n in classes:
        reached += n
        if reached >= wanted:
            return round(math.exp(number * _GROWTH))
    return None
