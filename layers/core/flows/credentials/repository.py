"""Credentials in DynamoDB. Keys, all under the account: ``cred#<id>``, its tokens ``token#<id>``, ``pending#<nonce>`` of an
authorization under way, and ``COUNTS``. Lists read the table itself, so what was just written is seen at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flows.aws import tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item, Write
from flows.credentials.cipher import Sealed
from flows.paging import Listed, Window, walk

COUNTS = "COUNTS"

_SHOWN = ("pk", "sk", "id", "name", "type", "hint", "allowed_hosts", "created_at", "updated_at", "last_used_at")


class LimitReached(Exception):
    """The account has as many as it may have."""


@dataclass(frozen=True)
class Condition:
    """What must be true of the stored credential, for a write.

    Args:
        text: a ConditionExpression.
        names, values: of its placeholders.
    """

    text: str = "attribute_exists(pk)"
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def also(self, text: str, values: Mapping[str, Any], **names: str) -> Condition:
        """This, and more."""
        named = {f"#{short}": name for short, name in names.items()}
        return Condition(f"{self.text} AND ({text})", {**self.names, **named}, {**self.values, **values})


EXISTS = Condition()


def limit() -> int:
    """Credentials that an account may have."""
    return int(settings().max_credentials)


def table() -> str:
    return settings().credentials_table


def key(credential_id: str) -> str:
    return f"cred#{credential_id}"


def token_key(credential_id: str) -> str:
    return f"token#{credential_id}"


def get(account_id: str, credential_id: str) -> Item | None:
    return tables.get(table(), account_id, key(credential_id), consistent=True)


def get_with(account_id: str, credential_id: str, other: str) -> tuple[Item | None, Item | None]:
    """A credential, and another item of the account's in this table."""
    keys = [(account_id, key(credential_id)), (account_id, other)]
    found = tables.get_many(table(), keys, consistent=True)
    return found.get(keys[0]), found.get(keys[1])


def existing(account_id: str, credential_ids: Sequence[str]) -> frozenset[str]:
    """Those of the ids that the account has."""
    found = tables.get_many(table(), [(account_id, key(one)) for one in credential_ids], consistent=True)
    return frozenset(str(item["id"]) for item in found.values())


def existence(account_id: str, credential_id: str) -> Write:
    """A check for a transaction: the account has this credential."""
    return Write("check", table(), {"pk": account_id, "sk": key(credential_id)}, condition="attribute_exists(pk)")


def page(account_id: str, window: Window) -> Listed[Item]:
    """A page of the account's credentials, the newest first, without their secrets."""

    def read(start: Item | None, limit: int) -> tables.Page:
        return tables.query(
            table(),
            "pk = :pk AND begins_with(sk, :sk)",
            {":pk": account_id, ":sk": "cred#"},
            limit=limit,
            start=start,
            forward=False,
            consistent=True,
            attributes=_SHOWN,
        )

    total = None
    if window.after is None:
        counts = tables.get(table(), account_id, COUNTS, consistent=True) or {}
        total = int(counts.get("credentials", 0))
    return walk(read, window, key_of=lambda item: {"pk": item["pk"], "sk": item["sk"]}, total=total)


def create_writes(account_id: str, item: Item) -> list[Write]:
    """Put a new credential and count it, in one transaction: the second write's condition is the limit."""
    return [
        Write("put", table(), {**item, "pk": account_id, "sk": key(item["id"])}, condition="attribute_not_exists(pk)"),
        Write(
            "update",
            table(),
            {"pk": account_id, "sk": COUNTS},
            update="ADD credentials :one",
            condition="attribute_not_exists(credentials) OR credentials < :limit",
            values={":one": 1, ":limit": limit()},
        ),
    ]


def create(account_id: str, item: Item) -> Item:
    """Store a new credential.

    Returns:
        What is stored: the item, or the one that an earlier run of the same request stored under this id.

    Raises:
        LimitReached: the account has as many as it may have.
    """
    try:
        tables.transact(create_writes(account_id, item))
    except ConditionFailed as error:
        if error.index == 0 and error.item is not None:
            return error.item
        raise LimitReached from None
    return item


def change(
    account_id: str, credential_id: str, changes: Mapping[str, Any], sealed: Sealed | None, condition: Condition = EXISTS
) -> Item:
    """Set attributes; with a sealed value also the secret, whose version goes up, so that tokens of the old one are dropped.

    Args:
        condition: what must be true of the stored credential.

    Returns:
        The item as it is now.

    Raises:
        ConditionFailed: it is not true of the item that is there, if one is.
    """
    attributes = {**changes, **(sealed.attributes() if sealed else {})}
    names = {f"#a{index}": name for index, name in enumerate(attributes)}
    values: dict[str, Any] = {f":a{index}": value for index, value in enumerate(attributes.values())}
    expression = "SET " + ", ".join(f"#a{index} = :a{index}" for index in range(len(attributes)))
    if sealed:
        expression += " ADD version :one"
        values[":one"] = 1
    return tables.update(
        table(),
        account_id,
        key(credential_id),
        expression,
        {**values, **condition.values},
        names={**names, **condition.names},
        condition=condition.text,
    )


def shred(account_id: str, credential_id: str) -> bool:
    """Delete the credential, its tokens and its count. With the item goes the only copy of its data key.

    Returns:
        False when there was no such credential.
    """
    try:
        tables.transact(
            [
                Write(
                    "delete",
                    table(),
                    {"pk": account_id, "sk": key(credential_id)},
                    condition="attribute_exists(pk)",
                ),
                Write("delete", table(), {"pk": account_id, "sk": token_key(credential_id)}),
                Write(
                    "update",
                    table(),
                    {"pk": account_id, "sk": COUNTS},
                    update="ADD credentials :minus",
                    values={":minus": -1},
                ),
            ]
        )
    except ConditionFailed:
        return False
    return True


def used(account_id: str, credential_id: str, now: str) -> Write:
    """For a transaction: note that the credential was used; it fails where it is gone."""
    return Write(
        "update",
        table(),
        {"pk": account_id, "sk": key(credential_id)},
        update="SET last_used_at = :now",
        condition="attribute_exists(pk)",
        values={":now": now},
    )


def touch(account_id: str, credential_id: str, now: str, hour_ago: str) -> None:
    """Note that the credential was used, unless that was noted within the hour or it is gone."""
    try:
        tables.update(
            table(),
            account_id,
            key(credential_id),
            "SET last_used_at = :now",
            {":now": now, ":before": hour_ago},
            condition="attribute_exists(pk) AND (attribute_not_exists(last_used_at) OR last_used_at < :before)",
            returns="NONE",
        )
    except ConditionFailed:
        return  # another use noted it, or it was deleted meanwhile
