"""The id of a delivery follows from the event and the endpoint: so an event that comes twice makes one delivery."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from flows.aws import ids

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_CHARACTERS = 10


def delivery_id(event_id: str, webhook_id: str) -> str:
    """The id of the event's delivery to the endpoint. Sorts by the event's time."""
    digest = hashlib.sha256(f"{event_id}\0{webhook_id}".encode()).digest()
    return ids.derived_id("dlv", moment_of(event_id), digest)


def moment_of(id: str) -> datetime:
    """The time that is in an id (of ``flows.aws.ids``), to the millisecond."""
    number = 0
    for char in id.partition("_")[2][:_TIME_CHARACTERS]:
        number = number * 32 + _ALPHABET.index(char)
    return datetime.fromtimestamp(number / 1000, UTC)
