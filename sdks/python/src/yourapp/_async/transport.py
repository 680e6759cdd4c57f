"""Sends requests: with the key, in time, again when it makes sense."""

from __future__ import annotations

import logging

import anyio
import httpx

from yourapp import raw
from yourapp._answers import Answer, read
from yourapp._options import USER_AGENT, Options
from yourapp._request import NOT_GIVEN, Request, encode, query_of
from yourapp._retries import backoff, delay_after, headers_of
from yourapp.errors import APIConnectionError, APITimeoutError

logger = logging.getLogger("yourapp")


class AsyncTransport:
    """One pool of connections, used by one set of options.

    Args:
        options: base URL, key, timeout, retries.
        http: what really sends.
    """

    def __init__(self, options: Options, http: httpx.AsyncClient) -> None:
        self.options = options
        self.http = http

    async def send(self, request: Request) -> Answer:
        """Send and take the answer apart.

        Raises:
            APIError: the API answered with an error, and still after all retries.
            InvalidResponseError: the answer is not the API's.
            APIConnectionError: no answer came (APITimeoutError: not in time).
        """
        return read(await self.exchange(request))

    async def exchange(self, request: Request) -> httpx.Response:
        """Send; the last response, whatever its status."""
        made = self._made(request)
        attempt = 0
        while True:
            last = attempt >= self.options.max_retries
            try:
                response = await self.http.send(made)
            except httpx.TransportError as problem:
                if last:
                    raise _no_answer(problem, request) from problem
                delay, why = backoff(attempt), type(problem).__name__
            except httpx.RequestError as problem:  # a broken encoding, too many redirects: no better the next time
                raise _no_answer(problem, request) from problem
            else:
                raw.note(response)
                logger.debug("%s %s: %s", request.method, request.path, response.status_code)
                wait = delay_after(response, attempt)
                if wait is None or last:
                    _tell_of_deprecation(request, response)
                    return await self._followed(response) if request.follow else response
                delay, why = wait, str(response.status_code)
            attempt += 1
            logger.info("%s %s: %s; attempt %d in %.1f s", request.method, request.path, why, attempt + 1, delay)
            await anyio.sleep(delay)

    async def fetch(self, url: str) -> bytes:
        """Fetch what the API linked to: without the API key, which is nobody else's business.

        Raises:
            APIConnectionError: no answer came, or not the content (the link has run out, for example).
        """
        try:
            response = await self.http.get(url, timeout=self.options.timeout)
            return response.raise_for_status().content
        except httpx.HTTPError as problem:
            raise APIConnectionError(f"What the API linked to could not be fetched: {type(problem).__name__}") from problem

    async def _followed(self, response: httpx.Response) -> httpx.Response:
        if not response.has_redirect_location:
            return response
        content = await self.fetch(str(response.url.join(response.headers["location"])))
        return httpx.Response(200, content=content, request=response.request)

    def _made(self, request: Request) -> httpx.Request:
        """The HTTP request; built once, so that each attempt is the same."""
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json", **self.options.headers, **headers_of(request)}
        headers["Authorization"] = f"Bearer {self.options.api_key}"
        content = None
        if request.body is not NOT_GIVEN:
            content = encode(request.body)
            headers["Content-Type"] = "application/json"
        timeout = self.options.timeout
        if request.extra_seconds and timeout.read is not None:
            timeout = httpx.Timeout(**{**timeout.as_dict(), "read": timeout.read + request.extra_seconds})
        return self.http.build_request(
            request.method,
            self.options.base_url + request.path,
            params=query_of(request.query) or None,
            content=content,
            headers=headers,
            timeout=timeout,
        )


def _no_answer(problem: httpx.RequestError, request: Request) -> APIConnectionError:
    kind = APITimeoutError if isinstance(problem, httpx.TimeoutException) else APIConnectionError
    said = str(problem) or type(problem).__name__
    return kind(f"{request.method} {request.path}: {said}")


def _tell_of_deprecation(request: Request, response: httpx.Response) -> None:
    """The API announces a year ahead what will go (RFC 9745, RFC 8594)."""
    if "deprecation" in response.headers:
        end, guide = response.headers.get("sunset", "a day to be told"), response.headers.get("link", "no guide")
        logger.warning("%s %s is deprecated and works until %s: %s", request.method, request.path, end, guide)
