"""Every error that a caller can see: one class for each public code.

Raised where the rule is broken, turned into an answer in one place (``flows.api.errors``).

    FlowsError                INTERNAL_ERROR          500
    ├── Unauthorized          UNAUTHORIZED            401
    ├── Forbidden             FORBIDDEN               403
    ├── NotFound              NOT_FOUND               404
    ├── ValidationFailed      VALIDATION_ERROR        400
    ├── Conflict              CONFLICT                409
    ├── PayloadTooLarge       PAYLOAD_TOO_LARGE       413
    ├── UnsupportedMediaType  UNSUPPORTED_MEDIA_TYPE  415
    └── RateLimited           RATE_LIMITED            429
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_PROBLEMS = 1_000
"""Problems that one answer lists; its message tells how many there are."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a request.

    Args:
        path: where, as ``nodes[2].parameters.url`` (a field), ``query.limit`` (a query parameter) or "" (the whole body).
        message: what was expected, in words that help; never the value that was sent (it may be a secret).
        type: a short stable name of the rule, such as ``missing``, ``unknown_field``, ``cycle``.
    """

    path: str
    message: str
    type: str

    def as_dict(self) -> dict[str, str]:
        return {"path": self.path, "message": self.message, "type": self.type}


class FlowsError(Exception):
    """The root: something that we answer for."""

    code = "INTERNAL_ERROR"
    status = 500

    def __init__(self, message: str = "Server error", details: Any = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.headers = dict(headers or {})


class Unauthorized(FlowsError):
    code = "UNAUTHORIZED"
    status = 401

    def __init__(self, message: str = "Invalid or missing API key", details: Any = None) -> None:
        super().__init__(message, details)


class Forbidden(FlowsError):
    code = "FORBIDDEN"
    status = 403

    def __init__(self, message: str = "Insufficient permissions", details: Any = None) -> None:
        super().__init__(message, details)


class NotFound(FlowsError):
    code = "NOT_FOUND"
    status = 404

    def __init__(self, message: str = "Resource not found", details: Any = None) -> None:
        super().__init__(message, details)


class ValidationFailed(FlowsError):
    """Bad input; ``problems`` lists everything that is wrong with it, not only the first thing."""

    code = "VALIDATION_ERROR"
    status = 400

    def __init__(self, problems: Sequence[Problem], message: str | None = None) -> None:
        if message is None:
            first = problems[0] if problems else None
            message = (
                f"{first.path}: {first.message}" if first and first.path else (first.message if first else "Invalid request data")
            )
            if len(problems) > 1:
                message += f" (and {len(problems) - 1} more)"
        super().__init__(message, [problem.as_dict() for problem in problems[:MOST_PROBLEMS]])
        self.problems = list(problems)


def invalid(path: str, message: str, type: str = "invalid") -> ValidationFailed:
    """A ValidationFailed for the one problem."""
    return ValidationFailed([Problem(path, message, type)])


class Conflict(FlowsError):
    code = "CONFLICT"
    status = 409


class PayloadTooLarge(FlowsError):
    code = "PAYLOAD_TOO_LARGE"
    status = 413


class UnsupportedMediaType(FlowsError):
    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


class RateLimited(FlowsError):
    code = "RATE_LIMITED"
    status = 429
