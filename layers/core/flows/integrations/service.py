"""Connecting services. Nothing here decrypts; the test of a connection is in ``tester``."""

from __future__ import annotations

from typing import Any

from flows.aws import clock, ids
from flows.aws.tables import ConditionFailed
from flows.connectors import base_urls, catalog
from flows.connectors.schema import Connector, Setting
from flows.credentials.binding import bind
from flows.errors import Conflict, NotFound, ValidationFailed, invalid
from flows.integrations import repository
from flows.integrations.models import CatalogAction, CatalogAuth, CatalogEntry, ConnectIntegration, IntegrationView
from flows.paging import Listed, Window


def connect(account_id: str, integration_id: str, wanted: ConnectIntegration) -> IntegrationView:
    """Connect a service: keep its settings with the credential, and bind the credential to the service's hosts.

    Args:
        account_id: whose it is.
        integration_id: its id, made by the caller.
        wanted: what was sent.

    Raises:
        ValidationFailed: no such connector or credential, a type that the connector does not take, wrong settings, or hosts
            of the credential that do not cover the service.
        Conflict: the account has as many as it may have.
    """
    connector = catalog.find(wanted.provider)
    if connector is None:
        raise invalid("provider", "there is no such connector; GET /integrations/catalog lists them", "unknown_connector")
    problems = base_urls.check_settings(connector, wanted.config, complete=True)
    if problems:
        raise ValidationFailed(problems)
    if wanted.credential_id is None and connector.auth_required:
        raise invalid("credential_id", "this connector needs a credential", "missing")
    if wanted.credential_id is None and wanted.config:
        raise invalid(
            "config", "settings are kept with a credential; without one give them in the node's parameters", "no_credential"
        )
    now = clock.now_iso()
    item: dict[str, Any] = {
        "id": integration_id,
        "provider": connector.id,
        "name": wanted.name or connector.name,
        "credential_id": wanted.credential_id,
        "config": dict(wanted.config),
        "status": "untested",
        "last_tested_at": None,
        "created_at": now,
    }
    writes = []
    if wanted.credential_id is not None:
        writes = [bind(account_id, wanted.credential_id, connector, wanted.config)]
    try:
        return view(repository.create(account_id, item, writes))
    except repository.LimitReached:
        raise Conflict(f"An account has at most {repository.limit()} integrations", {"limit": repository.limit()}) from None
    except ConditionFailed:
        raise Conflict("The credential was changed meanwhile; please try again") from None


def listed(account_id: str, window: Window) -> Listed[IntegrationView]:
    """A page of what is connected, the newest first."""
    found = repository.page(account_id, window)
    return Listed([view(item) for item in found.items], found.next_key, found.total)


def get(account_id: str, integration_id: str) -> IntegrationView:
    """One integration.

    Raises:
        NotFound.
    """
    item = repository.get(account_id, integration_id) if ids.is_id("int", integration_id) else None
    if item is None:
        raise NotFound("Integration not found")
    return view(item)


def delete(account_id: str, integration_id: str) -> None:
    """Disconnect. The credential stays, with its settings and hosts: workflows that use it go on.

    Raises:
        NotFound.
    """
    if not ids.is_id("int", integration_id) or not repository.delete(account_id, integration_id):
        raise NotFound("Integration not found")


def entries() -> list[CatalogEntry]:
    """The catalog: every connector with its actions."""
    return [_entry(connector) for connector in catalog.every()]


def view(item: dict[str, Any]) -> IntegrationView:
    return IntegrationView(
        id=item["id"],
        provider=item["provider"],
        name=item["name"],
        credential_id=item.get("credential_id"),
        config=dict(item.get("config") or {}),
        status=item["status"],
        last_tested_at=item.get("last_tested_at"),
        created_at=item["created_at"],
    )


def _entry(connector: Connector) -> CatalogEntry:
    return CatalogEntry(
        id=connector.id,
        name=connector.name,
        description=connector.description,
        category=connector.category,
        docs=connector.docs,
        auth=[CatalogAuth(types=one.types, label=one.label, description=one.description) for one in connector.auth],
        config_schema=_config_schema(connector),
        rate_limit=connector.rate_limit.model_dump() if connector.rate_limit else None,
        actions=[
            CatalogAction(id=one.id, name=one.name, description=one.description, docs=one.docs, input_schema=one.input_schema)
            for one in connector.actions
        ],
    )


def _config_schema(connector: Connector) -> dict[str, Any]:
    other = Setting(label="Base URL", description="Another server of the same service.", kind="url", required=False)
    settings = {base_urls.BASE_URL: other, **connector.settings}
    return {
        "type": "object",
        "properties": {
            name: {
                "type": "string",
                "title": setting.label,
                **({"description": setting.description} if setting.description else {}),
                **({"examples": [setting.example]} if setting.example else {}),
            }
            for name, setting in settings.items()
        },
        "required": [name for name, setting in settings.items() if setting.required and not setting.default],
        "additionalProperties": False,
    }
