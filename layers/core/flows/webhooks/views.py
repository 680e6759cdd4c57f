"""Endpoints and deliveries as the API shows them."""

from __future__ import annotations

from flows.aws import clock
from flows.webhooks.health import NOTICES
from flows.webhooks.models import AttemptView, DeliveryView, WebhookView
from flows.webhooks.records import Delivery, Endpoint

MASK = "***"


def view(endpoint: Endpoint) -> WebhookView:
    """What may be shown of an endpoint."""
    signing = [each.until for each in endpoint.previous if each.until > clock.now_iso()]
    return WebhookView(
        id=endpoint.id,
        url=endpoint.url,
        events=list(endpoint.events),
        description=endpoint.description,
        enabled=endpoint.enabled,
        status="enabled" if endpoint.enabled else "disabled",
        disabled_reason=endpoint.disabled_reason,
        disabled_at=endpoint.disabled_at,
        notice=_notice(endpoint),
        failing_since=endpoint.failing_since,
        filter=endpoint.filter,
        fields_=list(endpoint.fields) if endpoint.fields is not None else None,
        throttle=endpoint.throttle,
        headers=dict.fromkeys(endpoint.header_names, MASK),
        previous_secret_expires_at=signing[0] if signing else None,
        created_at=endpoint.created_at,
        updated_at=endpoint.updated_at,
    )


def delivery_view(delivery: Delivery) -> DeliveryView:
    """A delivery with its attempts."""
    return DeliveryView(
        id=delivery.id,
        webhook_id=delivery.webhook_id,
        event_id=delivery.event_id,
        event_type=delivery.event_type,
        status=delivery.status,
        attempts=[AttemptView(**attempt) for attempt in delivery.attempts],
        next_attempt_at=delivery.next_attempt_at if delivery.status == "pending" else None,
        created_at=delivery.created_at,
        completed_at=delivery.completed_at,
        note=delivery.note,
    )


def _notice(endpoint: Endpoint) -> str | None:
    if not endpoint.enabled:
        return NOTICES.get(endpoint.disabled_reason or "manual")
    if endpoint.failing_since:
        return (
            f"Deliveries have failed since {endpoint.failing_since}. After five days without a success the endpoint is disabled."
        )
    return None
