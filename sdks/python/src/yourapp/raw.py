"""Raw responses: what came over the wire beside what was made of it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx

from yourapp._answers import request_id

T = TypeVar("T")

last_response: ContextVar[httpx.Response | None] = ContextVar("yourapp_last_response", default=None)
"""The newest response in this thread or task."""


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


def with_response(parsed: T) -> RawResponse[T]:
    """A result beside the newest response."""
    response = last_response.get()
    if response is None:
        raise TypeError("with_raw_response takes a method that makes a request")
    return RawResponse(parsed, response)
