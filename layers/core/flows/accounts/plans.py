"""Plans as data: the reference's four, and one without limits for operators' own accounts and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What an account gets.

    Args:
        name: as it is written in the account.
        per_minute: API requests a minute; None: not counted.
        per_day: API requests a UTC day; None: not counted.
        retention_days: days that finished executions are kept.
        max_concurrent_runs: executions under way at once; None: no limit.
        own_gateway_key: whether the account has an API Gateway key of its own (a Region holds 10,000, not adjustable).
    """

    name: str
    per_minute: int | None
    per_day: int | None
    retention_days: int
    max_concurrent_runs: int | None
    own_gateway_key: bool

    @property
    def is_counted(self) -> bool:
        return self.per_minute is not None and self.per_day is not None


PLANS = {
    plan.name: plan
    for plan in (
        Plan("free", 60, 1_000, retention_days=7, max_concurrent_runs=5, own_gateway_key=False),
        Plan("starter", 120, 10_000, retention_days=14, max_concurrent_runs=20, own_gateway_key=True),
        Plan("pro", 300, 50_000, retention_days=30, max_concurrent_runs=50, own_gateway_key=True),
        Plan("business", 600, 200_000, retention_days=90, max_concurrent_runs=200, own_gateway_key=True),
        Plan("unlimited", None, None, retention_days=30, max_concurrent_runs=None, own_gateway_key=True),
    )
}


def plan(name: str) -> Plan:
    """The plan of that name; an unknown one (a record newer than this code) is held to the smallest."""
    return PLANS.get(name, PLANS["free"])


NO_LIMIT = 0
"""An account's own number of runs at once that stands for: as many as it likes."""

MOST_RUNS = 1_000
"""The highest number of runs at once: who is under way stands in one item, which every start and end writes."""


def most_runs(plan_name: str, own: int | None) -> int | None:
    """How many runs an account may have under way at once; None: no limit.

    Args:
        plan_name: its plan.
        own: what an operator has set for this account instead; None: nothing.
    """
    return plan(plan_name).max_concurrent_runs if own is None else own or None
