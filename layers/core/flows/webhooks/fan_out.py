"""Fan-out: one event -> one delivery for each endpoint of the account that wants it -> one message each.

Every step may be repeated: deliveries have derived ids, and a message for an attempt that was made counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flows import strict_json
from flows.aws import ids
from flows.webhooks import delivery_store, queue, repository
from flows.webhooks.delivery_ids import delivery_id
from flows.webhooks.events import MAX_DEPTH
from flows.webhooks.queue import Message
from flows.webhooks.records import Delivery, Endpoint
from flows.webhooks.subscriptions import wants
from flows.webhooks.thinning import passes, thin


class BadEvent(ValueError):
    """Something on the bus that is no event of ours."""


def endpoints_of(account_id: str) -> list[Endpoint]:
    """An account's endpoints."""
    return repository.all_of(account_id)


def fan_out(detail: Mapping[str, Any], endpoints_of: Callable[[str], list[Endpoint]] = endpoints_of) -> int:
    """Make the deliveries of an event and put their first attempts on the queue.

    Args:
        detail: of the entry on the bus: ``{account_id, depth, event}``.
        endpoints_of: gives an account's endpoints; a batch of events asks once an account.

    Returns:
        How many deliveries there are.

    Raises:
        BadEvent: the entry is not such a detail.
    """
    account_id, event = _read(detail)
    deliveries = [
        made
        for endpoint in endpoints_of(account_id)
        if endpoint.enabled and wants(endpoint.events, event["type"]) and (made := _deliver_to(endpoint, event)) is not None
    ]
    # Those that an earlier run has made and that are under way since then need no message; one that died left none.
    queue.send([Message.of(delivery) for delivery in deliveries if delivery.status == "pending" and delivery.turn == 1])
    return len(deliveries)


def deliver_to(endpoint: Endpoint, event: dict[str, Any], note: str = "", *, queued_by_stream: bool = False) -> Delivery:
    """Make one endpoint's delivery of an event, without a message, unless the table's stream is to send that."""
    body = strict_json.dumps(thin(event, endpoint.fields))
    wanted = delivery_id(event["id"], endpoint.id)
    return delivery_store.add(wanted, endpoint.account_id, endpoint.id, event, body, note, queued_by_stream=queued_by_stream)


def _deliver_to(endpoint: Endpoint, event: dict[str, Any]) -> Delivery | None:
    wanted, note = passes(endpoint.filter, event)
    return deliver_to(endpoint, event, note) if wanted else None


def _read(detail: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    account_id, event = detail.get("account_id"), detail.get("event")
    if isinstance(event, str):
        event = strict_json.loads(event, MAX_DEPTH)
    if not isinstance(account_id, str) or not isinstance(event, dict):
        raise BadEvent("the entry names no account and event")
    if (
        not ids.is_id("evt", str(event.get("id")))
        or not isinstance(event.get("type"), str)
        or not isinstance(event.get("data"), dict)
    ):
        raise BadEvent("the event has no id, type and data")
    return account_id, event
