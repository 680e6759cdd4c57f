"""The account as its owner sees it: plan, limits, and what is used of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows.accounts import repository, request_windows
from flows.accounts.plans import plan as plan_of
from flows.aws import clock
from flows.errors import NotFound


def view(account_id: str, *, running: Callable[[str], int]) -> dict[str, Any]:
    """The public form of an account, read in one call.

    Args:
        account_id: which.
        running: tells how many runs an account with a limit of them has under way.

    Raises:
        NotFound.
    """
    now = clock.now()
    counter = request_windows.day_key(now)
    account, items = repository.account_with(account_id, [repository.COUNTS, counter])
    if account is None:
        raise NotFound("No such account")
    plan = plan_of(account.plan)
    used = items[counter]
    return {
        "id": account.id,
        "name": account.name,
        "plan": account.plan,
        "created_at": account.created_at,
        "limits": {
            "requests_per_minute": plan.per_minute,
            "requests_per_day": plan.per_day,
            "retention_days": plan.retention_days,
            "max_concurrent_runs": account.most_runs,
        },
        "usage": {
            "minute": {
                "used": used.get(request_windows.minute_attribute(now), 0),
                "limit": plan.per_minute,
                "reset": request_windows.minute_end(now),
            },
            "day": {"used": used.get("d", 0), "limit": plan.per_day, "reset": request_windows.day_end(now)},
            "runs": {
                "running": None if account.most_runs is None else running(account_id),
                "limit": account.most_runs,
            },
            "api_keys": items[repository.COUNTS].get("keys", 0),
        },
    }
