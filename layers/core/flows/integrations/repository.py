"""Integrations in DynamoDB, in the credentials' table: ``int#<id>`` under the account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flows.aws import tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item, Write
from flows.paging import Listed, Window, walk

COUNTS = "COUNTS"

_MOST_REMEMBERED = 10_000
_credentials: dict[tuple[str, str], str] = {}


class LimitReached(Exception):
    """The account has as many as it may have."""


def limit() -> int:
    """Integrations that an account may have."""
    return int(settings().max_credentials)


def table() -> str:
    return settings().credentials_table


def key(integration_id: str) -> str:
    return f"int#{integration_id}"


def get(account_id: str, integration_id: str) -> Item | None:
    item = tables.get(table(), account_id, key(integration_id), consistent=True)
    _remember(account_id, [item] if item else [])
    return item


def remembered_credential(account_id: str, integration_id: str) -> str | None:
    """The credential of an integration that this process has seen: a hint of what to read together with it. It never changes while the
    integration is there."""
    return _credentials.get((account_id, integration_id))


def page(account_id: str, window: Window) -> Listed[Item]:
    """A page of the account's integrations, the newest first."""

    def read(start: Item | None, limit: int) -> tables.Page:
        return tables.query(
            table(),
            "pk = :pk AND begins_with(sk, :sk)",
            {":pk": account_id, ":sk": "int#"},
            limit=limit,
            start=start,
            forward=False,
            consistent=True,
        )

    total = None
    if window.after is None:
        counts = tables.get(table(), account_id, COUNTS, consistent=True) or {}
        total = int(counts.get("integrations", 0))
    found = walk(read, window, key_of=lambda item: {"pk": item["pk"], "sk": item["sk"]}, total=total)
    _remember(account_id, found.items)
    return found


def create(account_id: str, item: Item, also: list[Write]) -> Item:
    """Store a new integration, count it, and do the other writes, all or nothing.

    Returns:
        What is stored: the item, or the one that an earlier run of the same request stored under this id.

    Raises:
        LimitReached; ConditionFailed: the condition of another write did not hold (index from 2 on).
    """
    writes = [
        Write("put", table(), {**item, "pk": account_id, "sk": key(item["id"])}, condition="attribute_not_exists(pk)"),
        Write(
            "update",
            table(),
            {"pk": account_id, "sk": COUNTS},
            update="ADD integrations :one",
            condition="attribute_not_exists(integrations) OR integrations < :limit",
            values={":one": 1, ":limit": limit()},
        ),
        *also,
    ]
    try:
        tables.transact(writes)
    except ConditionFailed as error:
        if error.index == 0 and error.item is not None:
            return error.item
        if error.index == 1:
            raise LimitReached from None
        raise
    _remember(account_id, [item])
    return item


def delete(account_id: str, integration_id: str) -> bool:
    """Delete and uncount; False when there was none."""
    gone = Write("delete", table(), {"pk": account_id, "sk": key(integration_id)}, condition="attribute_exists(pk)")
    count = Write("update", table(), {"pk": account_id, "sk": COUNTS}, update="ADD integrations :minus", values={":minus": -1})
    try:
        tables.transact([gone, count])
    except ConditionFailed:
        return False
    return True


def set_status(account_id: str, integration_id: str, changes: dict[str, Any], also: list[Write]) -> None:
    """Note the result of a test, together with other writes, unless the integration, or what they are about, was deleted meanwhile."""
    names = {f"#a{index}": name for index, name in enumerate(changes)}
    values = {f":a{index}": value for index, value in enumerate(changes.values())}
    expression = "SET " + ", ".join(f"#a{index} = :a{index}" for index in range(len(changes)))
    status = Write(
        "update",
        table(),
        {"pk": account_id, "sk": key(integration_id)},
        update=expression,
        condition="attribute_exists(pk)",
        names=names,
        values=values,
    )
    try:
        tables.transact([status, *also])
    except ConditionFailed as failed:
        if failed.index > 0:  # the credential is gone; what was found of the connection holds all the same
            set_status(account_id, integration_id, changes, [])


def _remember(account_id: str, items: Iterable[Item]) -> None:
    if len(_credentials) >= _MOST_REMEMBERED:
        _credentials.clear()
    _credentials.update({(account_id, item["id"]): item["credential_id"] for item in items if item.get("credential_id")})
