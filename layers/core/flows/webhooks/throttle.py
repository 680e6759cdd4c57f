"""How fast deliveries go to one endpoint: its own ``throttle``, and little while it does not answer in time.

Slots are given out ahead, one after another, by a number in an item: the time up to which all are taken (the generic cell rate
algorithm, without a burst). A lost answer makes boto3 take two slots: the endpoint gets one delivery less, never one more.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed
from flows.webhooks.records import Endpoint, partition

SLOW_SECONDS = 60
"""So long after a time-out an endpoint counts as slow, unless it answers."""

_SLOW_INTERVAL = 5.0
"""Seconds between deliveries to a slow endpoint: each may hold a worker for 15 s, so it never holds more than three or four."""

_SLOW_HORIZON = 60.0
_HORIZON = 900.0


@dataclass(frozen=True)
class Wait:
    """When the attempt may be made.

    Args:
        seconds: from now.
        has_slot: it is this attempt's own moment; else it asks again then.
    """

    seconds: float
    has_slot: bool


NOW = Wait(0.0, True)


def wait_for(endpoint: Endpoint) -> Wait:
    """Take the next slot of the endpoint, or learn when to ask again: slots are given for a limited time ahead only, so that an
    endpoint which recovers is not held up by a long row of slots."""
    if endpoint.slow_until > clock.epoch():
        return _take(endpoint, "slow", _SLOW_INTERVAL, _SLOW_HORIZON)
    if endpoint.throttle:
        return _take(endpoint, "throttle", 1 / endpoint.throttle, _HORIZON)
    return NOW


def _take(endpoint: Endpoint, kind: str, interval: float, horizon: float) -> Wait:
    step = max(1, round(interval * 1000))
    for _ in range(10):
        now = int(clock.now().timestamp() * 1000)
        for condition, expression in (
            ("attribute_not_exists(taken) OR taken <= :now", "SET taken = :next"),
            ("taken > :now AND taken <= :last", "SET taken = taken + :step"),
        ):
            values = {":now": now, ":next": now + step, ":step": step, ":last": now + int(horizon * 1000)}
            used = {name: value for name, value in values.items() if name in condition or name in expression}
            try:
                item = tables.update(
                    settings().webhooks_table,
                    partition(endpoint.account_id, endpoint.id),
                    f"SLOT#{kind}",
                    expression,
                    used,
                    condition=condition,
                )
            except ConditionFailed as failed:
                taken = int((failed.item or {}).get("taken", 0))
                if taken > values[":last"]:
                    return Wait(horizon * random.uniform(0.5, 1.0), has_slot=False)  # noqa: S311 - spreads, hides nothing
                continue
            return Wait(max(0.0, (int(item["taken"]) - step - now) / 1000), has_slot=True)
    return Wait(interval, has_slot=False)
