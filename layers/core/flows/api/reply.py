"""From what a handler returned, or what was raised, to API Gateway's answer."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import to_json

from flows.api import errors
from flows.api.answer import Answer, Raw
from flows.api.cors import cors_headers, preflight_headers
from flows.api.declaration import Declared
from flows.api.idempotency import Stored
from flows.api.limits import Standing
from flows.api.request import Request
from flows.errors import FlowsError, PayloadTooLarge

MAX_BYTES = 5 * 1024 * 1024
"""No answer is larger; Lambda's own limit is 6 MB."""

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Reply:
    """An answer on its way out.

    Args:
        status: HTTP status.
        headers: a list of values is a header that stands several times.
        body: as it goes out.
        code: of an error, for the log.
    """

    status: int
    headers: Mapping[str, str | list[str]]
    body: bytes
    code: str | None = None
    is_binary: bool = False

    def plain_headers(self) -> dict[str, str]:
        """The headers that stand once."""
        return {name: value for name, value in self.headers.items() if isinstance(value, str)}

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def as_event(self) -> dict[str, Any]:
        """API Gateway's proxy answer."""
        many = {name: value if isinstance(value, list) else [value] for name, value in self.headers.items()}
        text = base64.b64encode(self.body).decode() if self.is_binary else self.body.decode()
        return {"statusCode": self.status, "multiValueHeaders": many, "body": text, "isBase64Encoded": self.is_binary}


def of_result(result: Any, status: int) -> Reply:
    """The reply for what a handler returned.

    Args:
        result: an Answer or a Raw.
        status: the route's status, unless the answer says another.
    """
    if isinstance(result, Raw):
        is_binary = isinstance(result.body, bytes)
        body = result.body if isinstance(result.body, bytes) else result.body.encode()
        return Reply(result.status, dict(result.headers), body, is_binary=is_binary)
    if not isinstance(result, Answer):
        raise TypeError(f"a handler returns an Answer or a Raw, not {type(result).__name__}")
    envelope: dict[str, Any] = {"success": True, "data": result.data}
    if result.meta is not None:
        envelope["meta"] = result.meta
    body = to_json(envelope, inf_nan_mode="null")
    return Reply(result.status or status, {**JSON, **result.headers}, body)


def of_error(error: FlowsError) -> Reply:
    """The reply for an error."""
    return Reply(error.status, {**JSON, **error.headers}, to_json(errors.body(error)), error.code)


def of_stored(stored: Stored) -> Reply:
    """The first answer again."""
    return replayed(Reply(stored.status, stored.headers, stored.body.encode()))


def replayed(reply: Reply) -> Reply:
    """The answer, told to be that of an earlier request with the same Idempotency-Key."""
    return replace(reply, headers={**reply.headers, "Idempotent-Replayed": "true"})


def of_preflight(request: Request) -> Reply:
    """The reply to a browser's OPTIONS request; no body, no key, no limit."""
    return Reply(204, preflight_headers(request), b"")


def finish(reply: Reply, request: Request, standing: Standing | None, declared: Declared | None) -> Reply:
    """Add what every answer has: X-Request-Id, limits, CORS, deprecation; refuse one that is too large; leave out the body for HEAD."""
    if len(reply.body) > MAX_BYTES:
        reply = of_error(
            PayloadTooLarge("The answer is larger than 5 MB: ask for fewer items, with limit", {"limit_bytes": MAX_BYTES})
        )
    headers: dict[str, str | list[str]] = dict(cors_headers(request))
    if standing is not None:
        headers |= standing.headers()
    if declared is not None and declared.deprecated is not None:
        headers |= declared.deprecated.headers()
    headers |= reply.headers
    headers["X-Request-Id"] = request.request_id
    return replace(reply, headers=headers, body=b"" if request.method == "HEAD" else reply.body)
