"""The account that the API key belongs to."""

from __future__ import annotations

from yourapp._async.resource import AsyncResource
from yourapp._request import Request, path
from yourapp.models import Account


class AsyncAccountResource(AsyncResource):
    """``client.account``"""

    async def get(self) -> Account:
        """Plan, limits and usage."""
        return await self._one(Request("GET", path("/account")), Account)
