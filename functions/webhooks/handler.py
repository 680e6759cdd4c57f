"""The webhooks API: endpoints and their deliveries. Encrypts, and may not decrypt."""

from __future__ import annotations

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from flows.api.answer import Answer, Listing, ok
from flows.api.app import Api
from flows.api.caller import caller
from flows.api.lists import CursorQuery, ListQuery, WholeQuery, listing, whole, window
from flows.api.times import query_time
from flows.webhooks import deliveries, service
from flows.webhooks.catalogue import CATALOGUE
from flows.webhooks.deliveries import Filters
from flows.webhooks.models import (
    CreatedWebhook,
    CreateWebhook,
    Deleted,
    DeliveryDetails,
    DeliveryView,
    EventTypeView,
    Redelivered,
    RedeliverFailed,
    RotatedSecret,
    RotateSecret,
    SendTest,
    UpdateWebhook,
    WebhookDetails,
    WebhookView,
)

TAG = "Webhooks"
READ, WRITE = "webhooks:read", "webhooks:write"
LIST = "GET /webhooks"
Status = Annotated[Literal["pending", "succeeded", "failed"] | None, Query(description="Only deliveries of this status.")]
EventType = Annotated[Literal[*CATALOGUE] | None, Query(description="Only deliveries of this kind of event.")]  # type: ignore[valid-type]  # made from the catalogue's names
EventId = Annotated[str | None, Query(max_length=100, description="Only the delivery of this event.")]
From = Annotated[str | None, Query(alias="from", max_length=64, description="Of events at this time or later (ISO 8601).")]
To = Annotated[str | None, Query(alias="to", max_length=64, description="Of events before this time (ISO 8601).")]

api = Api("webhooks")


@api.get("/webhooks", scope=READ, summary="List webhooks", tag=TAG)
def list_webhooks(query: ListQuery) -> Listing[WebhookView]:
    """Secrets are never returned."""
    return listing(service.listed(caller().account_id, window(query, LIST, {})), query, LIST, {})


@api.post(
    "/webhooks",
    scope=WRITE,
    status=201,
    summary="Create webhook",
    tag=TAG,
    errors=("CONFLICT",),
    secret_answer=True,
    request_example={
        "url": "https://yoursite.com/webhook",
        "events": ["workflow.executed", "form.submitted"],
        "secret": "your-webhook-secret",
    },
)
def create_webhook(body: CreateWebhook) -> Answer[CreatedWebhook]:
    """Without a `secret` one is made, and shown in this answer only."""
    who = caller()
    return ok(service.create(who.account_id, who.new_id("wh"), body, who.derived("webhook secret")))


@api.get("/webhooks/events", scope=READ, summary="List events", tag=TAG)
def list_events(query: WholeQuery) -> Listing[EventTypeView]:
    """Every kind of event with the JSON Schema of its payload and an example."""
    views = [
        EventTypeView(type=event.type, description=event.description, schema_=event.schema(), example=event.payload())
        for event in CATALOGUE.values()
    ]
    return whole(views, query, "GET /webhooks/events")


@api.get("/webhooks/deliveries", scope=READ, summary="List an event's deliveries", tag=TAG)
def list_event_deliveries(event_id: Annotated[str, Query(max_length=100)], query: WholeQuery) -> Listing[DeliveryView]:
    """One event's deliveries to all endpoints."""
    found = deliveries.of_event(caller().account_id, event_id)
    return whole(found, query, "GET /webhooks/deliveries", {"event_id": event_id})


@api.get("/webhooks/<webhook_id>", scope=READ, summary="Get webhook", tag=TAG)
def get_webhook(webhook_id: str) -> Answer[WebhookDetails]:
    """The endpoint, and statistics of the last 24 hours."""
    return ok(service.get(caller().account_id, webhook_id))


@api.patch("/webhooks/<webhook_id>", scope=WRITE, summary="Update webhook", tag=TAG)
def update_webhook(webhook_id: str, body: UpdateWebhook) -> Answer[WebhookView]:
    """Changes what is sent; `enabled: true` switches a disabled endpoint on again. The secret changes by rotation only."""
    return ok(service.update(caller().account_id, webhook_id, body))


@api.delete("/webhooks/<webhook_id>", scope=WRITE, summary="Delete webhook", tag=TAG)
def delete_webhook(webhook_id: str) -> Answer[Deleted]:
    """Deletes the endpoint and its secret; deliveries under way stop."""
    service.delete(caller().account_id, webhook_id)
    return ok(Deleted(id=webhook_id))


@api.post("/webhooks/<webhook_id>/test", scope=WRITE, status=202, summary="Send a test", tag=TAG, errors=("CONFLICT",))
def send_test_event(webhook_id: str, body: SendTest | None = None) -> Answer[DeliveryView]:
    """Sends the example of any kind of event to this endpoint: a real delivery, signed and retried."""
    who = caller()
    return ok(
        deliveries.send_test(
            who.account_id, webhook_id, (body or SendTest()).event_type, who.derived("webhook test").hex(), who.started_at()
        )
    )


@api.post(
    "/webhooks/<webhook_id>/rotate-secret",
    scope=WRITE,
    summary="Rotate the secret",
    tag=TAG,
    errors=("CONFLICT",),
    secret_answer=True,
)
def rotate_secret(webhook_id: str, body: RotateSecret | None = None) -> Answer[RotatedSecret]:
    """For 24 hours the old secret signs beside the new one, also when others follow it."""
    who = caller()
    return ok(service.rotate(who.account_id, webhook_id, body.secret if body else None, who.derived("webhook secret")))


@api.post(
    "/webhooks/<webhook_id>/redeliver", scope=WRITE, status=202, summary="Redeliver failures", tag=TAG, errors=("CONFLICT",)
)
def redeliver_failed(webhook_id: str, body: RedeliverFailed) -> Answer[Redelivered]:
    """Sends again every failed delivery of an event since a time; `has_more` asks for another call."""
    return ok(deliveries.redeliver_failed(caller().account_id, webhook_id, body.since, body.until))


@api.get("/webhooks/<webhook_id>/deliveries", scope=READ, summary="List deliveries", tag=TAG)
def list_deliveries(
    webhook_id: str,
    query: CursorQuery,
    status: Status = None,
    event_type: EventType = None,
    event_id: EventId = None,
    since: From = None,
    until: To = None,
) -> Listing[DeliveryView]:
    """The newest events first."""
    account_id, route = caller().account_id, f"GET /webhooks/{webhook_id}/deliveries"
    told = {"status": status, "event_type": event_type, "event_id": event_id, "from": since, "to": until}
    filters = Filters(status, event_type, event_id, query_time("from", since), query_time("to", until))
    found = deliveries.listed(account_id, webhook_id, window(query, route, told), filters)
    return listing(found, query, route, told)


@api.get("/webhooks/<webhook_id>/deliveries/<delivery_id>", scope=READ, summary="Get delivery", tag=TAG)
def get_delivery(webhook_id: str, delivery_id: str) -> Answer[DeliveryDetails]:
    """A delivery with its attempts and its payload."""
    return ok(deliveries.get(caller().account_id, webhook_id, delivery_id))


@api.post(
    "/webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver",
    scope=WRITE,
    status=202,
    summary="Redeliver",
    tag=TAG,
    errors=("CONFLICT",),
)
def redeliver(webhook_id: str, delivery_id: str) -> Answer[DeliveryView]:
    """Sends the same payload again, with the same `webhook-id`."""
    return ok(deliveries.redeliver(caller().account_id, webhook_id, delivery_id))


handler = api.handler
