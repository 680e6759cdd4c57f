"""Deliveries as the account sees them: listed, shown, sent again, asked for as a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows import strict_json
from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.errors import Conflict, NotFound, invalid
from flows.paging import Key, Listed, Window, walk
from flows.webhooks import delivery_store, new_deliveries, repository, service
from flows.webhooks.catalogue import CATALOGUE, WEBHOOK_TEST
from flows.webhooks.delivery_ids import delivery_id
from flows.webhooks.events import MAX_DEPTH, new_event
from flows.webhooks.fan_out import new_delivery
from flows.webhooks.models import DeliveryDetails, DeliveryView, Redelivered
from flows.webhooks.records import Delivery, Endpoint, delivery_key, partition, status_partition
from flows.webhooks.views import delivery_view


@dataclass(frozen=True)
class Filters:
    """Which deliveries are wanted; None: any.

    Args:
        since, until: of events that happened from then on, and before then.
    """

    status: str | None = None
    event_type: str | None = None
    event_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def keeps(self, item: tables.Item) -> bool:
        wanted = {"status": self.status, "event_type": self.event_type, "event_id": self.event_id}
        if not self.first <= item["id"] < self.last:
            return False
        return all(item[name] == value for name, value in wanted.items() if value is not None)

    @property
    def first(self) -> str:
        """The smallest id of the time that is wanted: ids go by the time of their event."""
        return ids.floor_id("dlv", self.since) if self.since else "dlv_"

    @property
    def last(self) -> str:
        """What ids of that time come before."""
        return ids.floor_id("dlv", self.until) if self.until else "dlv_~"


def listed(account_id: str, webhook_id: str, window: Window, filters: Filters) -> Listed[DeliveryView]:
    """An endpoint's deliveries, those of the newest events first. Raises NotFound."""
    service.existing(account_id, webhook_id)
    if filters.event_id is not None:
        found = _by_event(account_id, [webhook_id], filters.event_id)
        return Listed([delivery_view(Delivery.of(item)) for item in found if filters.keeps(item)])
    if filters.first >= filters.last:
        return Listed([])
    by_status = filters.status in ("pending", "failed")
    index = "list" if by_status else None

    def read(start: Key | None, limit: int) -> tables.Page:
        if by_status and filters.status is not None:
            condition = "lpk = :pk AND lsk BETWEEN :first AND :last"
            values = {
                ":pk": status_partition(account_id, webhook_id, filters.status),
                ":first": filters.first,
                ":last": filters.last,
            }
        else:
            condition = "pk = :pk AND sk BETWEEN :first AND :last"
            pk = partition(account_id, webhook_id)
            values = {":pk": pk, ":first": delivery_key(filters.first), ":last": delivery_key(filters.last)}
        return tables.query(
            settings().webhooks_table,
            condition,
            values,
            index=index,
            start=start,
            limit=limit,
            forward=False,
            consistent=not by_status,
        )

    def key_of(item: tables.Item) -> Key:
        return {name: item[name] for name in (("lpk", "lsk", "pk", "sk") if by_status else ("pk", "sk"))}

    dense = filters.event_type is None and filters.status is None
    page = walk(read, window, key_of=key_of, keep=filters.keeps, batch=None if dense else 100)
    return Listed([delivery_view(Delivery.of(item)) for item in page.items], page.next_key)


def of_event(account_id: str, event_id: str) -> list[DeliveryView]:
    """An event's deliveries to the endpoints that the account has now."""
    endpoints = [endpoint.id for endpoint in repository.all_of(account_id)]
    return [delivery_view(Delivery.of(item)) for item in _by_event(account_id, endpoints, event_id)]


def get(account_id: str, webhook_id: str, wanted: str) -> DeliveryDetails:
    """A delivery with its payload. Raises NotFound."""
    if not ids.is_id("wh", webhook_id):
        raise service.not_found()
    found = delivery_store.with_body(account_id, webhook_id, wanted) if ids.is_id("dlv", wanted) else None
    if found is None:
        service.existing(account_id, webhook_id)
        raise _not_found()
    delivery, body = found
    payload = None if body is None else strict_json.loads(body, MAX_DEPTH)
    return DeliveryDetails(**delivery_view(delivery).model_dump(), payload=payload)


