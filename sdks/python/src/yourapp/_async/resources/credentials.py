"""Credentials: secrets that workflows use. Secret values are never returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yourapp._async.paginator import AsyncPaginator
from yourapp._async.resource import AsyncResource
from yourapp._request import NOT_GIVEN, NotGiven, Request, given, path
from yourapp.models import Authorization, Credential, Deleted


class AsyncCredentials(AsyncResource):
    """``client.credentials``"""

    def list(self, *, limit: int | None = None, page: int | None = None, cursor: str | None = None) -> AsyncPaginator[Credential]:
        """The account's credentials."""
        query = {"limit": limit, "page": page, "cursor": cursor}
        return self._list(Request("GET", path("/credentials"), query), Credential)

    async def get(self, credential_id: str) -> Credential:
        """One credential."""
        return await self._one(Request("GET", path("/credentials/{credential_id}", credential_id=credential_id)), Credential)

    async def create(
        self,
        *,
        name: str,
        type: str,
        value: str | Mapping[str, Any],
        allowed_hosts: Sequence[str] | NotGiven | None = NOT_GIVEN,
        connector: str | NotGiven | None = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Credential:
        """Store a credential.

        Args:
            name: what it is.
            type: api_key, bearer, basic, header, query, oauth2_client_credentials, oauth2 or aws.
            value: the secret: text, or an object, by type.
            allowed_hosts: the only hosts that it may be sent to.
            connector: the connector that it is for; its hosts are then the allowed ones.
            idempotency_key: your own name of this request.
        """
        body = given(name=name, type=type, value=value, allowed_hosts=allowed_hosts, connector=connector)
        return await self._one(Request("POST", path("/credentials"), body=body, idempotency_key=idempotency_key), Credential)

    async def update(
        self,
        credential_id: str,
        *,
        name: str | NotGiven | None = NOT_GIVEN,
        value: str | Mapping[str, Any] | NotGiven | None = NOT_GIVEN,
        allowed_hosts: Sequence[str] | NotGiven | None = NOT_GIVEN,
    ) -> Credential:
        """Rename a credential, or put another secret in its place."""
        body = given(name=name, value=value, allowed_hosts=allowed_hosts)
        return await self._one(
            Request("PATCH", path("/credentials/{credential_id}", credential_id=credential_id), body=body), Credential
        )

    async def delete(self, credential_id: str, *, force: bool | None = None) -> Deleted:
        """Delete a credential.

        Args:
            credential_id: which.
            force: even when a published workflow uses it.

        Raises:
            ConflictError: a published workflow uses it.
        """
        return await self._one(
            Request("DELETE", path("/credentials/{credential_id}", credential_id=credential_id), {"force": force}), Deleted
        )

    async def authorize(
        self,
        *,
        name: str,
        client_id: str,
        client_secret: str | NotGiven = NOT_GIVEN,
        connector: str | NotGiven | None = NOT_GIVEN,
        authorize_url: str | NotGiven | None = NOT_GIVEN,
        token_url: str | NotGiven | None = NOT_GIVEN,
        scope: str | NotGiven | None = NOT_GIVEN,
        authorize_parameters: Mapping[str, str] | NotGiven = NOT_GIVEN,
        allowed_hosts: Sequence[str] | NotGiven | None = NOT_GIVEN,
        credential_id: str | NotGiven | None = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Authorization:
        """Begin OAuth 2: send a person to ``url`` of the result; the credential is there when they have agreed.

        Args:
            name: the credential's name.
            client_id: of your application at the provider.
            client_secret: likewise.
            connector: a connector that knows the provider's addresses.
            authorize_url: the provider's page, where no connector is given.
            token_url: the provider's token endpoint, likewise.
            scope: what is asked for.
            authorize_parameters: more parameters for the provider's page.
            allowed_hosts: the only hosts that the credential may be sent to.
            credential_id: an existing credential that is authorized anew.
            idempotency_key: your own name of this request.
        """
        body = given(
            name=name,
            client_id=client_id,
            client_secret=client_secret,
            connector=connector,
            authorize_url=authorize_url,
            token_url=token_url,
            scope=scope,
            authorize_parameters=authorize_parameters,
            allowed_hosts=allowed_hosts,
            credential_id=credential_id,
        )
        return await self._one(
            Request("POST", path("/credentials/oauth2/authorize"), body=body, idempotency_key=idempotency_key), Authorization
        )
