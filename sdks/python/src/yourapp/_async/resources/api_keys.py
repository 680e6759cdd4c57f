"""API keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yourapp._async.paginator import AsyncPaginator
from yourapp._async.resource import AsyncResource
from yourapp._request import NOT_GIVEN, NotGiven, Request, given, path
from yourapp.models import ApiKey, CreatedApiKey, Deleted


class AsyncApiKeys(AsyncResource):
    """``client.api_keys``"""

    def list(self, *, limit: int | None = None, page: int | None = None, cursor: str | None = None) -> AsyncPaginator[ApiKey]:
        """The account's keys, without the keys themselves."""
        return self._list(Request("GET", path("/api-keys"), {"limit": limit, "page": page, "cursor": cursor}), ApiKey)

    async def create(
        self,
        *,
        name: str,
        scopes: Sequence[str] | NotGiven | None = NOT_GIVEN,
        expires_at: datetime | str | NotGiven | None = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> CreatedApiKey:
        """Make a key; ``key`` of the result is told this once.

        Args:
            name: what it is for.
            scopes: such as ``["workflows:read"]``; default: those of the key that makes it.
            expires_at: when it ends; default: never.
            idempotency_key: your own name of this request.
        """
        body = given(name=name, scopes=scopes, expires_at=expires_at)
        return await self._one(Request("POST", path("/api-keys"), body=body, idempotency_key=idempotency_key), CreatedApiKey)

    async def delete(self, key_id: str) -> Deleted:
        """Revoke a key."""
        return await self._one(Request("DELETE", path("/api-keys/{key_id}", key_id=key_id)), Deleted)
