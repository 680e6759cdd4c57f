"""The client: what everything begins with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import wraps
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

import httpx
from typing_extensions import Self

from yourapp import raw
from yourapp._answers import Answer, error_of
from yourapp._async.resources.account import AsyncAccountResource
from yourapp._async.resources.api_keys import AsyncApiKeys
from yourapp._async.resources.credentials import AsyncCredentials
from yourapp._async.resources.executions import AsyncExecutions
from yourapp._async.resources.expressions import AsyncExpressions
from yourapp._async.resources.forms import AsyncForms
from yourapp._async.resources.integrations import AsyncIntegrations
from yourapp._async.resources.node_types import AsyncNodeTypes
from yourapp._async.resources.webhooks import AsyncWebhooks
from yourapp._async.resources.workflows import AsyncWorkflows
from yourapp._async.transport import AsyncTransport
from yourapp._options import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT, Options, Timeout, as_timeout, options
from yourapp._request import NOT_GIVEN, Request
from yourapp.raw import RawResponse

P = ParamSpec("P")
T = TypeVar("T")


class AsyncClient:
    """A client of the YourApp API. Use it for many requests, and close it or use it in a ``with`` block.

    Args:
        api_key: default: the environment variable YOURAPP_API_KEY.
        base_url: with the version; default: YOURAPP_BASE_URL, else https://api.yourapp.com/v1.
        timeout: seconds that an answer may take (or an ``httpx.Timeout``); default: 60, and 10 to connect.
        max_retries: how often a request is sent again after 408, 429, 5xx and broken connections.
        headers: sent with every request.
        proxy: URL of a proxy; default: the usual environment variables (HTTPS_PROXY...).
        transport: httpx's transport, to send requests in a way of your own.
        http_client: a whole httpx client of your own; it stays yours to close, and goes without proxy and transport.

    Raises:
        ConfigurationError: there is no API key, or something does not fit together.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_MAX_RETRIES,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        if http_client is not None and (proxy or transport):
            raise ValueError("Give proxy and transport to your http_client")
        settled = options(api_key, base_url, timeout, max_retries, headers)
        self._owns_http = http_client is None
        self._set_up(settled, http_client or httpx.AsyncClient(proxy=proxy, transport=transport))

    def _set_up(self, settled: Options, http: httpx.AsyncClient) -> None:
        self._transport = AsyncTransport(settled, http)
        self.account = AsyncAccountResource(self._transport)
        self.api_keys = AsyncApiKeys(self._transport)
        self.credentials = AsyncCredentials(self._transport)
        self.executions = AsyncExecutions(self._transport)
        self.expressions = AsyncExpressions(self._transport)
        self.forms = AsyncForms(self._transport)
        self.submissions = self.forms.submissions
        self.integrations = AsyncIntegrations(self._transport)
        self.node_types = AsyncNodeTypes(self._transport)
        self.webhooks = AsyncWebhooks(self._transport)
        self.workflows = AsyncWorkflows(self._transport, self.executions)

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return self._transport.options.base_url

    def with_options(
        self,
        *,
        timeout: Timeout | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """The same client, connections included, with other options: ``client.with_options(timeout=5).workflows.list()``."""
        old = self._transport.options
        new = replace(
            old,
            timeout=old.timeout if timeout is None else as_timeout(timeout),
            max_retries=old.max_retries if max_retries is None else max_retries,
            headers={**old.headers, **(headers or {})},
        )
        other = type(self).__new__(type(self))
        other._owns_http = False
        other._set_up(new, self._transport.http)
        return other

    def with_raw_response(self, method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[RawResponse[T]]]:
        """The method, giving the HTTP response too: ``client.with_raw_response(client.workflows.get)("wf_123")``."""

        @wraps(method)
        async def called(*args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
            with raw.capture() as seen:
                result = await method(*args, **kwargs)
            return raw.with_response(result, seen)

        return called

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = NOT_GIVEN,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Send any request, with authentication, retries and errors as the others have them.

        Args:
            method: GET, POST...
            path: below the base URL, escaped, such as ``/workflows``.
            query: parameters.
            body: sent as JSON.
            headers: beside the usual ones.
            idempotency_key: your own one; a POST without gets a random one.

        Returns:
            ``data``, ``meta`` and httpx's ``response``.
        """
        return await self._transport.send(
            Request(method.upper(), path, query or {}, body, headers or {}, idempotency_key=idempotency_key)
        )

    async def openapi(self) -> dict[str, Any]:
        """The OpenAPI document of the API that the client talks to."""
        response = await self._transport.exchange(Request("GET", "/openapi.json"))
        if not response.is_success:
            raise error_of(response)
        document: dict[str, Any] = response.json()
        return document

    async def aclose(self) -> None:
        """Close the connections (those of an ``http_client`` that you gave stay yours)."""
        if self._owns_http:
            await self._transport.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"
