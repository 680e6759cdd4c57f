"""What an account's plan gives its runs, for whoever starts them without a request of the account's: kept in the process for a while."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flows.accounts import service
from flows.accounts.plans import MOST_RUNS, plan
from flows.errors import NotFound

_KEPT_SECONDS = 300
"""A changed plan holds after five minutes, as at the API."""
_SOON_SECONDS = 15
_MOST_KEPT = 2_000
_kept: dict[str, tuple[float, Allowance]] = {}


@dataclass(frozen=True)
class Allowance:
    """What runs get.

    Args:
        retention_days: days that they are kept when they have ended.
        most_runs: how many may be under way at once; None: no limit.
    """

    retention_days: int
    most_runs: int | None


def of(account_id: str, *, kept_seconds: float = _KEPT_SECONDS) -> Allowance:
    """The account's allowance, read at most `kept_seconds` ago.

    Raises:
        NotFound: no such account.
    """
    now = time.monotonic()
    read_at, known = _kept.get(account_id, (0.0, None))
    if known is not None and now - read_at < kept_seconds:
        return known
    account = service.get_account(account_id)
    found = Allowance(plan(account.plan).retention_days, account.most_runs)
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[account_id] = (now, found)
    return found


def most_runs_now(account_id: str, otherwise: int) -> int:
    """How many runs the account may have under way, as it is since a moment ago.

    Args:
        account_id: which.
        otherwise: for an account that is gone.
    """
    try:
        found = of(account_id, kept_seconds=_SOON_SECONDS).most_runs
    except NotFound:
        return otherwise
    return MOST_RUNS if found is None else found


def forget() -> None:
    """For tests: read every account anew."""
    _kept.clear()
