"""Whatever was raised, as an answer in the envelope: the one place."""

from __future__ import annotations

import traceback
from typing import Any

from flows.errors import FlowsError

_THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "SlowDown",
        "LimitExceededException",
    }
)


def as_flows_error(error: BaseException) -> FlowsError:
    """The error that a caller is told.

    What is not ours becomes INTERNAL_ERROR without a word of detail. When AWS throttles us it is the same error with
    ``Retry-After: 1``: the caller has kept the limits that RATE_LIMITED is about, so it is our failure and worth a retry.
    """
    if isinstance(error, FlowsError):
        return error
    headers = {"Retry-After": "1"} if _code(error) in _THROTTLES else {}
    return FlowsError(headers=headers)


def body(error: FlowsError) -> dict[str, Any]:
    """The envelope of an error."""
    told: dict[str, Any] = {"code": error.code, "message": error.message, "details": error.details}
    return {"success": False, "error": told}


def trace(error: BaseException) -> dict[str, Any]:
    """What the log keeps of an unknown error: its type and where it was raised, but not its text, which may hold a caller's value."""
    chain: list[str] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 4:
        frames = traceback.extract_tb(current.__traceback__)[-12:]
        places = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        code = _code(current)
        chain.append(f"{type(current).__module__}.{type(current).__name__}{f' ({code})' if code else ''} at {places}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return {"error": chain[0], "causes": chain[1:]}


def _code(error: BaseException) -> str:
    response = getattr(error, "response", None)
    found = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return str(found)
