"""Workflows in DynamoDB, and only that; the items are drawn in ``records``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item, Page, Write
from flows.paging import Key, Listed, Window, walk
from flows.workflows.records import (
    COUNTS,
    META,
    VERSIONS_KEPT_SECONDS,
    StoredVersion,
    StoredWorkflow,
    entry_key,
    error_key,
    list_key,
    partition,
    status_key,
    version_key,
)

WORKFLOW_IDS = "wf_"


class Moved(Exception):
    """The workflow was changed or deleted since it was read."""


class Gone(Exception):
    """Something that the definition names is not there."""


class LimitReached(Exception):
    """The account has as many workflows as it may have."""


@dataclass(frozen=True)
class Loaded:
    """A workflow with its newest version, the draft."""

    workflow: StoredWorkflow
    draft: StoredVersion


@dataclass(frozen=True)
class Filters:
    """Which workflows a list shows.

    Args:
        status: ``draft``, ``published`` or None.
        search: a part of the name, in any case, or None.
    """

    status: str | None = None
    search: str | None = None


def read(account_id: str, workflow_id: str) -> Loaded | None:
    """A workflow with its newest definition: one call."""
    page = tables.query(
        settings().workflows_table,
        "pk = :pk AND sk BETWEEN :first AND :last",
        {":pk": partition(account_id, workflow_id), ":first": "version#", ":last": META},
        limit=2,
        forward=False,
        consistent=True,
    )
    if len(page.items) < 2 or page.items[0]["sk"] != META:
        return None
    return Loaded(StoredWorkflow.read(page.items[0]), StoredVersion.read(page.items[1]))


def read_meta(account_id: str, workflow_id: str) -> StoredWorkflow | None:
    """A workflow without a definition."""
    item = tables.get(settings().workflows_table, partition(account_id, workflow_id), META, consistent=True)
    return StoredWorkflow.read(item) if item else None


def read_with_errors(account_id: str, workflow_id: str) -> tuple[StoredWorkflow, list[Item]] | None:
    """A workflow without a definition, and what last kept its triggers from starting it: one call."""
    values = {":pk": partition(account_id, workflow_id), ":prefix": META}
    condition = "pk = :pk AND begins_with(sk, :prefix)"
    found = list(tables.query_all(settings().workflows_table, condition, values, consistent=True))
    if not found or found[0]["sk"] != META:
        return None
    return StoredWorkflow.read(found[0]), found[1:]


def note_error(account_id: str, workflow_id: str, node_id: str, message: str, kept_seconds: int) -> None:
    """Keep what kept a trigger from starting the workflow, in place of what did before."""
    tables.update(
        settings().workflows_table,
        partition(account_id, workflow_id),
        error_key(node_id),
        "SET node_id = :node, message = :message, #at = :at, #ttl = :ttl",
        {":node": node_id, ":message": message, ":at": clock.now_iso(), ":ttl": clock.epoch() + kept_seconds},
        names={"#at": "at", "#ttl": "ttl"},
        returns="NONE",
    )


def read_at(account_id: str, workflow_id: str, version: int) -> tuple[StoredWorkflow, StoredVersion | None] | None:
    """A workflow and one of its versions: one call."""
    pk = partition(account_id, workflow_id)
    keys = [(pk, META), (pk, version_key(version))]
    meta, found = map(tables.get_many(settings().workflows_table, keys, consistent=True).get, keys)
    return (StoredWorkflow.read(meta), StoredVersion.read(found) if found else None) if meta else None


def listed_existence(account_id: str, workflow_id: str) -> Write:
    """A check for a transaction: the account has this workflow. Of the item in lists, as :func:`existing` does."""
    key = {"pk": account_id, "sk": list_key(workflow_id)}
    return Write("check", settings().workflows_table, key, condition="attribute_exists(pk)")


def existence(account_id: str, workflow_id: str) -> Write:
    """A check for a transaction: the workflow is there."""
    key = {"pk": partition(account_id, workflow_id), "sk": META}
    return Write("check", settings().workflows_table, key, condition="attribute_exists(pk)")


def read_version(account_id: str, workflow_id: str, version: int) -> StoredVersion | None:
    """A version, of a deleted workflow too. What is never changed needs no consistent read, unless it was written just now."""
    key = partition(account_id, workflow_id), version_key(version)
    item = tables.get(settings().workflows_table, *key) or tables.get(settings().workflows_table, *key, consistent=True)
    return StoredVersion.read(item) if item else None


def create(workflow: StoredWorkflow, first: StoredVersion, limit: int, named: Sequence[Write] = ()) -> None:
    """Store a new workflow.

    Args:
        named: checks for what the definition names.

    Raises:
        Moved: there is one of this id: the request is a repeat.
        LimitReached: the account has ``limit`` workflows.
        Gone: something that the definition names is not there.
    """
    table = settings().workflows_table
    writes = [
        Write("put", table, workflow.item(), condition="attribute_not_exists(pk)"),
        *(Write("put", table, item) for item in first.items(workflow.account_id, workflow.id)),
        Write("put", table, workflow.list_item()),
        _count(workflow.account_id, 1, 0, limit),
        Write("put", table, workflow.status_item()),
    ]
    try:
        tables.transact([*writes, *named])
    except ConditionFailed as failure:
        raise (Moved if failure.index == 0 else Gone if failure.index >= len(writes) else LimitReached) from None


def change(
    before: StoredWorkflow,
    after: StoredWorkflow,
    version: StoredVersion | None,
    triggers: Sequence[Write] = (),
    named: Sequence[Write] = (),
) -> None:
    """Store a changed workflow in one transaction.

    Args:
        before: as it was read.
        after: as it shall be; its revision is one more.
        version: the new version, when the definition changed.
        triggers: changes of the trigger index.
        named: checks for what the definition names.

    Raises:
        Moved: it is no longer as it was read.
        Gone: something that the definition names is not there.
    """
    table = settings().workflows_table
    writes = [_unmoved(before, Write("put", table, after.item())), Write("put", table, after.list_item()), *triggers]
    writes.append(Write("put", table, after.status_item()))
    if after.status != before.status:
        writes.append(Write("delete", table, {"pk": before.account_id, "sk": status_key(before.status, before.id)}))
    if version:
        writes += [Write("put", table, item) for item in version.items(after.account_id, after.id)]
    published = (after.status == "published") - (before.status == "published")
    if published:
        writes.append(_count(after.account_id, 0, published))
    try:
        tables.transact([*writes, *named])
    except ConditionFailed as failure:
        raise (Gone if failure.index >= len(writes) else Moved) from None


def delete(workflow: StoredWorkflow, triggers: Sequence[Write]) -> None:
    """Delete a workflow and its index items; its versions stay for the runs under way (:func:`expire_versions`).

    Raises:
        Moved: it is no longer as it was read.
    """
    table = settings().workflows_table
    key = {"pk": partition(workflow.account_id, workflow.id), "sk": META}
    writes = [
        _unmoved(workflow, Write("delete", table, key)),
        Write("delete", table, {"pk": workflow.account_id, "sk": list_key(workflow.id)}),
        Write("delete", table, {"pk": workflow.account_id, "sk": status_key(workflow.status, workflow.id)}),
        _count(workflow.account_id, -1, -1 if workflow.status == "published" else 0),
        *triggers,
    ]
    try:
        tables.transact(writes)
    except ConditionFailed:
        raise Moved from None


def expire_versions(account_id: str, workflow_id: str) -> None:
    """Let the versions of a deleted workflow end after the longest run. A repeat does no harm."""
    table = settings().workflows_table
    pk = partition(account_id, workflow_id)
    ttl = clock.epoch() + VERSIONS_KEPT_SECONDS
    for item in tables.query_all(table, "pk = :pk", {":pk": pk}, attributes=("sk",)):
        tables.update(table, pk, item["sk"], "SET #ttl = if_not_exists(#ttl, :ttl)", {":ttl": ttl}, names={"#ttl": "ttl"})


def listed(account_id: str, window: Window, filters: Filters) -> Listed[Item]:
    """Workflows as lists show them, the newest first, with their exact number when the list begins. Two calls at most where an account has
    as many workflows as it may have; a search reads all their items in lists, 1 MB a call."""
    if filters.search:
        return _searched(account_id, window, filters)
    if filters.status:
        total = None if window.after else _total(_counts(account_id), filters.status)
        return _walk(account_id, status_key(filters.status, WORKFLOW_IDS), window, total)
    if window.after:
        return _walk(account_id, list_key(WORKFLOW_IDS), window, None)
    return _beginning(account_id, window)


def _beginning(account_id: str, window: Window) -> Listed[Item]:
    """The list from its beginning on. Its counts stand before the newest workflow, so one Query gives both."""
    counts: Item = {}

    def read(start: Key | None, limit: int) -> Page:
        page = _query(account_id, list_key(""), start, limit + (start is None))
        if page.items and page.items[0]["sk"] == COUNTS:
            counts.update(page.items[0])
            return Page(page.items[1:], page.next_key)
        return page

    return replace(walk(read, window, key_of=_key), total=_total(counts, None))


def _walk(account_id: str, prefix: str, window: Window, total: int | None) -> Listed[Item]:
    return walk(lambda start, limit: _query(account_id, prefix, start, limit), window, key_of=_key, total=total)


def _searched(account_id: str, window: Window, filters: Filters) -> Listed[Item]:
    names, values, expression = _filter(filters)

    def read(start: Key | None, _limit: int) -> Page:
        # No limit: DynamoDB counts what it reads, not what it finds; it reads 1 MB.
        return _query(account_id, list_key(WORKFLOW_IDS), start, None, names=names, filter=expression, values=values)

    if window.after:
        return walk(read, window, key_of=_key)
    found: list[Item] = []
    page = read(None, 0)
    while True:
        found += page.items
        if page.next_key is None:
            break
        page = read(page.next_key, 0)
    shown = found[window.skip : window.skip + window.limit]
    more = len(found) > window.skip + window.limit
    return Listed(shown, _key(shown[-1]) if more and shown else None, len(found))


def _query(
    account_id: str, prefix: str, start: Key | None, limit: int | None, *, values: Mapping[str, str] | None = None, **options: Any
) -> Page:
    return tables.query(
        settings().workflows_table,
        "pk = :pk AND begins_with(sk, :prefix)",
        {":pk": account_id, ":prefix": prefix, **(values or {})},
        start=start,
        limit=limit,
        forward=False,
        consistent=True,
        **options,
    )


def versions(account_id: str, workflow_id: str, window: Window) -> Listed[Item]:
    """Entries of a workflow's versions, the newest first."""

    def read(start: Key | None, limit: int) -> Page:
        return tables.query(
            settings().workflows_table,
            "pk = :pk AND begins_with(sk, :prefix)",
            {":pk": partition(account_id, workflow_id), ":prefix": entry_key(0)[:6]},
            start=start,
            limit=limit,
            forward=False,
            consistent=True,
        )

    return walk(read, window, key_of=_key)


