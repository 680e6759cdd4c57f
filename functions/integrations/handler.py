"""The integrations API. Its test of a connection is one of the few places that may decrypt a credential."""

from __future__ import annotations

from flows.api.answer import Answer, Listing, ok
from flows.api.app import Api
from flows.api.caller import caller
from flows.api.lists import ListQuery, WholeQuery, listing, whole, window
from flows.integrations import service
from flows.integrations.models import CatalogEntry, ConnectIntegration, Deleted, IntegrationView, TestResult

TAG = "Integrations"

api = Api("integrations")


@api.get("/integrations", scope="integrations:read", summary="List connected integrations", tag=TAG)
def list_integrations(query: ListQuery) -> Listing[IntegrationView]:
    """What is connected, the newest first."""
    found = service.listed(caller().account_id, window(query, "GET /integrations", {}))
    return listing(found, query, "GET /integrations", {})


@api.get("/integrations/catalog", scope="integrations:read", summary="List connectors", tag=TAG)
def list_catalog(query: WholeQuery) -> Listing[CatalogEntry]:
    """Every service that can be connected, with its actions and their input schemas."""
    return whole(service.entries(), query, "GET /integrations/catalog")


@api.post(
    "/integrations",
    scope="integrations:write",
    status=201,
    summary="Connect a service",
    tag=TAG,
    errors=("CONFLICT",),
    request_example={"provider": "slack", "credential_id": "cred_01j9z3k4m5n6p7q8r9s0t1v2w3", "name": "Our Slack"},
)
def connect_integration(body: ConnectIntegration) -> Answer[IntegrationView]:
    """Binds the credential to the service's hosts. Naming a credential needs the scope `credentials:use`."""
    if body.credential_id is not None:
        caller().require("credentials:use")
    return ok(service.connect(caller().account_id, caller().new_id("int"), body))


@api.get("/integrations/<integration_id>", scope="integrations:read", summary="Get integration", tag=TAG)
def get_integration(integration_id: str) -> Answer[IntegrationView]:
    """One connected service."""
    return ok(service.get(caller().account_id, integration_id))


@api.delete("/integrations/<integration_id>", scope="integrations:write", summary="Disconnect a service", tag=TAG)
def delete_integration(integration_id: str) -> Answer[Deleted]:
    """The credential stays: workflows that use it go on."""
    service.delete(caller().account_id, integration_id)
    return ok(Deleted(id=integration_id))


@api.post("/integrations/<integration_id>/test", scope="integrations:write", summary="Test integration", tag=TAG)
def test_integration(integration_id: str) -> Answer[TestResult]:
    """Really calls the provider's test endpoint, and keeps the outcome as the integration's status."""
    from flows.integrations import tester  # the only module here that decrypts: loaded for this route alone

    return ok(tester.try_out(caller().account_id, integration_id))


handler = api.handler
