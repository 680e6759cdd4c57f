"""Raw responses: what came over the wire beside what was made of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx

from yourapp._answers import request_id

T = TypeVar("T")

_seen: ContextVar[list[httpx.Response] | None] = ContextVar("yourapp_responses", default=None)
"""Where responses of this thread or task are kept, while somebody wants them."""


@dataclass(frozen=True)
class RawResponse(Generic[T]):
    """A result and the HTTP response that it was made of (the last one, where a method makes several requests).

    Args:
        parsed: what the method returns.
        http_response: httpx's response.
    """

    parsed: T
    http_response: httpx.Response

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self.http_response.status_code

    @property
    def headers(self) -> httpx.Headers:
        """The response's headers; ``X-RateLimit-Remaining`` is among them."""
        return self.http_response.headers

    @property
    def request_id(self) -> str | None:
        """The id that the API gave the request."""
        return request_id(self.http_response)


@contextmanager
def capture() -> Iterator[list[httpx.Response]]:
    """Keep the responses that come in this block, in this thread or task."""
    seen: list[httpx.Response] = []
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def note(response: httpx.Response) -> None:
    """Keep a response, if somebody wants it."""
    seen = _seen.get()
    if seen is not None:
        seen.append(response)


def with_response(parsed: T, seen: list[httpx.Response]) -> RawResponse[T]:
    """A result beside the newest response."""
    if not seen:
        raise TypeError("with_raw_response takes a method that makes a request")
    return RawResponse(parsed, seen[-1])
