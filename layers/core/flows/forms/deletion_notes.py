"""Notes of forms that are deleted and whose submissions are still being removed: ``acct_…  DELETING#form_…`` (index `list`)."""

from __future__ import annotations

from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.aws.tables import Item

DELETING = "forms#deleting"
"""Partition of the index `list` that holds every unfinished deletion, of all accounts: for the sweep, and empty nearly always."""


def key(form_id: str) -> str:
    """The sort key of a form's note."""
    return f"DELETING#{form_id}"


def item_of(account_id: str, form_id: str) -> Item:
    """The note of a form that is being deleted now."""
    moment = clock.now_iso()
    return {
        "pk": account_id,
        "sk": key(form_id),
        "account_id": account_id,
        "form_id": form_id,
        "deleted_at": moment,
        "lpk": DELETING,
        "lsk": f"{moment}#{form_id}",
    }


def unfinished(limit: int) -> list[Item]:
    """Notes, oldest first."""
    return tables.query(settings().forms_table, "lpk = :deleting", {":deleting": DELETING}, index="list", limit=limit).items


def finish(account_id: str, form_id: str) -> None:
    """Remove the form's versions, then the note."""
    table = settings().forms_table
    found = tables.query_all(
        table,
        "pk = :account AND begins_with(sk, :prefix)",
        {":account": account_id, ":prefix": f"VERSION#{form_id}#"},
        attributes=("pk", "sk"),
    )
    tables.delete_many(table, [(item["pk"], item["sk"]) for item in found])
    tables.delete(table, account_id, key(form_id))
