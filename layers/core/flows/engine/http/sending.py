"""Sending with connection retries under one deadline, and failures in the node's words."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.engine.results import NodeFailure

if TYPE_CHECKING:
    from flows.outgoing import OutgoingClient, OutgoingError, Request, Response
    from flows.outgoing.deadline import Deadline

_PAUSES = (0.2, 0.8)
"""Seconds before a second and a third try at a connection that never came about."""

_TYPES = {
    "blocked": "BlockedAddress",
    "invalid_url": "InvalidParameters",
    "bad_request": "InvalidParameters",
    "dns": "ConnectionError",
    "connection": "ConnectionError",
    "tls": "TlsError",
    "timeout": "Timeout",
    "too_large": "ResponseTooLarge",
    "redirects": "RedirectError",
}


def send(client: OutgoingClient, request: Request, deadline: Deadline) -> Response:
    """Send a request; try again when it cannot have reached the server and there is time.

    Args:
        deadline: over everything that the node does; the request's own time limit is what is left of it.

    Raises:
        NodeFailure: there is no answer.
    """
    from flows.outgoing import OutgoingError

    pauses = iter(_PAUSES)
    while True:
        try:
            return client.send(replace(request, timeout_seconds=deadline.remaining()))
        except OutgoingError as error:
            pause = next(pauses, None)
            if (
                pause is None
                or error.maybe_sent
                or not error.retryable
                or error.kind == "timeout"
                or not _has_time(deadline, pause)
            ):
                raise failure_of(error) from None
            time.sleep(pause)


def failure_of(error: OutgoingError) -> NodeFailure:
    """The node's failure for a request without an answer."""
    details = {"kind": error.kind, "maybe_sent": error.maybe_sent}
    return NodeFailure(_TYPES.get(error.kind, "ConnectionError"), error.message, details, retryable=error.retryable)


def _has_time(deadline: Deadline, pause: float) -> bool:
    from flows.outgoing import OutgoingError

    try:
        return deadline.remaining() > pause
    except OutgoingError:
        return False
