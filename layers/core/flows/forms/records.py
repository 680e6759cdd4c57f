"""Forms and submissions as they are stored: typed records, and their DynamoDB items.

What a person wrote (fields, settings, data) is JSON text, so that it comes back as it was.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from flows import strict_json
from flows.aws.tables import Item
from flows.forms.models import FormField, FormSettings

_FIELDS: TypeAdapter[list[FormField]] = TypeAdapter(list[FormField])


@dataclass(frozen=True)
class StoredForm:
    """A form.

    Args:
        columns: every field name that any version had, oldest first: the columns of the CSV.
        rules: what the hosted page's script can decide by itself, by field name (:mod:`flows.forms.client_rules`).
        expiring: some version had a retention: there may be counts of submissions by their day of expiry.
    """

    account_id: str
    id: str
    name: str
    description: str | None
    version: int
    public: bool
    public_id: str
    fields: list[FormField]
    settings: FormSettings
    created_at: str
    updated_at: str
    columns: list[str] = field(default_factory=list)
    rules: dict[str, Any] = field(default_factory=dict)
    expiring: bool = False

    def summary_item(self) -> Item:
        """The small item that lists read."""
        return {
            "pk": self.account_id,
            "sk": f"LIST#{self.id}",
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "version": self.version,
            "public": self.public,
            "public_id": self.public_id,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }

    def item(self) -> Item:
        """The whole form: one read answers for a submission."""
        return self.summary_item() | {
            "sk": f"FORM#{self.id}",
            "fields": _dump(self.fields),
            "settings": strict_json.dumps(self.settings.model_dump()),
            "columns": self.columns,
            "rules": strict_json.dumps(self.rules),
            "expiring": self.expiring,
        }

    def version_item(self) -> Item:
        """The version as it was: never changed again."""
        return {
            "pk": self.account_id,
            "sk": version_key(self.id, self.version),
            "form_id": self.id,
            "version": self.version,
            "name": self.name,
            "description": self.description,
            "fields": _dump(self.fields),
            "created_at": self.updated_at,
        }

    @classmethod
    def from_item(cls, item: Item) -> StoredForm:
        return cls(
            account_id=item["pk"],
            id=item["id"],
            name=item["name"],
            description=item["description"],
            version=item["version"],
            public=item["public"],
            public_id=item["public_id"],
            fields=load_fields(item["fields"]),
            settings=FormSettings.model_validate(strict_json.loads(item["settings"])),
            created_at=item["created_at"],
            updated_at=item["updated_at"],
            columns=item["columns"],
            rules=strict_json.loads(item["rules"]),
            expiring=item["expiring"],
        )


@dataclass(frozen=True)
class StoredSubmission:
    """A submission.

    Args:
        source: ``api`` or ``page``.
        event: the ``form.submitted`` event, published from the table's stream.
        expires: epoch seconds when it is deleted, by the form's retention; None: kept.
    """

    account_id: str
    form_id: str
    id: str
    form_version: int
    submitted_at: str
    source: str
    data: dict[str, Any]
    event: dict[str, Any] | None = None
    expires: int | None = None

    def item(self) -> Item:
        item = {
            "pk": partition(self.account_id, self.form_id),
            "sk": f"SUB#{self.id}",
            "account_id": self.account_id,
            "form_id": self.form_id,
            "id": self.id,
            "form_version": self.form_version,
            "submitted_at": self.submitted_at,
            "source": self.source,
            "data": strict_json.dumps(self.data),
            "depth": 0,
        }
        if self.event is not None:
            item["event"] = strict_json.dumps(self.event)
        if self.expires is not None:
            item["ttl"] = self.expires
        # Beside the data, so that the stream's filter sees which records have files to be removed with them.
        if files := [value["upload_id"] for value in self.data.values() if isinstance(value, dict)]:
            item["files"] = ",".join(files)
        return item

    @classmethod
    def from_item(cls, item: Item) -> StoredSubmission:
        return cls(
            account_id=item["account_id"],
            form_id=item["form_id"],
            id=item["id"],
            form_version=item["form_version"],
            submitted_at=item["submitted_at"],
            source=item["source"],
            data=strict_json.loads(item["data"]),
            expires=item.get("ttl"),
        )


def partition(account_id: str, form_id: str) -> str:
    """Where a form's submissions live: a partition takes 1,000 writes a second, so each form has its own."""
    return f"{account_id}#{form_id}"


def version_key(form_id: str, version: int) -> str:
    return f"VERSION#{form_id}#{version:08d}"


def public_key(public_id: str) -> str:
    """The partition that the hosted page looks its form up by: the hash of a random token."""
    return f"public#{hashlib.sha256(public_id.encode()).hexdigest()}"


def load_fields(text: str) -> list[FormField]:
    return _FIELDS.validate_python(strict_json.loads(text))


def _dump(fields: list[FormField]) -> str:
    return strict_json.dumps([part.model_dump() for part in fields])
