"""Endpoints and deliveries as they are stored, and their keys.

acct_…            WH#wh_…     an endpoint
acct_…            COUNTS      how many endpoints the account has
acct_…#wh_…       DLV#dlv_…   a delivery: one event on its way to one endpoint, with its attempts
acct_…#wh_…       BODY#dlv_…  the bytes that are sent, as text; apart, so that lists stay small
acct_…#wh_…       STAT#hour   what happened in the hour
acct_…#wh_…       SLOT#kind   when the next delivery may go out
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows import strict_json
from flows.aws.tables import Item

PREVIOUS = tuple((f"previous_secret{n}", f"previous_until{n}", f"rotation{n}") for n in ("", "_2", "_3", "_4", "_5"))
"""Attributes of the secrets that a rotation has put aside, the latest first: each signs for its 24 hours, whatever came after it."""


@dataclass(frozen=True)
class Previous:
    """A secret that a rotation has put aside.

    Args:
        secret: sealed.
        until: ISO time up to which it signs too.
        rotation: names the rotation.
    """

    secret: Mapping[str, Any]
    until: str
    rotation: str


@dataclass(frozen=True)
class Endpoint:
    """An endpoint.

    Args:
        fields: kept fields of ``data``; None: all.
        throttle: deliveries a second; None: no limit.
        header_names: of the custom headers; their values are sealed.
        secret, headers: sealed values, as attributes.
        previous: the secrets before it that still sign or have signed lately, the latest first.
        failing_since: ISO time of the first of the failures that no success has followed.
        slow_until: seconds since 1970 up to which it gets little, because it did not answer in time.
    """

    account_id: str
    id: str
    url: str
    events: tuple[str, ...]
    description: str
    enabled: bool
    disabled_reason: str | None
    disabled_at: str | None
    filter: str | None
    fields: tuple[str, ...] | None
    throttle: float | None
    header_names: tuple[str, ...]
    created_at: str
    updated_at: str
    secret: Mapping[str, Any]
    previous: tuple[Previous, ...]
    headers: Mapping[str, Any] | None
    failing_since: str | None
    slow_until: int

    @classmethod
    def of(cls, item: Item) -> Endpoint:
        fields = item.get("fields")
        throttle = item.get("throttle")
        return cls(
            account_id=item["pk"],
            id=item["id"],
            url=item["url"],
            events=tuple(item["events"]),
            description=item.get("description") or "",
            enabled=item["enabled"],
            disabled_reason=item.get("disabled_reason"),
            disabled_at=item.get("disabled_at"),
            filter=item.get("filter"),
            fields=tuple(fields) if fields is not None else None,
            throttle=float(throttle) if throttle else None,
            header_names=tuple(item.get("header_names") or ()),
            created_at=item["created_at"],
            updated_at=item["updated_at"],
            secret=item["secret"],
            previous=tuple(Previous(*(item[name] for name in place)) for place in PREVIOUS if item.get(place[1])),
            headers=item.get("headers"),
            failing_since=item.get("failing_since"),
            slow_until=int(item.get("slow_until") or 0),
        )


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one endpoint.

    Args:
        status: ``pending``, ``succeeded`` or ``failed``.
        turn: number of the next attempt over the delivery's whole life: what a message on the queue must name to count.
        tries: attempts since it was made or redelivered: what the schedule goes by.
        attempts: ``{at, status_code, latency_ms, error, response}``, oldest first.
        next_attempt_at: ISO time, while it is pending.
        slot_turn: the attempt for which the endpoint's rate limit has given a slot already.
        note: what is to be said about it beside its attempts.
        owner: who has claimed the attempt under way.
    """

    account_id: str
    webhook_id: str
    id: str
    event_id: str
    event_type: str
    created_at: str
    status: str
    turn: int
    tries: int
    attempts: tuple[dict[str, Any], ...]
    next_attempt_at: str | None
    completed_at: str | None
    slot_turn: int
    note: str | None
    owner: str | None
    due: str | None

    @classmethod
    def of(cls, item: Item) -> Delivery:
        account_id, _, webhook_id = item["pk"].partition("#")
        return cls(
            account_id=account_id,
            webhook_id=webhook_id,
            id=item["id"],
            event_id=item["event_id"],
            event_type=item["event_type"],
            created_at=item["created_at"],
            status=item["status"],
            turn=int(item["turn"]),
            tries=int(item["tries"]),
            attempts=tuple(strict_json.loads(item.get("attempts") or "[]")),
            next_attempt_at=item.get("next_attempt_at"),
            completed_at=item.get("completed_at"),
            slot_turn=int(item.get("slot_turn") or 0),
            note=item.get("note"),
            owner=item.get("owner"),
            due=item.get("dsk"),
        )

    @property
    def pk(self) -> str:
        return partition(self.account_id, self.webhook_id)

    @property
    def sk(self) -> str:
        return delivery_key(self.id)


def endpoint_key(webhook_id: str) -> str:
    return f"WH#{webhook_id}"


def partition(account_id: str, webhook_id: str) -> str:
    """Where an endpoint's deliveries are: apart from the account's other items, for its own share of writes."""
    return f"{account_id}#{webhook_id}"


def delivery_key(delivery_id: str) -> str:
    return f"DLV#{delivery_id}"


def body_key(delivery_id: str) -> str:
    return f"BODY#{delivery_id}"


def status_partition(account_id: str, webhook_id: str, status: str) -> str:
    """Key of the index ``list``: deliveries that are pending or failed, by id."""
    return f"{partition(account_id, webhook_id)}#{status}"
