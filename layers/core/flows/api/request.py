"""One HTTP request as API Gateway hands it over, made plain: and the one that is being answered now."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from flows.errors import invalid


@dataclass(frozen=True)
class Request:
    """A request.

    Args:
        method: in capitals.
        path: without ``/v1``, with the slash at its front.
        headers: by name in small letters; of a repeated header all values, joined by ", ".
        query: each parameter's values in their order.
        body: the raw bytes.
        request_id: API Gateway's; goes out as ``X-Request-Id``.
        address: the client's IP address.
        authorizer: the authorizer's context; empty on public routes.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, list[str]] = field(default_factory=dict)
    body: bytes = b""
    request_id: str = ""
    address: str = ""
    authorizer: Mapping[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str | None:
        """A header's value, or None."""
        return self.headers.get(name.lower())


_current: ContextVar[Request] = ContextVar("request")


def current() -> Request:
    """The request that is being answered."""
    return _current.get()


def enter(request: Request) -> None:
    """Make it the one that is being answered."""
    _current.set(request)


def read(event: Mapping[str, Any]) -> Request:
    """Read API Gateway's proxy event (payload 1.0).

    Raises:
        ValidationFailed: a body that is said to be base64 and is not.
    """
    context = event.get("requestContext") or {}
    return Request(
        method=str(event.get("httpMethod", "GET")).upper(),
        path=strip_version(event.get("path") or "/"),
        headers=_headers(event),
        query=_query(event),
        body=_body(event),
        request_id=str(context.get("requestId", "")),
        address=str((context.get("identity") or {}).get("sourceIp") or ""),
        authorizer={key: str(value) for key, value in (context.get("authorizer") or {}).items()},
    )


def strip_version(path: str) -> str:
    """The path without ``/v1``: a custom domain's base path is part of the event's path, a stage's name is not."""
    if path == "/v1":
        return "/"
    return path[3:] if path.startswith("/v1/") else path


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    many = event.get("multiValueHeaders") or {name: [value] for name, value in (event.get("headers") or {}).items()}
    headers: dict[str, str] = {}
    for name, values in many.items():
        key = name.lower()
        headers[key] = ", ".join([headers[key], *values] if key in headers else values)
    return headers


def _query(event: Mapping[str, Any]) -> dict[str, list[str]]:
    many = event.get("multiValueQueryStringParameters")
    if many:
        return {name: list(values) for name, values in many.items()}
    return {name: [value] for name, value in (event.get("queryStringParameters") or {}).items()}


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(text).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise invalid("", "the body cannot be read", "broken_body") from None
