"""Accounts and keys in DynamoDB, table Accounts (docs/data-model.md).

* ``acct_...`` / ``ACCOUNT``: name, plan, created_at
* ``acct_...`` / ``COUNTS``: keys, how many there are
* ``acct_...`` / ``KEY#key_...``: the key as it is listed, with the digest that leads to the record
* ``key#<sha256>`` / ``KEY``: what the authorizer reads: account, key id, plan, scopes, expires_at, last_used_at
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from flows.accounts.keys import record_pk
from flows.accounts.plans import most_runs
from flows.aws import tables
from flows.aws.settings import settings
from flows.aws.tables import Write

ACCOUNT = "ACCOUNT"
COUNTS = "COUNTS"
MAX_KEYS = 50
"""API keys an account: a change of the plan is written into all of them in one transaction (at most 100 writes)."""


@dataclass(frozen=True)
class Account:
    """An account."""

    id: str
    name: str
    plan: str
    created_at: str
    own_runs: int | None = None
    """Runs at once that an operator has set for this account instead of its plan's (``plans.NO_LIMIT``: none)."""

    @property
    def most_runs(self) -> int | None:
        """Runs that may be under way at once; None: no limit."""
        return most_runs(self.plan, self.own_runs)


@dataclass(frozen=True)
class Key:
    """A key as it is kept: without the key."""

    id: str
    account_id: str
    name: str
    scopes: tuple[str, ...]
    expires_at: str | None
    created_at: str
    digest: str
    last_used_at: str | None = None


def get_account(account_id: str) -> Account | None:
    """The account, or None."""
    item = tables.get(settings().accounts_table, account_id, ACCOUNT, consistent=True)
    return _account(item) if item else None


def account_with(account_id: str, sort_keys: list[str]) -> tuple[Account | None, dict[str, tables.Item]]:
    """The account and other items of its partition, in one call."""
    found = tables.get_many(settings().accounts_table, [(account_id, sk) for sk in [ACCOUNT, *sort_keys]], consistent=True)
    item = found.get((account_id, ACCOUNT))
    return (_account(item) if item else None), {sk: found.get((account_id, sk), {}) for sk in sort_keys}


def create(account: Account, key: Key) -> None:
    """Write a new account and its first key.

    Raises:
        ConditionFailed: there is such an account.
    """
    table = settings().accounts_table
    item = {"pk": account.id, "sk": ACCOUNT, "name": account.name, "created_at": account.created_at, **_terms(account)}
    put = Write("put", table, item, condition="attribute_not_exists(pk)")
    tables.transact([put, *_key_writes(key, account), _count_write(account.id, 1)])


def add_key(key: Key, account: Account) -> None:
    """Write a key.

    Raises:
        ConditionFailed: index 0: the account's terms are others by now; 1: the key's id is taken; 3: there are MAX_KEYS.
    """
    table = settings().accounts_table
    has_own = account.own_runs is not None
    same_terms = Write(
        "check",
        table,
        {"pk": key.account_id, "sk": ACCOUNT},
        condition="#plan = :plan AND " + ("own_runs = :runs" if has_own else "attribute_not_exists(own_runs)"),
        names={"#plan": "plan"},
        values={":plan": account.plan, **({":runs": account.own_runs} if has_own else {})},
    )
    tables.transact([same_terms, *_key_writes(key, account), _count_write(key.account_id, 1)])


def remove_key(key: Key) -> None:
    """Delete a key and its record.

    Raises:
        ConditionFailed: it is gone already.
    """
    table = settings().accounts_table
    tables.transact(
        [
            Write("delete", table, {"pk": key.account_id, "sk": f"KEY#{key.id}"}, condition="attribute_exists(pk)"),
            Write("delete", table, {"pk": record_pk(key.digest), "sk": "KEY"}),
            _count_write(key.account_id, -1),
        ]
    )


def get_key(account_id: str, key_id: str) -> Key | None:
    """The key as it is listed, without its last use; None when the account has no such key."""
    item = tables.get(settings().accounts_table, account_id, f"KEY#{key_id}", consistent=True)
    return _key(item) if item else None


def all_keys(account_id: str) -> list[Key]:
    """The account's keys by age, without their last use."""
    values = {":pk": account_id, ":sk": "KEY#"}
    found = tables.query_all(settings().accounts_table, "pk = :pk AND begins_with(sk, :sk)", values, consistent=True)
    return [_key(item) for item in found]


def with_last_use(found: list[Key]) -> list[Key]:
    """The keys with their last use, which only the authorizer's record has; one call."""
    records = tables.get_many(settings().accounts_table, [(record_pk(key.digest), "KEY") for key in found]) if found else {}
    return [replace(key, last_used_at=records.get((record_pk(key.digest), "KEY"), {}).get("last_used_at")) for key in found]


def change_terms(account: Account, keys: list[Key]) -> None:
    """Write the plan and the number of runs into the account and the records of the given keys, all or nothing.

    Raises:
        ConditionFailed: a key is gone, or there are others by now.
    """
    table = settings().accounts_table
    names = {"#plan": "plan"}
    change = "SET #plan = :plan" + (" REMOVE own_runs" if account.own_runs is None else ", own_runs = :runs")
    given = {":plan": account.plan, **({} if account.own_runs is None else {":runs": account.own_runs})}
    writes = [
        Write("update", table, {"pk": account.id, "sk": ACCOUNT}, change, "attribute_exists(pk)", names, given),
        Write(
            "check",
            table,
            {"pk": account.id, "sk": COUNTS},
            condition="#keys = :count",
            names={"#keys": "keys"},
            values={":count": len(keys)},
        ),
    ]
    for key in keys:
        record = {"pk": record_pk(key.digest), "sk": "KEY"}
        writes.append(Write("update", table, record, change, "attribute_exists(pk)", names, given))
    tables.transact(writes)


def _key_writes(key: Key, account: Account) -> list[Write]:
    table = settings().accounts_table
    listed = {name: value for name, value in asdict(key).items() if name not in ("id", "account_id", "last_used_at")}
    listed |= {
        "pk": key.account_id,
        "sk": f"KEY#{key.id}",
        "id": key.id,
        "account_id": key.account_id,
        "scopes": list(key.scopes),
    }
    record = {
        "pk": record_pk(key.digest),
        "sk": "KEY",
        "account_id": key.account_id,
        "key_id": key.id,
        **_terms(account),
        "scopes": " ".join(key.scopes),
        "expires_at": key.expires_at or "",
    }
    return [
        Write("put", table, listed, condition="attribute_not_exists(pk)"),
        Write("put", table, record, condition="attribute_not_exists(pk)"),
    ]


def _count_write(account_id: str, change: int) -> Write:
    condition = "attribute_not_exists(#keys) OR #keys < :max" if change > 0 else ""
    values = {":change": change, **({":max": MAX_KEYS} if change > 0 else {})}
    key = {"pk": account_id, "sk": COUNTS}
    return Write("update", settings().accounts_table, key, "ADD #keys :change", condition, {"#keys": "keys"}, values)


def _terms(account: Account) -> tables.Item:
    """What of an account its keys' records repeat, so that the authorizer reads one item."""
    return {"plan": account.plan, **({} if account.own_runs is None else {"own_runs": account.own_runs})}


def _account(item: tables.Item) -> Account:
    return Account(item["pk"], item["name"], item["plan"], item["created_at"], item.get("own_runs"))


def _key(item: tables.Item) -> Key:
    return Key(
        item["id"],
        item["account_id"],
        item["name"],
        tuple(item["scopes"]),
        item.get("expires_at"),
        item["created_at"],
        item["digest"],
    )
