# Made by generate_sync.py of _async/resources/workflow_versions.py: change it there.
"""Versions of workflows."""

from __future__ import annotations

from yourapp._request import Request, path
from yourapp._sync.page import Page
from yourapp._sync.resource import Resource
from yourapp.models import Workflow, WorkflowVersion, WorkflowVersionSummary


class WorkflowVersions(Resource):
    """``client.workflows.versions``"""

    def list(
        self, workflow_id: str, *, limit: int | None = None, page: int | None = None, cursor: str | None = None
    ) -> Page[WorkflowVersionSummary]:
        """A workflow's versions, newest first."""
        where = path("/workflows/{workflow_id}/versions", workflow_id=workflow_id)
        return self._list(Request("GET", where, {"limit": limit, "page": page, "cursor": cursor}), WorkflowVersionSummary)

    def get(self, workflow_id: str, version: int) -> WorkflowVersion:
        """One version with its definition."""
        where = path("/workflows/{workflow_id}/versions/{version}", workflow_id=workflow_id, version=version)
        return self._one(Request("GET", where), WorkflowVersion)

    def restore(self, workflow_id: str, version: int, *, idempotency_key: str | None = None) -> Workflow:
        """Make an old version the draft again."""
        where = path("/workflows/{workflow_id}/versions/{version}/restore", workflow_id=workflow_id, version=version)
        return self._one(Request("POST", where, idempotency_key=idempotency_key), Workflow)
