"""Endpoints in DynamoDB. Lists read the table itself, so that what was just written is seen at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from flows.aws import ids, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item, Write
from flows.paging import Listed, Window, walk
from flows.webhooks.records import PREVIOUS, Endpoint, endpoint_key

COUNTS = "COUNTS"


class LimitReached(Exception):
    """The account has as many as it may have."""


def limit() -> int:
    """Endpoints that an account may have."""
    return int(settings().max_webhooks)


def get(account_id: str, webhook_id: str) -> Endpoint | None:
    item = tables.get(settings().webhooks_table, account_id, endpoint_key(webhook_id), consistent=True)
    return Endpoint.of(item) if item else None


def page(account_id: str, window: Window) -> Listed[Endpoint]:
    """A page of the account's endpoints, the newest first."""

    def read(start: Item | None, limit: int) -> tables.Page:
        return _query(account_id, forward=False, limit=limit, start=start)

    total = None
    if window.after is None:
        counts = tables.get(settings().webhooks_table, account_id, COUNTS, consistent=True) or {}
        total = int(counts.get("webhooks", 0))
    found = walk(read, window, key_of=lambda item: {"pk": item["pk"], "sk": item["sk"]}, total=total)
    return Listed([Endpoint.of(item) for item in found.items], found.next_key, found.total)


def all_of(account_id: str) -> list[Endpoint]:
    """Every endpoint of the account: as many as :func:`limit` lets there be."""
    found: list[Endpoint] = []
    start: Item | None = None
    while True:
        page = _query(account_id, start=start)
        found += [Endpoint.of(item) for item in page.items]
        start = page.next_key
        if start is None:
            return found


def create(account_id: str, item: Item) -> Endpoint:
    """Store a new endpoint and count it, in one transaction.

    Returns:
        What is stored: this one, or what an earlier run of the same request stored under this id.

    Raises:
        LimitReached: the account has as many as it may have.
    """
    table = settings().webhooks_table
    whole = {**item, "pk": account_id, "sk": endpoint_key(item["id"]), "account_id": account_id}
    count = Write(
        "update",
        table,
        {"pk": account_id, "sk": COUNTS},
        update="ADD webhooks :one",
        condition="attribute_not_exists(webhooks) OR webhooks < :limit",
        values={":one": 1, ":limit": limit()},
    )
    try:
        tables.transact([Write("put", table, whole, condition="attribute_not_exists(pk)"), count])
    except ConditionFailed as failed:
        if failed.index == 0 and failed.item is not None:
            return Endpoint.of(failed.item)
        if existing := get(account_id, item["id"]):
            return existing  # our own write, whose answer was lost and which was the last that there was room for
        raise LimitReached from None
    return Endpoint.of(whole)


def change(
    account_id: str,
    webhook_id: str,
    changes: Mapping[str, Any],
    removed: Sequence[str] = (),
    *,
    only_if: Mapping[str, Any] | None = None,
    since: Mapping[str, Any] | None = None,
) -> Endpoint | None:
    """Set attributes and remove others.

    Args:
        changes: attributes by name.
        removed: names of attributes.
        only_if: what attributes must be for the change to happen; None: not there.
        since: attributes that are set only where they are not there.

    Returns:
        The endpoint as it is now; None when it is gone or is not as ``only_if`` says.
    """
    names: dict[str, str] = {}
    values: dict[str, Any] = {}

    def name_of(attribute: str) -> str:
        names[f"#n{len(names)}"] = attribute
        return f"#n{len(names) - 1}"

    def value_of(value: Any) -> str:
        values[f":v{len(values)}"] = value
        return f":v{len(values) - 1}"

    sets = [f"{name_of(name)} = {value_of(value)}" for name, value in changes.items()]
    for name, value in (since or {}).items():
        place = name_of(name)
        sets.append(f"{place} = if_not_exists({place}, {value_of(value)})")
    removes = [name_of(name) for name in removed]
    conditions = ["attribute_exists(pk)"]
    for name, value in (only_if or {}).items():
        place = name_of(name)
        conditions.append(f"attribute_not_exists({place})" if value is None else f"{place} = {value_of(value)}")
    parts = [f"SET {', '.join(sets)}" if sets else "", f"REMOVE {', '.join(removes)}" if removes else ""]
    return _update(account_id, webhook_id, " ".join(filter(None, parts)), values, names, " AND ".join(conditions))


def rotate(account_id: str, webhook_id: str, secret: Mapping[str, Any], until: str, now: str, rotation: str) -> Endpoint | None:
    """Put a sealed secret in the place of the present one, which signs too until a time; as do those before it until theirs.

    Args:
        rotation: names this rotation: a repeat of it changes nothing, else it would count as another.

    Returns:
        The endpoint; None when it is gone, when this rotation has been done, or when as many secrets as there are places for sign still.
    """
    values: dict[str, Any] = {":secret": secret, ":until": until, ":now": now, ":rotation": rotation, ":none": ""}
    sets = [
        "secret = :secret",
        "updated_at = :now",
        "previous_secret = secret",
        "previous_until = :until",
        "rotation = :rotation",
    ]
    for newer, older in pairwise(PREVIOUS):
        sets += [f"{to} = if_not_exists({at}, :none)" for at, to in zip(newer, older, strict=True)]
    not_done = [f"(attribute_not_exists({place[2]}) OR {place[2]} <> :rotation)" for place in PREVIOUS]
    last = PREVIOUS[-1][1]
    room = f"(attribute_not_exists({last}) OR {last} <= :now)"
    condition = " AND ".join(["attribute_exists(pk)", *not_done, room])
    return _update(account_id, webhook_id, f"SET {', '.join(sets)}", values, {}, condition)


def delete(account_id: str, webhook_id: str) -> bool:
    """Delete an endpoint, with the only copies of its data keys; False when there was none."""
    table = settings().webhooks_table
    key = {"pk": account_id, "sk": endpoint_key(webhook_id)}
    less = Write("update", table, {"pk": account_id, "sk": COUNTS}, update="ADD webhooks :minus", values={":minus": -1})
    try:
        # The token lets boto3 ask again for a lost answer: without it the repeat would find nothing to delete.
        tables.transact([Write("delete", table, key, condition="attribute_exists(pk)"), less], token=ids.new_token()[:36])
    except ConditionFailed:
        return False
    return True


def _update(
    account_id: str, webhook_id: str, expression: str, values: Mapping[str, Any], names: Mapping[str, str], condition: str
) -> Endpoint | None:
    table = settings().webhooks_table
    try:
        item = tables.update(table, account_id, endpoint_key(webhook_id), expression, values, names=names, condition=condition)
    except ConditionFailed:
        return None
    return Endpoint.of(item)


def _query(account_id: str, **options: Any) -> tables.Page:
    return tables.query(
        settings().webhooks_table,
        "pk = :pk AND begins_with(sk, :sk)",
        {":pk": account_id, ":sk": "WH#"},
        consistent=True,
        **options,
    )
