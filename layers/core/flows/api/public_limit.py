"""Limits of the routes that need no key: by the caller's address, and by the account where it is known.

An address is kept as a keyed hash only, for two minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from flows.api import limits
from flows.api.limits import Standing
from flows.aws import clock, tables
from flows.aws.settings import settings

ADDRESS_PER_MINUTE = 120
ACCOUNT_PER_MINUTE = 6_000


def count_address(address: str, purpose: str, per_minute: int | None = None) -> Standing:
    """Count a request of an address (of IPv6 its /64, which one customer has).

    Args:
        address: the client's IP address.
        purpose: what is counted apart: ``docs``, ``hook``, ``form``.
        per_minute: how many are let through (default: ADDRESS_PER_MINUTE).

    Raises:
        RateLimited.
    """
    digest = hmac.new(settings().signing_secret.encode(), _network(address).encode(), hashlib.sha256).hexdigest()[:32]
    return _count(f"addr#{digest}", purpose, per_minute or ADDRESS_PER_MINUTE)


def count_account(account_id: str, purpose: str, per_minute: int = ACCOUNT_PER_MINUTE) -> Standing:
    """Count a request that reaches an account without a key; arguments as for :func:`count_address`."""
    return _count(account_id, purpose, per_minute)


def _count(pk: str, purpose: str, per_minute: int) -> Standing:
    now = clock.now()
    minute = int(now.timestamp()) // 60
    end = minute * 60 + 60
    try:
        item = tables.update(
            settings().accounts_table,
            pk,
            f"PUBLIC#{purpose}#{minute}",
            "SET #ttl = :ttl ADD n :one",
            {":one": 1, ":ttl": end + 60, ":limit": per_minute},
            names={"#ttl": "ttl"},
            condition="attribute_not_exists(n) OR n < :limit",
        )
    except tables.ConditionFailed:
        raise limits.limited(Standing(per_minute, 0, end, "minute"), now) from None
    return Standing(per_minute, max(0, per_minute - item["n"]), end, "minute")


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
