"""Versions of forms."""

from __future__ import annotations

from yourapp._async.paginator import AsyncPaginator
from yourapp._async.resource import AsyncResource
from yourapp._request import Request, path
from yourapp.models import FormVersion, FormVersionSummary


class AsyncFormVersions(AsyncResource):
    """``client.forms.versions``"""

    def list(
        self, form_id: str, *, limit: int | None = None, page: int | None = None, cursor: str | None = None
    ) -> AsyncPaginator[FormVersionSummary]:
        """A form's versions, newest first."""
        where = path("/forms/{form_id}/versions", form_id=form_id)
        return self._list(Request("GET", where, {"limit": limit, "page": page, "cursor": cursor}), FormVersionSummary)

    async def get(self, form_id: str, version: int) -> FormVersion:
        """One version with its fields."""
        where = path("/forms/{form_id}/versions/{version}", form_id=form_id, version=version)
        return await self._one(Request("GET", where), FormVersion)
