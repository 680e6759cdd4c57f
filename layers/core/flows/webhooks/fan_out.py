"""Fan-out: one event -> one delivery for each endpoint of the account that wants it -> one message each.

A batch of events is handled together: its deliveries' bodies are written 20 a call, and their messages sent ten a call. Every step
may be repeated: deliveries have derived ids, and a message for an attempt that was made counts for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from flows import strict_json
from flows.aws import ids
from flows.webhooks import new_deliveries, queue, repository
from flows.webhooks.delivery_ids import delivery_id
from flows.webhooks.events import MAX_DEPTH
from flows.webhooks.new_deliveries import NewDelivery
from flows.webhooks.queue import Message
from flows.webhooks.records import Delivery, Endpoint
from flows.webhooks.subscriptions import wants
from flows.webhooks.thinning import passes, thin

AT_ONCE = 20
"""Deliveries that are stored and sent together: full calls (25 writes, 10 messages), and nobody waits for hundreds of others."""


class BadEvent(ValueError):
    """Something on the bus that is no event of ours."""


def fan_out(texts: Sequence[str]) -> list[dict[str, Any] | Exception]:
    """Make the deliveries of events and put their first attempts on the queue.

    Args:
        texts: entries of the bus, ``{"detail": {account_id, depth, event}}``, as JSON.

    Returns:
        For each its account and how many deliveries it has, or why it has to come again: :class:`BadEvent`, or what failed.
    """
    endpoints_of = cache(repository.all_of)
    outcomes: list[dict[str, Any] | Exception] = []
    planned: list[tuple[int, NewDelivery]] = []
    for number, text in enumerate(texts):
        try:
            account_id, event = _read(text)
            wanted = _wanted(endpoints_of(account_id), event)
        except Exception as error:  # one event's failure is not the others'
            outcomes.append(error)
        else:
            outcomes.append({"account_id": account_id, "deliveries": len(wanted)})
            planned += [(number, each) for each in wanted]
    for start in range(0, len(planned), AT_ONCE):
        chunk = planned[start : start + AT_ONCE]
        for (number, _), failure in zip(chunk, _begin([each for _, each in chunk]), strict=True):
            if failure is not None:
                outcomes[number] = failure
    return outcomes


def new_delivery(endpoint: Endpoint, event: dict[str, Any], note: str = "") -> NewDelivery:
    """One endpoint's delivery of an event."""
    body = strict_json.dumps(thin(event, endpoint.fields))
    return NewDelivery(delivery_id(event["id"], endpoint.id), endpoint.account_id, endpoint.id, event, body, note)


def _wanted(endpoints: Sequence[Endpoint], event: dict[str, Any]) -> list[NewDelivery]:
    found = []
    for endpoint in endpoints:
        if endpoint.enabled and wants(endpoint.events, event["type"]):
            passed, note = passes(endpoint.filter, event)
            if passed:
                found.append(new_delivery(endpoint, event, note))
    return found


def _begin(new: Sequence[NewDelivery]) -> list[Exception | None]:
    """Store deliveries and send their messages; for each what failed."""
    stored = new_deliveries.store(new)
    failures = [each if isinstance(each, Exception) else None for each in stored]
    # Those that an earlier run has made and that are under way since then need no message; one that died left none.
    fresh = [(number, each) for number, each in enumerate(stored) if isinstance(each, Delivery) and _has_not_begun(each)]
    for start in range(0, len(fresh), 10):
        batch = fresh[start : start + 10]
        try:
            queue.send([Message.of(delivery) for _, delivery in batch])
        except Exception as error:  # each of these comes again
            for number, _ in batch:
                failures[number] = error
    return failures


def _has_not_begun(delivery: Delivery) -> bool:
    return delivery.status == "pending" and delivery.turn == 1


def _read(text: str) -> tuple[str, dict[str, Any]]:
    detail = strict_json.loads(text, MAX_DEPTH)["detail"]
    account_id, event = (detail.get("account_id"), detail.get("event")) if isinstance(detail, Mapping) else (None, None)
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
