"""Forms in DynamoDB. Submissions are in :mod:`flows.forms.submission_repository`.

pk                     sk                         what
acct_…                 LIST#form_…                a form as lists show it (small: 1,000 of them are one or two reads)
acct_…                 FORM#form_…                the whole form
acct_…                 VERSION#form_…#00000001    a version, never changed
acct_…                 COUNTS                     {forms}: changed in the transaction that makes or deletes a form
acct_…                 DELETING#form_…            a deleted form whose submissions are still being removed (index `list`)
public#<sha256>        FORM                       the whole form once more: what its hosted page reads
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flows.aws import tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item, Write
from flows.errors import Conflict
from flows.forms import deletion_notes
from flows.forms.records import StoredForm, public_key, version_key
from flows.paging import Key, Listed, Window, walk


class VersionMoved(Exception):
    """The form is not at the version that the change was made for."""


def create(form: StoredForm, limit: int) -> StoredForm:
    """Store a new form.

    Returns:
        The form; when its id is there already (an id made from an Idempotency-Key, or a write whose answer was lost): what is stored.

    Raises:
        Conflict: the account has as many forms as it may have.
    """
    table = settings().forms_table
    new = "attribute_not_exists(pk)"
    writes = [
        Write("put", table, form.item(), condition=new),
        Write("put", table, form.summary_item(), condition=new),
        Write("put", table, form.version_item(), condition=new),
        Write("put", table, _public_item(form), condition=new),
        Write(
            "update",
            table,
            {"pk": form.account_id, "sk": "COUNTS"},
            update="ADD forms :one",
            condition="attribute_not_exists(forms) OR forms < :limit",
            values={":one": 1, ":limit": limit},
        ),
    ]
    try:
        tables.transact(writes)
    except ConditionFailed as failure:
        if failure.index < len(writes) - 1 and (stored := get(form.account_id, form.id)):
            return stored
        raise Conflict(f"The account has {limit} forms, which is the limit", {"limit": limit}) from None
    return form


def get(account_id: str, form_id: str) -> StoredForm | None:
    """The form, as the last write left it."""
    item = tables.get(settings().forms_table, account_id, f"FORM#{form_id}", consistent=True)
    return StoredForm.from_item(item) if item else None


def existing(account_id: str, form_ids: Iterable[str]) -> frozenset[str]:
    """Those of the ids that are forms of the account: one call."""
    keys = [(account_id, f"LIST#{one}") for one in form_ids]
    return frozenset(sk.removeprefix("LIST#") for _, sk in tables.get_many(settings().forms_table, keys, consistent=True))


def existence(account_id: str, form_id: str) -> Write:
    """A check for a transaction: the account has this form."""
    return Write("check", settings().forms_table, {"pk": account_id, "sk": f"LIST#{form_id}"}, condition="attribute_exists(pk)")


def by_public_id(public_id: str) -> StoredForm | None:
    """The form that a hosted page's address names, as the last write left it: one call."""
    found = tables.get(settings().forms_table, public_key(public_id), "FORM", consistent=True)
    return StoredForm.from_item({**found, "pk": found["account_id"]}) if found else None


def replace(form: StoredForm, previous_version: int) -> None:
    """Store a form's next version.

    Raises:
        VersionMoved: it is gone, or at another version than ``previous_version``.
    """
    table = settings().forms_table
    try:
        tables.transact(
            [
                Write("put", table, form.item(), condition="version = :previous", values={":previous": previous_version}),
                Write("put", table, form.summary_item()),
                Write("put", table, form.version_item()),
                Write("put", table, _public_item(form)),
            ]
        )
    except ConditionFailed as failure:
        stored = failure.item
        if stored is None or stored.get("updated_at") != form.updated_at or stored.get("fields") != form.item()["fields"]:
            raise VersionMoved from None


def listed(account_id: str, window: Window, keep: Callable[[Item], bool] | None) -> Listed[Item]:
    """Summaries of the account's forms, newest first, with the number of them when nothing is filtered."""
    table = settings().forms_table

    def read(start: Key | None, limit: int) -> tables.Page:
        return tables.query(
            table,
            "pk = :account AND begins_with(sk, :prefix)",
            {":account": account_id, ":prefix": "LIST#"},
            start=start,
            limit=limit,
            forward=False,
            consistent=True,
        )

    total = None
    if window.after is None:
        total = count(account_id) if keep is None else _count_kept(account_id, keep)
    return walk(read, window, key_of=_key, keep=keep, batch=200 if keep else None, total=total)


def count(account_id: str) -> int:
    """How many forms the account has."""
    item = tables.get(settings().forms_table, account_id, "COUNTS", consistent=True)
    return int(item.get("forms", 0)) if item else 0


def versions(account_id: str, form_id: str, window: Window) -> Listed[Item]:
    """The versions of a form, newest first, without their fields."""

    def read(start: Key | None, limit: int) -> tables.Page:
        return tables.query(
            settings().forms_table,
            "pk = :account AND begins_with(sk, :prefix)",
            {":account": account_id, ":prefix": f"VERSION#{form_id}#"},
            start=start,
            limit=limit,
            forward=False,
            consistent=True,
            attributes=("pk", "sk", "form_id", "version", "name", "created_at"),
        )

    return walk(read, window, key_of=_key)


def version(account_id: str, form_id: str, number: int) -> Item | None:
    return tables.get(settings().forms_table, account_id, version_key(form_id, number))


def retire(form: StoredForm) -> bool:
    """Take a form out of the account in one transaction, and note that its submissions are to be removed.

    Returns:
        False when it was gone, or has changed since it was read.
    """
    table = settings().forms_table
    here = "attribute_exists(pk)"
    try:
        tables.transact(
            [
                Write("delete", table, {"pk": form.account_id, "sk": f"FORM#{form.id}"}, condition=here),
                Write("delete", table, {"pk": form.account_id, "sk": f"LIST#{form.id}"}),
                Write("delete", table, {"pk": public_key(form.public_id), "sk": "FORM"}),
                Write("update", table, {"pk": form.account_id, "sk": "COUNTS"}, update="ADD forms :one", values={":one": -1}),
                Write("put", table, deletion_notes.item_of(form.account_id, form.id)),
            ]
        )
    except ConditionFailed:
        # A delete whose answer was lost is repeated by boto3 and finds nothing: the note tells that it was ours.
        return tables.get(table, form.account_id, deletion_notes.key(form.id), consistent=True) is not None
    return True


def _public_item(form: StoredForm) -> Item:
    return form.item() | {"pk": public_key(form.public_id), "sk": "FORM", "account_id": form.account_id, "form_id": form.id}


def _key(item: Item) -> dict[str, Any]:
    return {"pk": item["pk"], "sk": item["sk"]}


def _count_kept(account_id: str, keep: Callable[[Item], bool]) -> int:
    # At most 1,000 small items: one or two calls.
    found = tables.query_all(
        settings().forms_table,
        "pk = :account AND begins_with(sk, :prefix)",
        {":account": account_id, ":prefix": "LIST#"},
        consistent=True,
    )
    return sum(1 for item in found if keep(item))
