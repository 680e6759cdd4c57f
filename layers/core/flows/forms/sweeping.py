"""Deletions of forms that were interrupted or took too long go on here."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from flows.aws import clock
from flows.forms import deletion_notes

_IN_FLIGHT = timedelta(minutes=2)
"""A submission that was being stored while its form was deleted has arrived by then (a function runs for 29 s at most)."""


def sweep(seconds: float = 40.0, limit: int = 25) -> int:
    """Go on with deletions that were interrupted or took too long. Called each minute.

    Args:
        seconds: how long to work at most.
        limit: deletions to look at.

    Returns:
        How many were finished.
    """
    deadline = monotonic() + seconds
    finished = 0
    for note in deletion_notes.unfinished(limit):
        from flows.forms.deletion import purge  # loads what forms are: nearly always there is nothing to do

        left = deadline - monotonic()
        if left <= 0:
            break
        settled = clock.parse_iso(note["deleted_at"]) + _IN_FLIGHT < clock.now()
        if purge(note["account_id"], note["form_id"], left) and settled:
            deletion_notes.finish(note["account_id"], note["form_id"])
            finished += 1
    return finished
