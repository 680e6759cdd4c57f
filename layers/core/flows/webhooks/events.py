"""Events: what happened, as it rides on the record that caused it, goes over the bus, and reaches endpoints and triggers.

An event is ``{id, type, created_at, data}``. Its id follows from its type, its seed and its moment, so that work which
runs twice makes the same event twice, and receivers can tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flows import strict_json
from flows.aws import clock, ids

MAX_DATA_BYTES = 200_000
"""The data of an event as compact JSON: an entry on the bus ends at 256 KB, the record that it rides on at 400 KB."""

MAX_DEPTH = strict_json.MAX_DEPTH + 50
"""Levels of nesting of an event: those of what was sent in, and those of the records around it."""


def new_event(type: str, data: Mapping[str, Any], seed: str, at: datetime | None = None) -> dict[str, Any]:
    """Make an event.

    Args:
        type: its name in the catalogue, such as ``form.submitted``.
        data: JSON; what is over 200 KB is left out, with a mark (:func:`thinned`).
        seed: what makes this event this one and no other: the id of the submission, of the run and its end, and so on.
        at: when it happened (default: now). Give it wherever the work may be repeated.

    Returns:
        JSON: the event.
    """
    moment = at or clock.now()
    digest = hashlib.sha256(f"{type}\0{seed}".encode()).digest()
    return {
        "id": ids.derived_id("evt", moment, digest),
        "type": type,
        "created_at": clock.iso(moment),
        "data": thinned(data),
    }


def thinned(data: Mapping[str, Any], limit: int = MAX_DATA_BYTES) -> dict[str, Any]:
    """The data, its largest values replaced by ``{"$truncated": true, "size": bytes}`` until it fits.

    Receivers read what was left out from the API, by the ids that the event carries.
    """
    kept = dict(data)
    if strict_json.size(kept) <= limit:
        return kept
    sizes = {name: strict_json.size(value) for name, value in kept.items()}
    for name in sorted(sizes, key=lambda name: sizes[name], reverse=True):
        kept[name] = {"$truncated": True, "size": sizes[name]}
        if strict_json.size(kept) <= limit:
            break
    return kept
