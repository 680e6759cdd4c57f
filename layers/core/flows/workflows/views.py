"""Workflows as answers show them. Definitions go out as they were written, so these are plain values and not models."""

from __future__ import annotations

from typing import Any

from flows.aws.tables import Item
from flows.workflows.reading import PARTS
from flows.workflows.records import StoredVersion, StoredWorkflow
from flows.workflows.repository import Loaded


def workflow(loaded: Loaded) -> dict[str, Any]:
    """``WorkflowView``."""
    stored = loaded.workflow
    return {
        "id": stored.id,
        "name": stored.name,
        "description": stored.description,
        "status": stored.status,
        "version": stored.version,
        "published_version": stored.published_version,
        "has_unpublished_changes": stored.has_unpublished_changes,
        **{part: loaded.draft.definition[part] for part in PARTS},
        "created_at": stored.created_at,
        "updated_at": stored.updated_at,
    }


def summary(item: Item) -> dict[str, Any]:
    """``WorkflowSummary``."""
    return {name: item[name] for name in ("id", "name", "status", "version", "created_at", "updated_at")}


def version(stored: StoredWorkflow, shown: StoredVersion) -> dict[str, Any]:
    """``VersionView``."""
    return {
        "workflow_id": stored.id,
        "version": shown.version,
        "created_at": shown.created_at,
        "published": shown.version == stored.published_version,
        **{part: shown.definition[part] for part in PARTS},
    }


def version_summary(stored: StoredWorkflow, entry: Item) -> dict[str, Any]:
    """``VersionSummary``."""
    return {
        "version": entry["version"],
        "created_at": entry["created_at"],
        "published": entry["version"] == stored.published_version,
        "node_count": entry["nodes"],
    }
