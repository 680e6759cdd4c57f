"""The rules of workflows: made, changed, published, versioned, deleted.

Two writers of one workflow never overwrite each other: a write holds only for the revision that was read, else all is done anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from flows import strict_json
from flows.aws import clock, ids
from flows.aws.settings import settings
from flows.aws.tables import Item, Write
from flows.engine import definition
from flows.errors import Conflict, NotFound, Problem
from flows.paging import Listed, Window
from flows.triggers import index
from flows.workflows import publishing, reading, repository
from flows.workflows.lookup import AccountLookup
from flows.workflows.models import CreateHead, UpdateHead, ValidateHead
from flows.workflows.pinning import Pinned, load, pinned
from flows.workflows.reading import RequireScope
from flows.workflows.records import RunSettings, StoredVersion, StoredWorkflow
from flows.workflows.repository import Filters, Loaded, Moved

__all__ = [
    "Filters",
    "Loaded",
    "Pinned",
    "change",
    "create",
    "delete",
    "duplicate",
    "expire_versions",
    "get",
    "get_version",
    "list_versions",
    "listed",
    "load",
    "pinned",
    "restore",
    "uses_of_credential",
    "validate",
]

_ATTEMPTS = 6
"""Times that a change is made anew because another one was faster."""

T = TypeVar("T")

expire_versions = repository.expire_versions
uses_of_credential = repository.uses_of_credential


def create(account_id: str, workflow_id: str, sent: Mapping[str, Any], require: RequireScope) -> Loaded:
    """Make a workflow, as a draft.

    Args:
        account_id: whose.
        workflow_id: its id; a repeat of the request brings the same one, and gets what the first one made.
        sent: the body.
        require: raises Forbidden when the caller lacks a scope.

    Raises:
        ValidationFailed, Forbidden; Conflict: the account has as many workflows as it may have.
    """
    head, found = reading.head(CreateHead, sent)
    whole = reading.merged(definition.DEFAULTS, sent)
    named = reading.check(account_id, "", whole, found, require)
    return _store_new(account_id, workflow_id, head.name, head.description or "", whole, named)


def duplicate(account_id: str, workflow_id: str, new_id: str, name: str | None, require: RequireScope) -> Loaded:
    """Make a new draft from a workflow's newest definition.

    Args:
        name: of the copy; None: the name with " (copy)".

    Raises:
        NotFound, Conflict; Forbidden: it names credentials, and the caller may not use them.
    """
    source = get(account_id, workflow_id)
    if definition.credential_ids(source.draft.definition):
        require("credentials:use")
    chosen = name or source.workflow.name[: 200 - len(" (copy)")] + " (copy)"
    return _store_new(account_id, new_id, chosen, source.workflow.description, source.draft.definition)


def get(account_id: str, workflow_id: str) -> Loaded:
    """A workflow with its newest definition.

    Raises:
        NotFound: the account has none of this id.
    """
    found = repository.read(account_id, workflow_id) if ids.is_id("wf", workflow_id) else None
    if found is None:
        raise NotFound("Workflow not found")
    return found


def listed(account_id: str, window: Window, filters: Filters) -> Listed[Item]:
    """Workflows of an account, the newest first."""
    return repository.listed(account_id, window, filters)


def change(
    account_id: str, workflow_id: str, sent: Mapping[str, Any], require: RequireScope, if_match: int | None = None
) -> Loaded:
    """Change any of a workflow's fields.

    Args:
        sent: the body.
        require: raises Forbidden when the caller lacks a scope.
        if_match: the version that the caller has seen; None: whatever there is.

    Raises:
        NotFound, ValidationFailed, Forbidden; Conflict: it moved on.
    """
    head, found = reading.head(UpdateHead, sent)

    def attempt() -> Loaded:
        before = get(account_id, workflow_id)
        if if_match is not None and before.workflow.version != if_match:
            raise _moved_on(before.workflow.version)
        whole = reading.merged(before.draft.definition, sent)
        named: list[Write] = []
        if any(part in sent for part in reading.PARTS):
            named = reading.check(account_id, workflow_id, whole, found, require)
        elif head.status == "published":
            named = reading.check_named(account_id, workflow_id, whole, found)
        reading.refuse(found)
        given = head.model_fields_set
        old = before.workflow
        name = head.name if "name" in given else old.name
        description = head.description or "" if "description" in given else old.description
        changed = strict_json.dumps(whole) != strict_json.dumps(before.draft.definition)
        status = head.status if "status" in given else None
        return _store(before, whole if changed else None, name, description, status, named)

    return _anew(attempt)


def validate(account_id: str, sent: Mapping[str, Any]) -> list[Problem]:
    """All that is wrong with a workflow that is not stored."""
    _, found = reading.head(ValidateHead, sent)
    return found + definition.check(reading.merged(definition.DEFAULTS, sent), lookup=AccountLookup(account_id))


def delete(account_id: str, workflow_id: str) -> None:
    """Delete a workflow. Its triggers are gone at once; runs under way finish.

    Raises:
        NotFound: there is none (any more).
    """

    def attempt() -> None:
        found = repository.read_meta(account_id, workflow_id) if ids.is_id("wf", workflow_id) else None
        if found is None:
            raise NotFound("Workflow not found")
        _, triggers = publishing.withdraw(found)
        repository.delete(found, triggers)

    _anew(attempt)


def list_versions(account_id: str, workflow_id: str, window: Window) -> tuple[StoredWorkflow, Listed[Item]]:
    """The workflow, and its versions, the newest first.

    Raises:
        NotFound.
    """
    workflow = _meta(account_id, workflow_id)
    found = repository.versions(account_id, workflow_id, window)
    return workflow, replace(found, total=workflow.version)


def get_version(account_id: str, workflow_id: str, version: int) -> tuple[StoredWorkflow, StoredVersion]:
    """The workflow, and one version of it.

    Raises:
        NotFound: no such workflow or version.
    """
    workflow = _meta(account_id, workflow_id)
    return workflow, load(account_id, workflow_id, version)


def restore(account_id: str, workflow_id: str, version: int, require: RequireScope) -> Loaded:
    """Make an old version's definition the draft again, as a new version.

    Raises:
        NotFound; ValidationFailed: what it names is gone; Forbidden: it names credentials, and the caller may not use them.
    """

    def attempt() -> Loaded:
        read = repository.read_at(account_id, workflow_id, version) if ids.is_id("wf", workflow_id) else None
        if read is None:
            raise NotFound("Workflow not found")
        workflow, old = read
        if old is None:
            raise NotFound("Workflow version not found")
        named = reading.check(account_id, workflow_id, old.definition, [], require)
        is_newest = old.version == workflow.version
        before = Loaded(workflow, old)  # what it is not the newest of is written as the newest
        return _store(before, None if is_newest else old.definition, workflow.name, workflow.description, None, named)

    return _anew(attempt)


def _store_new(
    account_id: str, workflow_id: str, name: str, description: str, whole: Mapping[str, Any], named: Sequence[Write] = ()
) -> Loaded:
    now = clock.now_iso()
    workflow = StoredWorkflow(
        account_id=account_id,
        id=workflow_id,
        name=name,
        description=description,
        status="draft",
        created_at=now,
        updated_at=now,
        revision=1,
        latest=RunSettings.of(1, whole),
    )
    first = StoredVersion(1, whole, now)
    limit = int(settings().max_workflows)
    try:
        repository.create(workflow, first, limit, named)
    except Moved:
        return get(account_id, workflow_id)
    except repository.Gone:
        reading.look_up(account_id, whole)
        raise Conflict("What the workflow names is being changed; try again") from None
    except repository.LimitReached:
        raise Conflict(f"An account has at most {limit:,} workflows", {"limit": limit}) from None
    return Loaded(workflow, first)


def _store(
    before: Loaded, whole: Mapping[str, Any] | None, name: str, description: str, status: str | None, named: Sequence[Write]
) -> Loaded:
    """Write what is different; nothing different is no write.

    Args:
        before: as it was read.
        whole: the new definition; None: it stays.
        name, description, status: as they shall be; status None: it stays.
        named: checks for what the definition names.
    """
    old = before.workflow
    changed = whole is not None
    renamed = (old.name, old.description) != (name, description)
    now = clock.now_iso()
    draft = StoredVersion(old.version + 1, whole, now) if whole is not None else before.draft
    publishes = status == "published" and old.published_version != draft.version
    withdraws = status == "draft" and old.status == "published"
    if not (changed or renamed or publishes or withdraws):
        return before
    latest = RunSettings.of(draft.version, draft.definition) if changed else old.latest
    after = replace(old, name=name, description=description, updated_at=now, revision=old.revision + 1, latest=latest)
    triggers: list[Write] = []
    if publishes:
        after, triggers = publishing.publish(after, draft)
    elif withdraws:
        after, triggers = publishing.withdraw(after)
    elif old.name != name:
        triggers = index.renaming(old.trigger_keys, name)
    try:
        repository.change(old, after, draft if changed else None, triggers, named)
    except repository.Gone:
        reading.look_up(old.account_id, draft.definition)
        raise Moved from None  # it was there again: all anew
    return Loaded(after, draft)


def _meta(account_id: str, workflow_id: str) -> StoredWorkflow:
    found = repository.read_meta(account_id, workflow_id) if ids.is_id("wf", workflow_id) else None
    if found is None:
        raise NotFound("Workflow not found")
    return found


def _anew(attempt: Callable[[], T]) -> T:
    """Do it, and again when another writer was faster."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return attempt()
        except Moved:
            continue
    try:
        return attempt()
    except Moved:
        raise Conflict("The workflow is being changed by many requests at once; try again") from None


def _moved_on(version: int) -> Conflict:
    return Conflict("The workflow has been changed since the version in If-Match", {"version": version})
