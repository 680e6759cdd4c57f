# Made by generate_sync.py of _async/resources/webhooks.py: change it there.
"""Outgoing webhooks: endpoints that events are sent to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from yourapp import webhooks
from yourapp._request import NOT_GIVEN, NotGiven, Request, given, path
from yourapp._sync.page import Page
from yourapp._sync.resource import Resource
from yourapp._sync.resources.deliveries import Deliveries
from yourapp._sync.transport import Transport
from yourapp.models import (
    CreatedWebhook,
    Deleted,
    Delivery,
    EventType,
    Redelivered,
    RotatedSecret,
    Webhook,
    WebhookDetails,
    WebhookEvent,
)


class Webhooks(Resource):
    """``client.webhooks``; what was sent to them is ``client.webhooks.deliveries``."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self.deliveries = Deliveries(transport)

    def verify(
        self, payload: bytes | str, headers: Mapping[str, str], secret: str, *, tolerance: float = webhooks.TOLERANCE_SECONDS
    ) -> WebhookEvent:
        """Check that a webhook is genuine: :func:`yourapp.webhooks.verify`."""
        return webhooks.verify(payload, headers, secret, tolerance=tolerance)

    def list(self, *, limit: int | None = None, page: int | None = None, cursor: str | None = None) -> Page[Webhook]:
        """The account's endpoints."""
        return self._list(Request("GET", path("/webhooks"), {"limit": limit, "page": page, "cursor": cursor}), Webhook)

    def events(self, *, limit: int | None = None, page: int | None = None, cursor: str | None = None) -> Page[EventType]:
        """The kinds of events, each with the JSON Schema of its payload; all at once unless you give a limit."""
        return self._list(Request("GET", path("/webhooks/events"), {"limit": limit, "page": page, "cursor": cursor}), EventType)

    def get(self, webhook_id: str) -> WebhookDetails:
        """One endpoint, and how its deliveries went."""
        return self._one(Request("GET", path("/webhooks/{webhook_id}", webhook_id=webhook_id)), WebhookDetails)

    def create(
        self,
        *,
        url: str,
        events: Sequence[str],
        secret: str | NotGiven | None = NOT_GIVEN,
        description: str | NotGiven = NOT_GIVEN,
        enabled: bool | NotGiven = NOT_GIVEN,
        filter: str | NotGiven | None = NOT_GIVEN,
        fields: Sequence[str] | NotGiven | None = NOT_GIVEN,
        throttle: float | NotGiven | None = NOT_GIVEN,
        headers: Mapping[str, str] | NotGiven | None = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> CreatedWebhook:
        """Have events sent to a URL.

        Args:
            url: https.
            events: such as ``["workflow.executed", "form.submitted"]``; ``*`` and ``workflow.*`` are allowed.
            secret: what signs the deliveries; without one, one is made and told in the result, this once.
            description: what it is for.
            enabled: default: yes.
            filter: an expression; only events for which it is true are sent.
            fields: only these fields of an event's data are sent.
            throttle: deliveries a second at most.
            headers: sent with each delivery.
            idempotency_key: your own name of this request.
        """
        body = given(
            url=url,
            events=events,
            secret=secret,
            description=description,
            enabled=enabled,
            filter=filter,
            fields=fields,
            throttle=throttle,
            headers=headers,
        )
        return self._one(Request("POST", path("/webhooks"), body=body, idempotency_key=idempotency_key), CreatedWebhook)

    def update(
        self,
        webhook_id: str,
        *,
        url: str | NotGiven = NOT_GIVEN,
        events: Sequence[str] | NotGiven = NOT_GIVEN,
        description: str | NotGiven = NOT_GIVEN,
        enabled: bool | NotGiven = NOT_GIVEN,
        filter: str | NotGiven | None = NOT_GIVEN,
        fields: Sequence[str] | NotGiven | None = NOT_GIVEN,
        throttle: float | NotGiven | None = NOT_GIVEN,
        headers: Mapping[str, str] | NotGiven | None = NOT_GIVEN,
    ) -> Webhook:
        """Change an endpoint; what is not given stays. Arguments as for :meth:`create`."""
        body = given(
            url=url,
            events=events,
            description=description,
            enabled=enabled,
            filter=filter,
            fields=fields,
            throttle=throttle,
            headers=headers,
        )
        return self._one(Request("PATCH", path("/webhooks/{webhook_id}", webhook_id=webhook_id), body=body), Webhook)

    def delete(self, webhook_id: str) -> Deleted:
        """Delete an endpoint."""
        return self._one(Request("DELETE", path("/webhooks/{webhook_id}", webhook_id=webhook_id)), Deleted)

    def test(self, webhook_id: str, *, event_type: str | NotGiven = NOT_GIVEN, idempotency_key: str | None = None) -> Delivery:
        """Send the endpoint a test event (default: ``webhook.test``)."""
        where = path("/webhooks/{webhook_id}/test", webhook_id=webhook_id)
        request = Request("POST", where, body=given(event_type=event_type), idempotency_key=idempotency_key)
        return self._one(request, Delivery)

    def rotate_secret(
        self, webhook_id: str, *, secret: str | NotGiven = NOT_GIVEN, idempotency_key: str | None = None
    ) -> RotatedSecret:
        """Put a new secret in place of the old one; for a day both sign."""
        where = path("/webhooks/{webhook_id}/rotate-secret", webhook_id=webhook_id)
        return self._one(Request("POST", where, body=given(secret=secret), idempotency_key=idempotency_key), RotatedSecret)

    def redeliver_failed(
        self,
        webhook_id: str,
        *,
        since: datetime | str,
        until: datetime | str | NotGiven | None = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Redelivered:
        """Send again what failed in an interval; while ``has_more``, call again."""
        where = path("/webhooks/{webhook_id}/redeliver", webhook_id=webhook_id)
        body = given(since=since, until=until)
        return self._one(Request("POST", where, body=body, idempotency_key=idempotency_key), Redelivered)
