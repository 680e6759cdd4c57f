"""Credentials and integrations: how workflows reach other services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from yourapp.models.base import Model


class Credential(Model):
    """A credential without its secret, which is never returned; ``hint`` is its end."""

    id: str
    name: str
    type: str
    hint: str | None = None
    allowed_hosts: list[str] = Field(default_factory=list)
    created_at: datetime
    updated_at: datetime | None = None
    last_used_at: datetime | None = None


class Authorization(Model):
    """Where a person goes (``url``) to let the account in; the credential is there when they have agreed."""

    url: str
    state: str
    credential_id: str
    redirect_uri: str
    expires_at: datetime


class Integration(Model):
    """A connected service."""

    id: str
    provider: str
    name: str
    credential_id: str | None = None
    config: dict[str, str] = Field(default_factory=dict)
    status: str
    last_tested_at: datetime | None = None
    created_at: datetime


class IntegrationTest(Model):
    """What came of a test."""

    ok: bool
    status_code: int | None = None
    latency_ms: int
    message: str
    reason: str | None = None


class ConnectorAction(Model):
    """Something that a connector can do."""

    id: str
    name: str
    description: str
    input_schema: dict[str, Any]


class ConnectorAuth(Model):
    """The credentials that a connector takes."""

    types: list[str]
    label: str
    description: str


class Connector(Model):
    """A service that can be connected."""

    id: str
    name: str
    description: str
    category: str
    docs: str
    auth: list[ConnectorAuth]
    config_schema: dict[str, Any]
    rate_limit: dict[str, Any] | None = None
    actions: list[ConnectorAction]
