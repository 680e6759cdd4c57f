"""The credentials API. Encrypts, and may not decrypt."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from flows.api import request
from flows.api.answer import Answer, Listing, ok
from flows.api.app import Api
from flows.api.caller import caller
from flows.api.lists import ListQuery, listing, window
from flows.aws.settings import settings
from flows.credentials import service
from flows.credentials.models import (
    Authorization,
    AuthorizeRequest,
    CreateCredential,
    CredentialView,
    Deleted,
    UpdateCredential,
)

TAG = "Credentials"
Force = Annotated[bool, Query(description="Delete it although published workflows use it.")]

api = Api("credentials")


@api.get("/credentials", scope="credentials:read", summary="List credentials", tag=TAG)
def list_credentials(query: ListQuery) -> Listing[CredentialView]:
    """Secret values are never returned."""
    found = service.listed(caller().account_id, window(query, "GET /credentials", {}))
    return listing(found, query, "GET /credentials", {})


@api.post(
    "/credentials",
    scope="credentials:write",
    status=201,
    summary="Create credential",
    tag=TAG,
    errors=("CONFLICT",),
    request_example={"name": "Slack Bot Token", "type": "api_key", "value": "xoxb-your-token"},
)
def create_credential(body: CreateCredential) -> Answer[CredentialView]:
    """Encrypts the value; it is never returned. Without `allowed_hosts` it may go to any public host that a workflow names."""
    return ok(service.create(caller().account_id, caller().new_id("cred"), body))


@api.get("/credentials/<credential_id>", scope="credentials:read", summary="Get credential", tag=TAG)
def get_credential(credential_id: str) -> Answer[CredentialView]:
    """Name, type, hint and hosts."""
    return ok(service.get(caller().account_id, credential_id))


@api.patch("/credentials/<credential_id>", scope="credentials:write", summary="Rotate or rename a credential", tag=TAG)
def update_credential(credential_id: str, body: UpdateCredential) -> Answer[CredentialView]:
    """A new `value` is encrypted under a new data key, and the old one is gone."""
    return ok(service.update(caller().account_id, credential_id, body))


@api.delete(
    "/credentials/<credential_id>",
    scope="credentials:write",
    summary="Delete credential",
    tag=TAG,
    errors=("CONFLICT",),
)
def delete_credential(credential_id: str, force: Force = False) -> Answer[Deleted]:
    """Deletes the secret with the only copy of its key. One in use by a published workflow is a CONFLICT without `force`."""
    service.delete(caller().account_id, credential_id, force=force)
    return ok(Deleted(id=credential_id))


@api.post(
    "/credentials/oauth2/authorize",
    scope="credentials:write",
    status=201,
    summary="Begin an OAuth2 authorization",
    tag=TAG,
    secret_answer=True,
    errors=("NOT_FOUND",),  # the credential that is to be authorized anew
)
def authorize(body: AuthorizeRequest) -> Answer[Authorization]:
    """Open `url` in a browser; the provider sends the person back to `GET /oauth/callback`, which makes the credential."""
    from flows.credentials import oauth

    base_url = settings().base_url or f"https://{request.current().header('host')}/v1"
    who = caller()
    return ok(oauth.authorize(who.account_id, who.new_id("cred"), body, base_url, who.derived("authorization"), who.started_at()))


handler = api.handler