def redeliver(account_id: str, webhook_id: str, wanted: str) -> DeliveryView:
    """Send a delivery again, whatever became of it; the schedule begins anew.

    Raises:
        NotFound: no such delivery.
        Conflict: the endpoint is disabled, or an attempt is under way.
    """
    _enabled(service.existing(account_id, webhook_id))
    if not ids.is_id("dlv", wanted):
        raise _not_found()
    try:
        delivery = delivery_store.reopen(account_id, webhook_id, wanted)
    except delivery_store.Missing:
        raise _not_found() from None
    if delivery is None:
        raise Conflict("An attempt of this delivery is under way", {"reason": "in_progress"})
    return delivery_view(delivery)


def redeliver_failed(account_id: str, webhook_id: str, since: str, until: str | None) -> Redelivered:
    """Send again what failed of the events since a time, the oldest first, as much as one call takes.

    Raises:
        NotFound, ValidationFailed.
        Conflict: the endpoint is disabled.
    """
    first, last = _moment("since", since), _moment("until", until) if until is not None else clock.now()
    if not ids.is_id("wh", webhook_id):
        raise service.not_found()
    found = [] if first >= last else _failed(account_id, webhook_id, first, last)
    try:
        # The index lags: what has been sent again meanwhile is left alone.
        sent = delivery_store.reopen_failed(account_id, webhook_id, found[: delivery_store.MOST_REOPENED])
    except tables.ConditionFailed:
        sent = 0
    if not sent:
        _enabled(service.existing(account_id, webhook_id))
    return Redelivered(redelivered=sent, has_more=len(found) > delivery_store.MOST_REOPENED)


def _failed(account_id: str, webhook_id: str, first: datetime, last: datetime) -> list[str]:
    """Ids of failed deliveries, the oldest first: one more than can be sent again at once, when there are more."""
    page = tables.query(
        settings().webhooks_table,
        "lpk = :pk AND lsk BETWEEN :first AND :last",
        {
            ":pk": status_partition(account_id, webhook_id, "failed"),
            ":first": ids.floor_id("dlv", first),
            ":last": ids.floor_id("dlv", last),
        },
        index="list",
        limit=delivery_store.MOST_REOPENED + 1,
    )
    return [item["id"] for item in page.items]


def send_test(account_id: str, webhook_id: str, event_type: str, seed: str, at: datetime | None = None) -> DeliveryView:
    """Send an example of an event to this endpoint, whatever events it wants: a real delivery, signed and retried.

    Args:
        seed: names this test: a repeated request brings the same one.
        at: the moment of the request, the first one's when it is repeated (default: now).

    Raises:
        NotFound.
        ValidationFailed: there is no such event.
        Conflict: the endpoint is disabled.
    """
    endpoint = service.existing(account_id, webhook_id)
    if event_type not in CATALOGUE:
        raise invalid("event_type", f"not an event; there are: {', '.join(CATALOGUE)}", "unknown_event")
    _enabled(endpoint)
    data = dict(CATALOGUE[event_type].example)
    if event_type == WEBHOOK_TEST:
        data["webhook_id"] = webhook_id
    wanted = new_delivery(endpoint, new_event(event_type, data, seed, at), "A test.")
    return delivery_view(new_deliveries.store_asked_for(wanted))


def _by_event(account_id: str, webhook_ids: list[str], event_id: str) -> list[dict[str, Any]]:
    if not ids.is_id("evt", event_id):
        return []
    keys = [(partition(account_id, webhook_id), delivery_key(delivery_id(event_id, webhook_id))) for webhook_id in webhook_ids]
    return list(tables.get_many(settings().webhooks_table, keys, consistent=True).values())


def _enabled(endpoint: Endpoint) -> None:
    if not endpoint.enabled:
        raise Conflict("The webhook is disabled; set enabled to true first", {"reason": "disabled"})


def _moment(field: str, text: str) -> datetime:
    """The time that a field holds. Raises ValidationFailed, naming the field."""
    try:
        return clock.parse_iso(text)
    except (ValueError, OverflowError):
        raise invalid(field, "must be an ISO 8601 time, as 2024-01-20T15:30:00Z", "invalid_time") from None


def _not_found() -> NotFound:
    return NotFound("Delivery not found")
