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
        own_gateway_key: whether the account has an API Gateway key of its own (a Region holds 10,000, not adjustable).
    """

    name: str
    per_minute: int | None
    per_day: int | None
    retention_days: int
    own_gateway_key: bool

    @property
    def is_counted(self) -> bool:
        return self.per_minute is not None and self.per_day is not None


PLANS = {
    plan.name: plan
    for plan in (
        Plan("free", 60, 1_000, retention_days=7, own_gateway_key=False),
        Plan("starter", 120, 10_000, retention_days=14, own_gateway_key=True),
        Plan("pro", 300, 50_000, retention_days=30, own_gateway_key=True),
        Plan("business", 600, 200_000, retention_days=90, own_gateway_key=True),
        Plan("unlimited", None, None, retention_days=30, own_gateway_key=True),
    )
}


def plan(name: str) -> Plan:
    """The plan of that name; an unknown one (a record newer than this code) is held to the smallest."""
    return PLANS.get(name, PLANS["free"])
