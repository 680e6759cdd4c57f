# Made by generate_sync.py of _async/resources/form_versions.py: change it there.
"""Versions of forms."""

from __future__ import annotations

from yourapp._request import Request, path
from yourapp._sync.page import Page
from yourapp._sync.resource import Resource
from yourapp.models import FormVersion, FormVersionSummary


class FormVersions(Resource):
    """``client.forms.versions``"""

    def list(
        self, form_id: str, *, limit: int | None = None, page: int | None = None, cursor: str | None = None
    ) -> Page[FormVersionSummary]:
        """A form's versions, newest first."""
        where = path("/forms/{form_id}/versions", form_id=form_id)
        return self._list(Request("GET", where, {"limit": limit, "page": page, "cursor": cursor}), FormVersionSummary)

    def get(self, form_id: str, version: int) -> FormVersion:
        """One version with its fields."""
        where = path("/forms/{form_id}/versions/{version}", form_id=form_id, version=version)
        return self._one(Request("GET", where), FormVersion)
