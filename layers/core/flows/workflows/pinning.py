"""What starting and walking a run needs of a workflow: one read to start, versions that never change to walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flows.aws import ids
from flows.aws.tables import Write
from flows.errors import Conflict, NotFound, invalid
from flows.workflows import repository
from flows.workflows.records import RunSettings, StoredVersion, StoredWorkflow
from flows.workflows.trigger_nodes import outlines


@dataclass(frozen=True)
class Pinned:
    """A workflow as far as starting a run goes; from one read.

    Args:
        account_id: whose.
        workflow_id: its id.
        name: its name.
        status: ``draft`` or ``published``.
        published_version: what triggers run, or None.
        latest_version: the draft.
        published_at: when the published version was, or None.
        hook_tokens: tokens of webhook triggers by node id, also of nodes that are not published.
    """

    account_id: str
    workflow_id: str
    name: str
    status: str
    published_version: int | None
    latest_version: int
    _latest: RunSettings
    _published: RunSettings | None
    published_at: str | None = None
    hook_tokens: Mapping[str, str] = field(default_factory=dict)

    def version_of(self, choice: str | int | None = None) -> int:
        """The version that a request means: ``published``, ``draft``, a number, or None: the published one, else the draft.

        Raises:
            Conflict: ``published``, and nothing is.
            ValidationFailed: there is no such version.
        """
        if choice is None:
            return self.published_version or self.latest_version
        if choice == "draft":
            return self.latest_version
        if choice == "published":
            if self.published_version is None:
                raise Conflict("The workflow is not published", {"status": self.status})
            return self.published_version
        if isinstance(choice, int) and 1 <= choice <= self.latest_version:
            return choice
        raise invalid("version", f"must be published, draft, or a version from 1 to {self.latest_version}", "version")

    def settings(self, version: int) -> Mapping[str, Any]:
        """The version's ``settings``. Reads the version only when it is neither the draft nor the published one."""
        return self._held(version, complete=False).settings

    def input_schema(self, version: int) -> Mapping[str, Any] | None:
        """The version's ``input_schema``. Reads the version when the schema is a large one, too."""
        return self._held(version, complete=True).input_schema

    def triggers(self, version: int | None) -> Sequence[Mapping[str, Any]]:
        """Outlines of the version's triggers: ``{id, type, parameters}``; none of no version. Reads it only when it is neither the
        draft nor the published one."""
        if version is None:
            return []
        for held in (self._latest, self._published):
            if held and held.version == version and held.triggers is not None:
                return held.triggers
        return outlines(load(self.account_id, self.workflow_id, version).definition)

    def _held(self, version: int, *, complete: bool) -> RunSettings:
        for held in (self._latest, self._published):
            if held and held.version == version and (held.is_complete or not complete):
                return held
        stored = load(self.account_id, self.workflow_id, version).definition
        return RunSettings(version, stored["settings"], stored["input_schema"])


def pinned(account_id: str, workflow_id: str) -> Pinned:
    """What a run of the workflow starts from.

    Raises:
        NotFound: the account has no such workflow.
    """
    found = repository.read_meta(account_id, workflow_id) if ids.is_id("wf", workflow_id) else None
    if found is None:
        raise NotFound("Workflow not found")
    return pinned_of(found)


def pinned_of(workflow: StoredWorkflow) -> Pinned:
    """The same from a workflow that has been read already."""
    return Pinned(
        workflow.account_id,
        workflow.id,
        workflow.name,
        workflow.status,
        workflow.published_version,
        workflow.version,
        workflow.latest,
        workflow.published,
        workflow.published_at,
        workflow.hook_tokens,
    )


def with_errors(account_id: str, workflow_id: str) -> tuple[Pinned, dict[str, dict[str, Any]]]:
    """The same, and by node id what last kept a trigger from starting it, ``{message, at}``: one read.

    Raises:
        NotFound: the account has no such workflow.
    """
    found = repository.read_with_errors(account_id, workflow_id) if ids.is_id("wf", workflow_id) else None
    if found is None:
        raise NotFound("Workflow not found")
    workflow, errors = found
    return pinned_of(workflow), {item["node_id"]: {"message": item["message"], "at": item["at"]} for item in errors}


note_error = repository.note_error


def of_version(account_id: str, workflow_id: str, name: str, version: int, settings: Mapping[str, Any]) -> Pinned:
    """The same for a version whose settings are known: from an earlier run of it, or from the trigger index."""
    held = RunSettings(version, settings, None)
    return Pinned(account_id, workflow_id, name, "", None, version, held, None)


def still_there(account_id: str, workflow_id: str) -> Write:
    """For a transaction: it fails when the workflow has been deleted."""
    return repository.existence(account_id, workflow_id)


@lru_cache(maxsize=32)
def load(account_id: str, workflow_id: str, version: int) -> StoredVersion:
    """A version, also of a workflow that has been deleted while runs of it are under way. Kept in the process: it never changes.

    Raises:
        NotFound: no such version.
    """
    found = repository.read_version(account_id, workflow_id, version) if ids.is_id("wf", workflow_id) else None
    if found is None:
        raise NotFound("Workflow version not found")
    return found
