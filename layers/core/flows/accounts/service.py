"""Accounts, their plans and their API keys: the rules."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from flows.accounts import keys, repository
from flows.accounts.plans import MOST_RUNS, PLANS, Plan
from flows.accounts.repository import MAX_KEYS, Account, Key
from flows.accounts.scopes import missing
from flows.aws import clock, ids, tables
from flows.errors import Conflict, Forbidden, NotFound, invalid
from flows.paging import Listed, Window

_ATTEMPTS = 5


def create_account(name: str, plan: str, own_runs: int | None = None) -> tuple[Account, Key, str]:
    """Make an account and its first key, which may do everything.

    Args:
        name: of the account, 1 to 100 characters.
        plan: a name of ``flows.accounts.plans.PLANS``.
        own_runs: runs at once instead of the plan's (``plans.NO_LIMIT``: as many as it likes); None: the plan's.

    Returns:
        the account, its key, and the text of the key, which is kept nowhere.

    Raises:
        ValidationFailed: no such plan, a bad name, or no such number of runs.
    """
    _known(plan)
    _possible(own_runs)
    if not 1 <= len(name.strip()) <= 100:
        raise invalid("name", "must be 1 to 100 characters", "string_length")
    account = Account(ids.new_id("acct"), name.strip(), plan, clock.now_iso(), own_runs)
    text = keys.make(secrets.token_bytes(32))
    first = Key(ids.new_id("key"), account.id, "First key", ("*",), None, clock.now_iso(), keys.digest(text))
    repository.create(account, first)
    return account, first, text


def create_key(
    account_id: str,
    name: str,
    *,
    maker_scopes: frozenset[str],
    scopes: list[str] | None = None,
    expires_at: str | None = None,
    key_id: str | None = None,
    entropy: bytes | None = None,
    at: datetime | None = None,
) -> tuple[Key, str]:
    """Make a key.

    Args:
        account_id: whose key.
        name: what it is for.
        maker_scopes: the scopes of the key that makes it; ``{"*"}`` for an operator.
        scopes: what it may do (default: what its maker may).
        expires_at: ISO time in the future, or None.
        key_id, entropy, at: the same ones when the same request is repeated: then nothing is made and the same key comes back.

    Returns:
        the key and its text, which is kept nowhere.

    Raises:
        Forbidden: more scopes than the maker has.
        ValidationFailed: expires_at is no time in the future.
        Conflict: the account has MAX_KEYS keys.
        NotFound: no such account.
    """
    wanted = sorted(set(scopes)) if scopes is not None else sorted(maker_scopes)
    lacking = missing(wanted, maker_scopes)
    if lacking:
        raise Forbidden("A key cannot make a key with more scopes than its own", {"scopes": lacking})
    text = keys.make(entropy or secrets.token_bytes(32))
    made_at = clock.iso(at or clock.now())
    key = Key(key_id or ids.new_id("key"), account_id, name, tuple(wanted), _future(expires_at, at), made_at, keys.digest(text))
    for _ in range(_ATTEMPTS):
        account = get_account(account_id)
        try:
            repository.add_key(key, account)
            return key, text
        except tables.ConditionFailed as failed:
            before = repository.get_key(account_id, key.id) if failed.index in (1, 3) else None
            if before is not None and before.digest == key.digest:
                return before, text
            if failed.index == 3:
                raise Conflict(f"An account has at most {MAX_KEYS} API keys", {"limit": MAX_KEYS}) from None
            if failed.index != 0:
                raise
    raise Conflict("The plan of the account is being changed; try again")


def list_keys(account_id: str, window: Window) -> Listed[Key]:
    """The account's keys, oldest first."""
    every = repository.all_keys(account_id)
    after = window.after["id"] if window.after else ""
    rest = [key for key in every if key.id > after][window.skip :]
    shown = rest[: window.limit]
    more = len(rest) > len(shown)
    return Listed(repository.with_last_use(shown), {"id": shown[-1].id} if more and shown else None, len(every))


def delete_key(account_id: str, key_id: str) -> None:
    """Revoke a key: refused from then on, at the latest when the authorizer's cached answer ends (300 s).

    Raises:
        NotFound: the account has no such key.
    """
    key = repository.get_key(account_id, key_id) if ids.is_id("key", key_id) else None
    if key is None:
        raise NotFound("No such API key")
    try:
        repository.remove_key(key)
    except tables.ConditionFailed:
        raise NotFound("No such API key") from None


def get_account(account_id: str) -> Account:
    """The account.

    Raises:
        NotFound.
    """
    account = repository.get_account(account_id) if ids.is_id("acct", account_id) else None
    if account is None:
        raise NotFound("No such account")
    return account


KEEP = -1
"""Leave an account's own number of runs as it is."""


def set_plan(account_id: str, plan: str, own_runs: int | None = KEEP) -> Account:
    """Change the account's plan; it holds at the latest when the authorizer's cached answers end (300 s).

    Args:
        account_id: which.
        plan: a name of ``flows.accounts.plans.PLANS``.
        own_runs: runs at once instead of the plan's (``plans.NO_LIMIT``: as many as it likes); None: the plan's; ``KEEP``: as it is.

    Raises:
        NotFound: no such account.
        ValidationFailed: no such plan, or no such number of runs.
    """
    _known(plan)
    if own_runs != KEEP:
        _possible(own_runs)
    account = get_account(account_id)
    changed = replace(account, plan=plan, own_runs=account.own_runs if own_runs == KEEP else own_runs)
    for _ in range(_ATTEMPTS):
        try:
            repository.change_terms(changed, repository.all_keys(account_id))
            return changed
        except tables.ConditionFailed:
            continue  # a key came or went meanwhile: read them again
    raise Conflict("The account's keys are being changed; try again")


def _known(plan: str) -> Plan:
    if plan not in PLANS:
        raise invalid("plan", f"must be one of {', '.join(PLANS)}", "enum")
    return PLANS[plan]


def _possible(own_runs: int | None) -> None:
    if own_runs is not None and not 0 <= own_runs <= MOST_RUNS:
        raise invalid("max_concurrent_runs", f"must be 1 to {MOST_RUNS:,}, or 0 for no limit", "range")


def _future(text: str | None, at: datetime | None) -> str | None:
    if text is None:
        return None
    try:
        moment = clock.parse_iso(text)
        if "T" not in text.upper() and " " not in text:
            raise ValueError
    except (ValueError, OverflowError):
        raise invalid("expires_at", "must be a time such as 2030-01-15T10:00:00Z", "datetime") from None
    if moment <= (at or clock.now()):
        raise invalid("expires_at", "must be in the future", "in_the_past")
    return clock.iso(moment)
