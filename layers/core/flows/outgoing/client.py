"""The outgoing client: judges, connects to what was judged, follows redirects, keeps secrets where they belong."""

import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from flows.outgoing.deadline import Clock, Deadline
from flows.outgoing.errors import OutgoingError
from flows.outgoing.header_rules import as_written, checked_headers, checked_secrets, harmless_headers, without_body_headers
from flows.outgoing.idle import IdleConnections
from flows.outgoing.models import Request, Response
from flows.outgoing.origins import Trust
from flows.outgoing.private_hosts import normalise_private_hosts
from flows.outgoing.resolution import Resolver, judged_addresses
from flows.outgoing.secret_query import with_query, without_query
from flows.outgoing.urls import ParsedUrl, check_url

if TYPE_CHECKING:
    from flows.outgoing.exchange import Answer

_MAX_TIMEOUT_SECONDS = 900.0
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class _Step:
    """One hop before secrets are added."""

    method: str
    url: ParsedUrl
    headers: dict[str, str]
    body: bytes | None


class OutgoingClient:
    """Sends requests to public hosts and to those that the operator opened. May be shared by threads and kept for the life
    of a process: connections are used again, but every request is judged anew.
    """

    def __init__(
        self,
        allowed_private_hosts: frozenset[str] = frozenset(),
        resolver: Resolver = socket.getaddrinfo,
        clock: Clock = time.monotonic,
        *,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Make a client.

        Args:
            allowed_private_hosts: entries `host:port` that may be reached although they are private.
            resolver: called as `socket.getaddrinfo`.
            clock: monotonic seconds.
            ssl_context: other authorities than certifi's, for private networks.

        Raises:
            ValueError: an entry is not `host:port`.
        """
        self._opened = normalise_private_hosts(allowed_private_hosts)
        self._resolver = resolver
        self._clock = clock
        self._given_context = ssl_context
        self._idle = IdleConnections(clock)

    def send(self, request: Request) -> Response:
        """Send `request`.

        Returns:
            The answer, whatever its status.

        Raises:
            OutgoingError: there is no complete answer; see its `kind`.
        """
        if not 0 < request.timeout_seconds <= _MAX_TIMEOUT_SECONDS:
            raise _bad(f"The time limit must be above 0 and at most {_MAX_TIMEOUT_SECONDS:g} seconds.")
        if request.method.upper() not in _METHODS:
            raise _bad(f"The method must be one of {', '.join(sorted(_METHODS))}.")
        deadline = Deadline(request.timeout_seconds, self._clock)
        headers, secrets = checked_headers(request.headers), checked_secrets(request.secret_headers)
        step = _Step(
            request.method.upper(),
            self._checked(request.url, request),
            {name: value for name, value in headers.items() if name not in secrets},
            request.body,
        )
        trust = Trust(step.url, request.allowed_hosts, self._opened)
        if (secrets or request.secret_query) and not trust.covers(step.url):
            raise _bad(f"The credential may not be sent to {step.url.host_port}: it is not among its allowed hosts.")
        for _ in range(request.max_redirects + 1):
            answer = self._exchange(step, request, secrets if trust.covers(step.url) else {}, trust, deadline)
            location = answer.headers.get("location")
            if not (request.follow_redirects and answer.status_code in _REDIRECTS and location):
                return Response(answer.status_code, answer.headers, answer.body, step.url.text, deadline.elapsed_ms())
            step = self._redirected(step, answer.status_code, location, request, trust)
        raise OutgoingError("redirects", f"The request was redirected more than {request.max_redirects} times.", maybe_sent=True)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._idle.close()

    def _exchange(self, step: _Step, request: Request, secrets: dict[str, str], trust: Trust, deadline: Deadline) -> "Answer":
        addresses = judged_addresses(step.url, opened=self._opened, resolver=self._resolver, deadline=deadline)
        # urllib3 and TLS are imported when the first request is really sent
        from flows.outgoing.exchange import Hop, Size, exchange

        trusted = trust.covers(step.url)
        url = with_query(step.url, request.secret_query) if trusted else step.url
        headers = as_written({"host": step.url.host_header, **step.headers, **secrets}, request)
        hop = Hop(step.method, url, headers, step.body, addresses)
        context = self._context() if step.url.scheme == "https" else None
        return exchange(
            hop, idle=self._idle, context=context, size=Size(request.max_bytes, cut=request.cut_body), deadline=deadline
        )

    def _redirected(self, step: _Step, status: int, location: str, request: Request, trust: Trust) -> _Step:
        url = self._checked(urljoin(step.url.text, _location_text(location)), request)
        turns_to_get = (status == 303 and step.method != "HEAD") or (status in (301, 302) and step.method == "POST")
        method, headers, body = step.method, step.headers, step.body
        if turns_to_get:
            method, headers, body = "GET", without_body_headers(headers), None
        if not trust.covers(url):
            if body is not None:
                raise OutgoingError(
                    "redirects",
                    "The host redirects the request's body to another host; send it to that host directly.",
                    maybe_sent=True,
                )
            headers = harmless_headers(headers)
        return _Step(method, url, headers, body)

    def _checked(self, url: str, request: Request) -> ParsedUrl:
        # A host may send back, in a redirect, the secret that it got in the query: never carry or report it.
        parsed = check_url(url, allowed_private_hosts=self._opened)
        return without_query(parsed, frozenset(request.secret_query))

    def _context(self) -> ssl.SSLContext:
        from flows.outgoing.tls import default_context, with_limits

        return default_context() if self._given_context is None else with_limits(self._given_context)


def _location_text(location: str) -> str:
    # Headers are read as Latin-1; servers that send other characters mean UTF-8.
    try:
        return location.strip().encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location.strip()


def _bad(message: str) -> OutgoingError:
    return OutgoingError("bad_request", message)
