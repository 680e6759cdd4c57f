"""Outgoing webhooks: endpoints, events, deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from yourapp.models.base import Model


class Webhook(Model):
    """An endpoint that events are sent to."""

    id: str
    url: str
    events: list[str]
    description: str = ""
    enabled: bool
    status: str
    disabled_reason: str | None = None
    disabled_at: datetime | None = None
    notice: str | None = None
    failing_since: datetime | None = None
    filter: str | None = None
    fields: list[str] | None = None
    throttle: float | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    previous_secret_expires_at: datetime | None = None
    created_at: datetime
    updated_at: datetime


class CreatedWebhook(Webhook):
    """A new endpoint; ``secret`` is told this once, when the API made it."""

    secret: str | None = Field(default=None, repr=False)


class WebhookStatistics(Model):
    """How deliveries went."""

    since: datetime
    attempts: int
    succeeded: int
    failed: int
    success_rate: float | None = None
    latency_p50_ms: int | None = None
    latency_p95_ms: int | None = None


class WebhookDetails(Webhook):
    """An endpoint and how its deliveries went."""

    statistics: WebhookStatistics | None = None


class RotatedSecret(Model):
    """A new secret; until ``previous_secret_expires_at`` both sign."""

    id: str
    secret: str | None = Field(default=None, repr=False)
    previous_secret_expires_at: datetime


class EventType(Model):
    """A kind of event, with the JSON Schema of its payload."""

    type: str
    description: str
    json_schema: dict[str, Any] = Field(alias="schema")
    example: dict[str, Any]


class DeliveryAttempt(Model):
    """One try to deliver."""

    at: datetime
    status_code: int | None = None
    latency_ms: int | None = None
    error: str | None = None
    response: str | None = None


class Delivery(Model):
    """An event on its way to an endpoint."""

    id: str
    webhook_id: str
    event_id: str
    event_type: str
    status: str
    attempts: list[DeliveryAttempt] = Field(default_factory=list)
    next_attempt_at: datetime | None = None
    created_at: datetime
    completed_at: datetime | None = None
    note: str | None = None


class DeliveryDetails(Delivery):
    """A delivery and what it carries."""

    payload: Any = None


class Redelivered(Model):
    """How many deliveries are tried again; ``has_more``: call again for the rest."""

    redelivered: int
    has_more: bool


class WebhookEvent(Model):
    """What a webhook's body holds."""

    id: str
    type: str
    created_at: datetime
    data: dict[str, Any]
