# Made by generate_sync.py of _async/resources/integrations.py: change it there.
"""Integrations: services that the account is connected to."""

from __future__ import annotations

from collections.abc import Mapping

from yourapp._request import NOT_GIVEN, NotGiven, Request, given, path
from yourapp._sync.page import Page
from yourapp._sync.resource import Resource
from yourapp.models import Connector, Deleted, Integration, IntegrationTest


class Integrations(Resource):
    """``client.integrations``"""

    def list(self, *, limit: int | None = None, page: int | None = None, cursor: str | None = None) -> Page[Integration]:
        """What is connected."""
        query = {"limit": limit, "page": page, "cursor": cursor}
        return self._list(Request("GET", path("/integrations"), query), Integration)

    def catalog(self, *, limit: int | None = None, page: int | None = None, cursor: str | None = None) -> Page[Connector]:
        """What can be connected, with the actions of each; all at once unless you give a limit."""
        return self._list(
            Request("GET", path("/integrations/catalog"), {"limit": limit, "page": page, "cursor": cursor}), Connector
        )

    def get(self, integration_id: str) -> Integration:
        """One integration."""
        return self._one(Request("GET", path("/integrations/{integration_id}", integration_id=integration_id)), Integration)

    def create(
        self,
        *,
        provider: str,
        credential_id: str | NotGiven | None = NOT_GIVEN,
        name: str | NotGiven | None = NOT_GIVEN,
        config: Mapping[str, str] | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Integration:
        """Connect a service.

        Args:
            provider: a connector's id, from :meth:`catalog`.
            credential_id: the credential that it is used with.
            name: your name for it.
            config: what else the connector wants to know, by its ``config_schema``.
            idempotency_key: your own name of this request.
        """
        body = given(provider=provider, credential_id=credential_id, name=name, config=config)
        return self._one(Request("POST", path("/integrations"), body=body, idempotency_key=idempotency_key), Integration)

    def delete(self, integration_id: str) -> Deleted:
        """Disconnect a service."""
        return self._one(Request("DELETE", path("/integrations/{integration_id}", integration_id=integration_id)), Deleted)

    def test(self, integration_id: str, *, idempotency_key: str | None = None) -> IntegrationTest:
        """Ask the service whether the connection works."""
        where = path("/integrations/{integration_id}/test", integration_id=integration_id)
        return self._one(Request("POST", where, idempotency_key=idempotency_key), IntegrationTest)
