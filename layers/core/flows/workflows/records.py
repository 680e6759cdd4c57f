"""Workflows as they are stored, in the workflows table.

    pk             sk                  what
    acct_…#wf_…    workflow            META: everything but the definitions; what starting a run needs is in it, and an outline of its triggers
    acct_…#wf_…    workflow#error#…    what last kept a trigger from starting it, by node
    acct_…#wf_…    version#00000001    a definition, never changed
    acct_…#wf_…    entry#00000001      the same version without its definition, for lists
    acct_…         LIST#wf_…           a workflow as lists show it
    acct_…         STATUS#<status>#wf_…  the same once more, for lists of one status
    acct_…         LIST#~counts        {workflows, published}: changed in the transaction that changes what is counted

``workflow`` sorts after every ``version#…``, so one Query, read backwards, gives a workflow with its newest definition, and before its errors, so
that another gives it with these; the counts sort after every ``LIST#wf_…``, so one Query gives a list's beginning with its total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flows import strict_json
from flows.aws.tables import Item
from flows.workflows.trigger_nodes import outlines

META = "workflow"
COUNTS = "LIST#~counts"

SMALL = 4_000
"""Bytes up to which an input schema is kept in META; a larger one is read with its version when a run starts."""

VERSIONS_KEPT_SECONDS = 400 * 86_400
"""How long the versions of a deleted workflow stay: longer than any run of it can last (360 days)."""


@dataclass(frozen=True)
class RunSettings:
    """What starting a run of one version needs of its definition, and what it is listed by.

    Args:
        version: which one.
        settings: the definition's.
        input_schema: the definition's, or None.
        is_complete: False when the schema is too large to be here.
        triggers: outlines of the definition's; None: it was not looked at.
    """

    version: int
    settings: Mapping[str, Any]
    input_schema: Mapping[str, Any] | None
    is_complete: bool = True
    triggers: Sequence[Mapping[str, Any]] | None = None

    @classmethod
    def of(cls, version: int, definition: Mapping[str, Any]) -> RunSettings:
        schema = definition["input_schema"]
        small = schema is None or strict_json.size(schema) <= SMALL
        return cls(version, definition["settings"], schema if small else None, small, outlines(definition))

    def text(self) -> str:
        return strict_json.dumps([self.version, self.settings, self.input_schema, self.is_complete, self.triggers])

    @classmethod
    def read(cls, text: str) -> RunSettings:
        return cls(*strict_json.loads(text))


@dataclass(frozen=True)
class StoredWorkflow:
    """META.

    Args:
        revision: counts every write of it; for optimistic locking.
        latest: of the newest version, which is the draft.
        published: of the published version, or None.
        hook_tokens: tokens of webhook triggers by node id, kept when they are not published.
        trigger_keys: the items in the trigger index.
        schedules: how many schedule triggers the published version has.
        credential_ids: credentials that the published version names.
        event: the event that the last publication caused, as JSON text.
    """

    account_id: str
    id: str
    name: str
    description: str
    status: str
    created_at: str
    updated_at: str
    revision: int
    latest: RunSettings
    published: RunSettings | None = None
    published_at: str | None = None
    hook_tokens: Mapping[str, str] = field(default_factory=dict)
    trigger_keys: tuple[tuple[str, str], ...] = ()
    schedules: int = 0
    credential_ids: tuple[str, ...] = ()
    event: str | None = None

    @property
    def version(self) -> int:
        return self.latest.version

    @property
    def published_version(self) -> int | None:
        return self.published.version if self.published else None

    @property
    def has_unpublished_changes(self) -> bool:
        return self.published is not None and self.published.version != self.version

    def item(self) -> Item:
        """META's item."""
        item: Item = {
            "pk": partition(self.account_id, self.id),
            "sk": META,
            "account_id": self.account_id,
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "status": self.status,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "revision": self.revision,
            "latest": self.latest.text(),
            "hook_tokens": strict_json.dumps(dict(self.hook_tokens)),
            "trigger_keys": strict_json.dumps([list(key) for key in self.trigger_keys]),
            "schedules": self.schedules,
            "credential_ids": list(self.credential_ids),
        }
        if self.published:
            item |= {"published": self.published.text(), "published_at": self.published_at}
        if self.event:
            item["event"] = self.event
        return item

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> StoredWorkflow:
        return cls(
            account_id=item["account_id"],
            id=item["id"],
            name=item["name"],
            description=item["description"],
            status=item["status"],
            created_at=item["created_at"],
            updated_at=item["updated_at"],
            revision=item["revision"],
            latest=RunSettings.read(item["latest"]),
            published=RunSettings.read(item["published"]) if "published" in item else None,
            published_at=item.get("published_at"),
            hook_tokens=strict_json.loads(item["hook_tokens"]),
            trigger_keys=tuple((pk, sk) for pk, sk in strict_json.loads(item["trigger_keys"])),
            schedules=item["schedules"],
            credential_ids=tuple(item["credential_ids"]),
            event=item.get("event"),
        )

    def list_item(self) -> Item:
        """The workflow as lists show it."""
        return {
            "pk": self.account_id,
            "sk": list_key(self.id),
            "id": self.id,
            "name": self.name,
            "folded": self.name.casefold(),
            "status": self.status,
            "version": self.version,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "credential_ids": list(self.credential_ids),
        }

    def status_item(self) -> Item:
        """The same in the list of its status."""
        item = {name: value for name, value in self.list_item().items() if name not in ("folded", "credential_ids")}
        return item | {"sk": status_key(self.status, self.id)}


@dataclass(frozen=True)
class StoredVersion:
    """A version.

    Args:
        definition: ``{nodes, edges, variables, settings, input_schema}``; shared by all who load it, so never changed.
    """

    version: int
    definition: Mapping[str, Any]
    created_at: str = ""

    def items(self, account_id: str, workflow_id: str) -> list[Item]:
        """The version's item, and its entry for lists."""
        pk = partition(account_id, workflow_id)
        entry = {"version": self.version, "created_at": self.created_at, "nodes": len(self.definition["nodes"])}
        return [
            {
                "pk": pk,
                "sk": version_key(self.version),
                "version": self.version,
                "created_at": self.created_at,
                "definition": strict_json.dumps(self.definition),
            },
            {"pk": pk, "sk": entry_key(self.version), **entry},
        ]

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> StoredVersion:
        return cls(item["version"], strict_json.loads(item["definition"]), item["created_at"])


def partition(account_id: str, workflow_id: str) -> str:
    return f"{account_id}#{workflow_id}"


def version_key(version: int) -> str:
    return f"version#{version:08d}"


def error_key(node_id: str) -> str:
    return f"{META}#error#{node_id}"


def entry_key(version: int) -> str:
    return f"entry#{version:08d}"


def status_key(status: str, workflow_id: str) -> str:
    return f"STATUS#{status}#{workflow_id}"


def list_key(workflow_id: str) -> str:
    return f"LIST#{workflow_id}"
