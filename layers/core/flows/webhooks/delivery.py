"""Delivering: claim an attempt, make it, record it, and see to the next one.

    a message -> claim (by condition: of two workers one goes on) -> the endpoint as it is now -> wait? -> send
              -> what it says about the endpoint -> the record with the next turn's time -> the next message

A worker may die at any place. Before the record the message comes again and the attempt is made again, with the same webhook-id;
after it, the message that comes again sends the next one, and the due index does if none comes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from flows.aws import clock, ids
from flows.webhooks import delivery_store, health, queue, statistics
from flows.webhooks.delivery_store import QUEUE_GRACE
from flows.webhooks.queue import LONGEST_DELAY, Message
from flows.webhooks.records import Delivery, Endpoint
from flows.webhooks.schedule import delay_before
from flows.webhooks.sending import Outcome, open_secrets, send
from flows.webhooks.throttle import wait_for

Done = Literal["succeeded", "failed", "retrying", "postponed", "dropped", "not_mine"]

_EARLY = timedelta(seconds=1)
"""A message that comes so much before its time, or less, counts as being in time."""


def deliver(message: Message) -> Done:
    """Handle one message of the delivery queue.

    Returns:
        What came of it, for the log.
    """
    is_ours, delivery = delivery_store.claim(
        message.account_id, message.webhook_id, message.delivery_id, message.turn, ids.new_token()
    )
    if delivery is None:
        return "not_mine"
    if not is_ours:
        _send_next_again(message, delivery)
        return "not_mine"
    endpoint, body = delivery_store.endpoint_and_body(delivery)
    if endpoint is None:
        delivery_store.remove(delivery)
        return "dropped"
    if not endpoint.enabled:
        delivery_store.record_end(delivery, "failed", None, "The endpoint is disabled.")
        return "failed"
    if _postponed(endpoint, delivery):
        return "postponed"
    if body is None:
        delivery_store.record_end(delivery, "failed", None, "The payload has expired.")
        return "failed"
    return _settle(endpoint, delivery, _attempt(endpoint, delivery, body))


def _send_next_again(message: Message, delivery: Delivery) -> None:
    """A message of an attempt that was made: its worker may have died before it sent the next one. One too many counts for nothing."""
    is_next = delivery.turn == message.turn + 1 and delivery.owner is None
    if is_next and delivery.status == "pending" and delivery.next_attempt_at is not None:
        _enqueue(Message.of(delivery), clock.parse_iso(delivery.next_attempt_at))


def _attempt(endpoint: Endpoint, delivery: Delivery, body: bytes) -> Outcome:
    from flows.credentials.opening import CannotOpen

    now = clock.now()
    try:
        secrets = open_secrets(endpoint, now)
    except CannotOpen:
        return Outcome(now, False, None, None, "The endpoint's secret cannot be opened; rotate it.", None)
    return send(endpoint, delivery, body, secrets)


def _postponed(endpoint: Endpoint, delivery: Delivery) -> bool:
    """Whether the attempt has to wait: for its own time, or for the endpoint's rate limit."""
    now = clock.now()
    planned = clock.parse_iso(delivery.next_attempt_at) if delivery.next_attempt_at else now
    if planned > now + _EARLY:
        _postpone(delivery, planned, delivery.slot_turn)
        return True
    if delivery.slot_turn == delivery.turn:
        return False
    wait = wait_for(endpoint)
    if wait.seconds < 0.5:
        return False
    _postpone(delivery, now + timedelta(seconds=wait.seconds), delivery.turn if wait.has_slot else 0)
    return True


def _postpone(delivery: Delivery, at: datetime, slot_turn: int) -> None:
    if delivery_store.postpone(delivery, at, _due(at), slot_turn):
        _enqueue(Message.of(delivery), at)


def _settle(endpoint: Endpoint, delivery: Delivery, outcome: Outcome) -> Done:
    done: Done
    if outcome.succeeded:
        health.note_success(endpoint)
        delivery_store.record_end(delivery, "succeeded", outcome.attempt())
        done = "succeeded"
    else:
        disabled = health.note_failure(endpoint, outcome.at, gone=outcome.gone, timed_out=outcome.timed_out)
        delay = None if disabled else delay_before(delivery.tries + 2, outcome.retry_after)
        done = _retry(delivery, outcome, delay)
    statistics.count(endpoint.account_id, endpoint.id, succeeded=outcome.succeeded, latency_ms=outcome.latency_ms)
    return done


def _retry(delivery: Delivery, outcome: Outcome, delay: float | None) -> Done:
    if delay is None:
        delivery_store.record_end(delivery, "failed", outcome.attempt())
        return "failed"
    at = clock.now() + timedelta(seconds=delay)
    if delivery_store.record_retry(delivery, outcome.attempt(), at, _due(at)):
        following = Message(delivery.account_id, delivery.webhook_id, delivery.id, delivery.turn + 1)
        _enqueue(following, at)
    return "retrying"


def _due(at: datetime) -> datetime:
    """When the due index is to look after an attempt: at its time, when SQS cannot wait so long; else when it counts as lost."""
    return at + QUEUE_GRACE if _fits_queue(at) else at


def _enqueue(message: Message, at: datetime) -> None:
    if _fits_queue(at):
        queue.send([message], (at - clock.now()).total_seconds())


def _fits_queue(at: datetime) -> bool:
    return (at - clock.now()).total_seconds() <= LONGEST_DELAY