def existing(account_id: str, workflow_ids: Iterable[str]) -> frozenset[str]:
    """Those of the ids that are workflows of the account."""
    keys = [(account_id, list_key(one)) for one in workflow_ids]
    return frozenset(item["id"] for item in tables.get_many(settings().workflows_table, keys, consistent=True).values())


def uses_of_credential(account_id: str, credential_id: str) -> list[str]:
    """Ids of the published workflows that name the credential."""
    found = tables.query_all(
        settings().workflows_table,
        "pk = :pk AND begins_with(sk, :prefix)",
        {":pk": account_id, ":prefix": list_key(""), ":credential": credential_id},
        filter="contains(credential_ids, :credential)",
        consistent=True,
    )
    return [item["id"] for item in found]


def _counts(account_id: str) -> Item:
    return tables.get(settings().workflows_table, account_id, COUNTS, consistent=True) or {}


def _total(counts: Item, status: str | None) -> int:
    everything, published = counts.get("workflows", 0), counts.get("published", 0)
    return int({None: everything, "published": published, "draft": everything - published}[status])


def _filter(filters: Filters) -> tuple[dict[str, str], dict[str, str], str]:
    names: dict[str, str] = {}
    values: dict[str, str] = {}
    parts = []
    if filters.status:
        names["#status"], values[":status"] = "status", filters.status
        parts.append("#status = :status")
    if filters.search:
        values[":search"] = filters.search.casefold()
        parts.append("contains(folded, :search)")
    return names, values, " AND ".join(parts)


def _count(account_id: str, workflows: int, published: int, limit: int | None = None) -> Write:
    return Write(
        "update",
        settings().workflows_table,
        {"pk": account_id, "sk": COUNTS},
        update="ADD workflows :workflows, published :published",
        condition="attribute_not_exists(workflows) OR workflows < :limit" if limit is not None else "",
        values={":workflows": workflows, ":published": published} | ({":limit": limit} if limit is not None else {}),
    )


def _unmoved(before: StoredWorkflow, write: Write) -> Write:
    return Write(write.kind, write.table, write.key, condition="revision = :revision", values={":revision": before.revision})


def _key(item: Item) -> Key:
    return {"pk": item["pk"], "sk": item["sk"]}
