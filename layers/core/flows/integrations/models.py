"""What the integrations API takes and gives."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from flows.texts import one_line

Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2048)]


class ConnectIntegration(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    provider: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=40)] = Field(
        description="Id of the connector, from the catalog."
    )
    credential_id: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=60)] | None = Field(
        default=None, description="Needed, but for connectors that work without one."
    )
    name: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200), AfterValidator(one_line)] | None = None
    config: dict[str, Text] = Field(
        default_factory=dict,
        max_length=10,
        description="Settings that the connector names (a shop, a subdomain), or base_url: another server of the same service.",
    )


class IntegrationView(BaseModel):
    """A connected service."""

    id: str
    provider: str
    name: str
    credential_id: str | None
    config: dict[str, str]
    status: Literal["connected", "error", "untested"]
    last_tested_at: str | None
    created_at: str


class TestResult(BaseModel):
    """What the provider's test endpoint said."""

    ok: bool
    status_code: int | None = Field(description="HTTP status; null when there was no answer.")
    latency_ms: int
    message: str
    reason: Literal["ok", "credentials", "unreachable", "rate_limited", "provider_error", "configuration"]


class CatalogAction(BaseModel):
    id: str
    name: str
    description: str
    input_schema: dict[str, Any]


class CatalogAuth(BaseModel):
    types: list[str] = Field(description="Types of credentials that the connector takes.")
    label: str
    description: str


class CatalogEntry(BaseModel):
    """A connector."""

    id: str
    name: str
    description: str
    category: str
    docs: str
    auth: list[CatalogAuth]
    config_schema: dict[str, Any] = Field(description="JSON Schema of `config` of POST /integrations.")
    rate_limit: dict[str, Any] | None
    actions: list[CatalogAction]


class Deleted(BaseModel):
    id: str
    deleted: bool = True
