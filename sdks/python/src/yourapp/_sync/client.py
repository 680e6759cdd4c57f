# Made by generate_sync.py of _async/client.py: change it there.
"""The client: what everything begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

import httpx
from typing_extensions import Self

from yourapp import raw
from yourapp._answers import Answer, error_of
from yourapp._options import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT, Options, Timeout, as_timeout, options
from yourapp._request import NOT_GIVEN, Request
from yourapp._sync.resources.account import AccountResource
from yourapp._sync.resources.api_keys import ApiKeys
from yourapp._sync.resources.credentials import Credentials
from yourapp._sync.resources.executions import Executions
from yourapp._sync.resources.expressions import Expressions
from yourapp._sync.resources.forms import Forms
from yourapp._sync.resources.integrations import Integrations
from yourapp._sync.resources.node_types import NodeTypes
from yourapp._sync.resources.webhooks import Webhooks
from yourapp._sync.resources.workflows import Workflows
from yourapp._sync.transport import Transport
from yourapp.raw import RawResponse

P = ParamSpec("P")
T = TypeVar("T")


class Client:
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
        transport: httpx.BaseTransport | None = None,
        http_client: httpx.Client | None = None,
    ) -> None:
        if http_client is not None and (proxy or transport):
            raise ValueError("Give proxy and transport to your http_client")
        settled = options(api_key, base_url, timeout, max_retries, headers)
        self._owns_http = http_client is None
        self._set_up(settled, http_client or httpx.Client(proxy=proxy, transport=transport))

    def _set_up(self, settled: Options, http: httpx.Client) -> None:
        self._transport = Transport(settled, http)
        self.account = AccountResource(self._transport)
        self.api_keys = ApiKeys(self._transport)
        self.credentials = Credentials(self._transport)
        self.executions = Executions(self._transport)
        self.expressions = Expressions(self._transport)
        self.forms = Forms(self._transport)
        self.submissions = self.forms.submissions
        self.integrations = Integrations(self._transport)
        self.node_types = NodeTypes(self._transport)
        self.webhooks = Webhooks(self._transport)
        self.workflows = Workflows(self._transport, self.executions)

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

    def with_raw_response(self, method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
        """The method, giving the HTTP response too: ``client.with_raw_response(client.workflows.get)("wf_123")``."""

        @wraps(method)
        def called(*args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
            with raw.capture() as seen:
                result = method(*args, **kwargs)
            return raw.with_response(result, seen)

        return called

    def request(
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
        return self._transport.send(
            Request(method.upper(), path, query or {}, body, headers or {}, idempotency_key=idempotency_key)
        )

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document of the API that the client talks to."""
        response = self._transport.exchange(Request("GET", "/openapi.json"))
        if not response.is_success:
            raise error_of(response)
        document: dict[str, Any] = response.json()
        return document

    def close(self) -> None:
        """Close the connections (those of an ``http_client`` that you gave stay yours)."""
        if self._owns_http:
            self._transport.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"
