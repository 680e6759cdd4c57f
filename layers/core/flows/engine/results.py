"""What a node's work comes to: its outcome, a wait, the run's end, a failure. Without pydantic: also those import it who start and end runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flows import strict_json

_DETAILS_DEPTH = 150
"""Loops and sub-workflows put the errors of what they run into details of their own."""


class NodeFailure(Exception):
    """A node cannot do its work. Becomes the node's ``error {type, message, details}``.

    Args:
        type: a short stable name: ``ExpressionError``, ``InvalidParameters``, ``HttpError``, ``Timeout``, ``ConnectionError``, ...
        message: for a person: what went wrong, where, and what to do. Never a secret.
        details: JSON for programs (for HTTP: ``{status_code, headers, body}``).
        retryable: whether the same attempt could succeed later (time-outs, connection errors, 429, 5xx).
        retry_after: seconds that the other side asked us to wait.
    """

    def __init__(
        self, type: str, message: str, details: Any = None, *, retryable: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.type = type
        self.message = message
        self.details = details
        self.retryable = retryable
        self.retry_after = retry_after

    def as_dict(self) -> dict[str, Any]:
        return {"type": self.type, "message": self.message, "details": shallow(self.details)}


def shallow(details: Any) -> Any:
    """Details of an error as they are, or their JSON where too much is nested in them for an error in an error in an error."""
    return strict_json.dumps(details)[:10_000] if strict_json.is_deeper(details, _DETAILS_DEPTH) else details


@dataclass(frozen=True)
class Wait:
    """The node waits: nothing runs, nothing is paid, until the time comes or an answer arrives; then ``resume`` is called.

    Args:
        until: the moment when it is due at the latest (None: only an answer wakes it, or the run's end).
        kind: ``delay``, ``approval``, ``webhook``, ``execution``.
        data: JSON kept for ``resume`` and shown in the log entry (links of an approval). No secrets but the links themselves.
    """

    until: datetime | None
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EndRun:
    """The node ends the whole run.

    Args:
        status: ``completed`` or ``failed``.
        message: the error's message when it failed.
    """

    status: str
    message: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a node did.

    Args:
        output: JSON.
        port: the one port that it left through.
        wait: it waits (output and port do not count yet).
        end: it ends the run, with ``output`` as the run's output.
        response: what a ``respond`` node answers: ``{status_code, headers, body}``; it is the run's output.
    """

    output: Any = None
    port: str = "main"
    wait: Wait | None = None
    end: EndRun | None = None
    response: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """An answer from outside to a waiting node: ``{kind, data, at}`` in the order of arrival."""

    kind: str
    data: Any
    at: str
