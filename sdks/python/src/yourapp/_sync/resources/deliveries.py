# Made by generate_sync.py of _async/resources/deliveries.py: change it there.
"""Deliveries of events to endpoints."""

from __future__ import annotations

from datetime import datetime

from yourapp._request import Request, path
from yourapp._sync.page import Page
from yourapp._sync.resource import Resource
from yourapp.models import Delivery, DeliveryDetails


class Deliveries(Resource):
    """``client.webhooks.deliveries``"""

    def list(
        self,
        webhook_id: str,
        *,
        status: str | None = None,
        event_type: str | None = None,
        event_id: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Delivery]:
        """An endpoint's deliveries, newest first; ``status`` is pending, succeeded or failed, ``from_`` and ``to`` go by the event's time."""
        where = path("/webhooks/{webhook_id}/deliveries", webhook_id=webhook_id)
        query = {
            "status": status,
            "event_type": event_type,
            "event_id": event_id,
            "from": from_,
            "to": to,
            "limit": limit,
            "cursor": cursor,
        }
        return self._list(Request("GET", where, query), Delivery)

    def of_event(
        self, event_id: str, *, limit: int | None = None, page: int | None = None, cursor: str | None = None
    ) -> Page[Delivery]:
        """The deliveries of one event to all endpoints; all at once unless you give a limit."""
        if not event_id.strip():
            raise ValueError("event_id must be a non-empty id")
        query = {"event_id": event_id, "limit": limit, "page": page, "cursor": cursor}
        return self._list(Request("GET", path("/webhooks/deliveries"), query), Delivery)

    def get(self, webhook_id: str, delivery_id: str) -> DeliveryDetails:
        """One delivery and what it carries."""
        where = path("/webhooks/{webhook_id}/deliveries/{delivery_id}", webhook_id=webhook_id, delivery_id=delivery_id)
        return self._one(Request("GET", where), DeliveryDetails)

    def redeliver(self, webhook_id: str, delivery_id: str, *, idempotency_key: str | None = None) -> Delivery:
        """Send it again."""
        where = path("/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", webhook_id=webhook_id, delivery_id=delivery_id)
        return self._one(Request("POST", where, idempotency_key=idempotency_key), Delivery)
