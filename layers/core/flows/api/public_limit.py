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
from flows.aws.tables import Write
from flows.errors import RateLimited

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


def account_count(account_id: str, purpose: str, per_minute: int = ACCOUNT_PER_MINUTE) -> Write:
    """What :func:`count_account` writes, for a transaction with what the request writes; where it fails, :func:`account_limited` tells why."""
    key, expression, values, names, condition, _ = _counting(account_id, purpose, per_minute)
    return Write("update", settings().accounts_table, key, expression, condition, names, values)


def account_limited(per_minute: int = ACCOUNT_PER_MINUTE) -> RateLimited:
    """The error for an account whose minute is used up."""
    now = clock.now()
    return limits.limited(Standing(per_minute, 0, int(now.timestamp()) // 60 * 60 + 60, "minute"), now)


def _count(pk: str, purpose: str, per_minute: int) -> Standing:
    key, expression, values, names, condition, end = _counting(pk, purpose, per_minute)
    try:
        item = tables.update(
            settings().accounts_table, key["pk"], key["sk"], expression, values, names=names, condition=condition
        )
    except tables.ConditionFailed:
        raise account_limited(per_minute) from None
    return Standing(per_minute, max(0, per_minute - item["n"]), end, "minute")


def _counting(pk: str, purpose: str, per_minute: int) -> tuple[dict[str, str], str, dict[str, int], dict[str, str], str, int]:
    """An update that counts: key, expression, values, names, condition, and when the minute ends."""
    minute = int(clock.now().timestamp()) // 60
    end = minute * 60 + 60
    return (
        {"pk": pk, "sk": f"PUBLIC#{purpose}#{minute}"},
        "SET #ttl = :ttl ADD n :one",
        {":one": 1, ":ttl": end + 60, ":limit": per_minute},
        {"#ttl": "ttl"},
        "attribute_not_exists(n) OR n < :limit",
        end,
    )


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
