"""From a key to who calls: one call of DynamoDB, which also keeps ``last_used_at``.

The call is an update under the condition that the hour since the last use is over. When it is not, DynamoDB gives back the
record with the failure: either way the record is read, consistently, and a key's use is written at most once an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flows.accounts import keys
from flows.aws import clock, tables
from flows.aws.settings import settings

_USE_INTERVAL = timedelta(hours=1)


@dataclass(frozen=True)
class Authorized:
    """What a valid key stands for.

    Args:
        account_id, key_id, plan: of the key.
        scopes: separated by spaces.
        expires_at: ISO time, or "".
        own_runs: the account's own number of runs at once, or None.
    """

    account_id: str
    key_id: str
    plan: str
    scopes: str
    expires_at: str
    own_runs: int | None = None


def authorize(key: str) -> Authorized | None:
    """Who the key belongs to; None when it is malformed, unknown, revoked or expired: which of them is not told.

    Args:
        key: the text of the key.
    """
    if not keys.is_well_formed(key):
        return None
    record = _record(keys.digest(key))
    if record is None:
        return None
    expires_at = record.get("expires_at") or ""
    if expires_at and clock.parse_iso(expires_at) <= clock.now():
        return None
    return Authorized(
        record["account_id"], record["key_id"], record["plan"], record["scopes"], expires_at, record.get("own_runs")
    )


def _record(digest: str) -> tables.Item | None:
    now = clock.now()
    try:
        return tables.update(
            settings().accounts_table,
            keys.record_pk(digest),
            "KEY",
            "SET last_used_at = :now",
            {":now": clock.iso(now), ":before": clock.iso(now - _USE_INTERVAL)},
            condition="attribute_exists(pk) AND (attribute_not_exists(last_used_at) OR last_used_at < :before)",
        )
    except tables.ConditionFailed as failed:
        return failed.item
