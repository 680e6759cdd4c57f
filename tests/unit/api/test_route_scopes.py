"""Access: which key may call which route. A new route without a row here fails."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from flows.accounts.scopes import SCOPES
from flows.api.app import Api

from local.openapi import apis, document

PUBLIC = None
"""Needs no key; guarded by a limit by address, or by a token in the path."""

ACCESS: dict[tuple[str, str], str | None] = {
    ("GET", "/account"): "account:read",
    ("GET", "/api-keys"): "keys:read",
    ("POST", "/api-keys"): "keys:write",
    ("DELETE", "/api-keys/{key_id}"): "keys:write",
    ("GET", "/approvals/{token}"): PUBLIC,
    ("POST", "/approvals/{token}"): PUBLIC,
    ("GET", "/credentials"): "credentials:read",
    ("POST", "/credentials"): "credentials:write",
    ("DELETE", "/credentials/{credential_id}"): "credentials:write",
    ("GET", "/credentials/{credential_id}"): "credentials:read",
    ("PATCH", "/credentials/{credential_id}"): "credentials:write",
    ("POST", "/credentials/oauth2/authorize"): "credentials:write",
    ("GET", "/docs"): PUBLIC,
    ("GET", "/executions"): "executions:read",
    ("GET", "/executions/{execution_id}"): "executions:read",
    ("POST", "/executions/{execution_id}/cancel"): "workflows:execute",
    ("GET", "/executions/{execution_id}/logs"): "executions:read",
    ("POST", "/executions/{execution_id}/retry"): "workflows:execute",
    ("POST", "/expressions/evaluate"): "workflows:read",
    **{(method, "/hooks/{token}"): PUBLIC for method in ("DELETE", "GET", "PATCH", "POST", "PUT")},
    ("GET", "/f/{public_id}"): PUBLIC,
    ("POST", "/f/{public_id}"): PUBLIC,
    ("POST", "/f/{public_id}/uploads"): PUBLIC,
    ("GET", "/forms"): "forms:read",
    ("POST", "/forms"): "forms:write",
    ("DELETE", "/forms/{form_id}"): "forms:write",
    ("GET", "/forms/{form_id}"): "forms:read",
    ("PATCH", "/forms/{form_id}"): "forms:write",
    ("GET", "/forms/{form_id}/submissions"): "forms:read",
    ("POST", "/forms/{form_id}/submissions"): "forms:write",
    ("DELETE", "/forms/{form_id}/submissions/{submission_id}"): "forms:write",
    ("GET", "/forms/{form_id}/submissions/{submission_id}"): "forms:read",
    ("POST", "/forms/{form_id}/uploads"): "forms:write",
    ("GET", "/forms/{form_id}/versions"): "forms:read",
    ("GET", "/forms/{form_id}/versions/{version}"): "forms:read",
    ("GET", "/integrations"): "integrations:read",
    ("POST", "/integrations"): "integrations:write",
    ("DELETE", "/integrations/{integration_id}"): "integrations:write",
    ("GET", "/integrations/{integration_id}"): "integrations:read",
    ("POST", "/integrations/{integration_id}/test"): "integrations:write",
    ("GET", "/integrations/catalog"): "integrations:read",
    ("GET", "/node-types"): "workflows:read",
    ("GET", "/oauth/callback"): PUBLIC,
    ("GET", "/openapi.json"): PUBLIC,
    ("GET", "/webhooks"): "webhooks:read",
    ("POST", "/webhooks"): "webhooks:write",
    ("DELETE", "/webhooks/{webhook_id}"): "webhooks:write",
    ("GET", "/webhooks/{webhook_id}"): "webhooks:read",
    ("PATCH", "/webhooks/{webhook_id}"): "webhooks:write",
    ("GET", "/webhooks/{webhook_id}/deliveries"): "webhooks:read",
    ("GET", "/webhooks/{webhook_id}/deliveries/{delivery_id}"): "webhooks:read",
    ("POST", "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver"): "webhooks:write",
    ("POST", "/webhooks/{webhook_id}/redeliver"): "webhooks:write",
    ("POST", "/webhooks/{webhook_id}/rotate-secret"): "webhooks:write",
    ("POST", "/webhooks/{webhook_id}/test"): "webhooks:write",
    ("GET", "/webhooks/deliveries"): "webhooks:read",
    ("GET", "/webhooks/events"): "webhooks:read",
    ("GET", "/workflows"): "workflows:read",
    ("POST", "/workflows"): "workflows:write",
    ("DELETE", "/workflows/{workflow_id}"): "workflows:write",
    ("GET", "/workflows/{workflow_id}"): "workflows:read",
    ("PATCH", "/workflows/{workflow_id}"): "workflows:write",
    ("POST", "/workflows/{workflow_id}/duplicate"): "workflows:write",
    ("POST", "/workflows/{workflow_id}/execute"): "workflows:execute",
    ("GET", "/workflows/{workflow_id}/executions"): "executions:read",
    ("GET", "/workflows/{workflow_id}/schedule"): "workflows:read",
    ("GET", "/workflows/{workflow_id}/triggers"): "workflows:read",
    ("GET", "/workflows/{workflow_id}/versions"): "workflows:read",
    ("GET", "/workflows/{workflow_id}/versions/{version}"): "workflows:read",
    ("POST", "/workflows/{workflow_id}/versions/{version}/restore"): "workflows:write",
    ("POST", "/workflows/validate"): "workflows:read",
}


@cache
def by_route() -> dict[tuple[str, str], Api]:
    return {(route.method, route.path.replace("<", "{").replace(">", "}")): api for api in apis() for route in api.routes}


def test_every_route_of_the_document_has_a_row_that_says_the_same():
    told: dict[tuple[str, str], str | None] = {}
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            security = operation["security"]
            told[method.upper(), path] = security[0]["ApiKey"][0] if security else PUBLIC

    assert told == ACCESS


def test_reading_scopes_change_nothing():
    looks_only = {
        ("POST", "/expressions/evaluate"),
        ("POST", "/workflows/validate"),
    }
    for (method, path), scope in ACCESS.items():
        if scope is not None and scope.endswith(":read") and (method, path) not in looks_only:
            assert method == "GET", path
        if scope is not None and method == "GET":
            assert scope.endswith(":read"), path


@pytest.mark.parametrize(("method", "path"), [row for row, scope in ACCESS.items() if scope is not PUBLIC], ids=" ".join)
def test_a_route_is_open_to_its_scope_and_to_no_other(gateway_event, method, path):
    scope = ACCESS[method, path]
    assert scope is not None
    others = " ".join(sorted(SCOPES - {scope, "*"}))

    refused = ask(gateway_event, method, path, others)
    admitted = ask(gateway_event, method, path, scope)

    assert refused["error"]["code"] == "FORBIDDEN"
    # The parameter does not exist: so the request went past the scope, and the handler was not run.
    assert admitted["error"]["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize(("method", "path"), [row for row, scope in ACCESS.items() if scope is not PUBLIC], ids=" ".join)
def test_without_the_authorizer_nothing_is_open(gateway_event, method, path):
    event = gateway_event(method, path.replace("{", "").replace("}", ""), account=None)

    assert by_route()[method, path].handler(event)["statusCode"] == 401


def ask(gateway_event: Any, method: str, path: str, scopes: str) -> Any:
    event = gateway_event(method, path.replace("{", "").replace("}", ""), scopes=scopes, query={"no_such_parameter": "1"})
    return json.loads(by_route()[method, path].handler(event)["body"])
