# Made by generate_sync.py of _async/resources/account.py: change it there.
"""The account that the API key belongs to."""

from __future__ import annotations

from yourapp._request import Request, path
from yourapp._sync.resource import Resource
from yourapp.models import Account


class AccountResource(Resource):
    """``client.account``"""

    def get(self) -> Account:
        """Plan, limits and usage."""
        return self._one(Request("GET", path("/account")), Account)
