"""One request over one connection, and its whole answer."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, RemoteDisconnected
from typing import TYPE_CHECKING

from urllib3.exceptions import DecodeError, HTTPError, ProtocolError

from flows.outgoing.addresses import Address
from flows.outgoing.connections import Connection, limit, open_connection
from flows.outgoing.deadline import Deadline
from flows.outgoing.errors import OutgoingError
from flows.outgoing.header_rules import MAX_HEADER_BYTES
from flows.outgoing.idle import IdleConnections
from flows.outgoing.sockets import too_large
from flows.outgoing.urls import ParsedUrl

if TYPE_CHECKING:
    from urllib3.response import HTTPResponse

_CHUNK_BYTES = 64 * 1024
_OVERHEAD_BYTES = 1024 * 1024
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})  # RFC 9110 9.2.2


@dataclass(frozen=True)
class Hop:
    """What is sent to one origin: `url` and `headers` with the secrets that may go there."""

    method: str
    url: ParsedUrl
    headers: Mapping[str, str]
    body: bytes | None
    addresses: tuple[Address, ...]


@dataclass(frozen=True)
class Size:
    """How much of a body is taken: `max_bytes`, and whether a larger one is cut there or an error."""

    max_bytes: int
    cut: bool = False


@dataclass(frozen=True)
class Answer:
    """A complete answer of one hop; header names in lower case."""

    status_code: int
    headers: dict[str, str]
    body: bytes


def exchange(hop: Hop, *, idle: IdleConnections, context: ssl.SSLContext | None, size: Size, deadline: Deadline) -> Answer:
    """Send `hop` and read the answer to its end.

    A connection that was open already may have been closed by the server in this moment; a request that may be repeated
    (RFC 9110, 9.2.2) is then sent once more over a new one.

    Raises:
        OutgoingError: "connection", "timeout", "tls" or "too_large".
    """
    repeatable = hop.method in _REPEATABLE
    connection = idle.take(hop.url, hop.addresses, repeatable=repeatable)
    if connection is not None:
        try:
            return _over(connection, hop, idle, size, deadline)
        except OutgoingError as error:
            if not (repeatable and error.kind == "connection"):
                raise
    return _over(_connect(hop, context, deadline), hop, idle, size, deadline)


def _connect(hop: Hop, context: ssl.SSLContext | None, deadline: Deadline) -> Connection:
    try:
        return open_connection(hop.url, hop.addresses, deadline, context)
    except TimeoutError:
        raise deadline.expired() from None
    except ssl.SSLCertVerificationError as error:
        raise OutgoingError("tls", f"The host's certificate is not valid: {error.verify_message}.") from None
    except ssl.SSLError:
        raise OutgoingError("tls", "No secure connection could be made with the host.") from None
    except (OSError, HTTPError):
        raise _broken("The host closed the connection while it was being made.", deadline) from None


def _over(connection: Connection, hop: Hop, idle: IdleConnections, size: Size, deadline: Deadline) -> Answer:
    keep = False
    try:
        limit(connection, deadline, 2 * size.max_bytes + _OVERHEAD_BYTES)
        deadline.maybe_sent = True
        response = _send(connection, hop)
        headers = _headers(response, deadline)
        body, complete = _body(response, size, deadline)
        answer = Answer(response.status, headers, body)
        # HTTP/1.0, `Connection: close` and bodies that end with the connection have closed the socket by now.
        keep = complete and connection.sock is not None and response.status >= 200
    except TimeoutError:
        raise deadline.expired() from None
    except DecodeError:
        raise _broken("The answer is not compressed as its Content-Encoding says.", deadline) from None
    except (OSError, HTTPException, HTTPError, ValueError) as error:
        # ValueError: http.client's own for a chunk size below zero and the like
        if isinstance(error.__cause__ or error.__context__, TimeoutError):
            raise deadline.expired() from None
        text = "closed the connection before it answered" if _no_answer(error) else "did not answer in correct HTTP"
        raise _broken(f"The host {text}.", deadline) from None
    else:
        return answer
    finally:
        if keep:
            idle.put(hop.url, connection)
        else:
            connection.close()


def _send(connection: Connection, hop: Hop) -> "HTTPResponse":
    try:
        connection.request(hop.method, hop.url.target, hop.body, hop.headers, preload_content=False)
    except (BrokenPipeError, ConnectionResetError):
        # The server may have answered (413, 401) and closed before it took the whole body; the answer is worth more.
        return connection.getresponse()
    return connection.getresponse()


def _headers(response: "HTTPResponse", deadline: Deadline) -> dict[str, str]:
    headers: dict[str, str] = {}
    size = 0
    for name, value in response.headers.iteritems():
        size += len(name) + len(value) + 4
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    if size > MAX_HEADER_BYTES:
        raise too_large(deadline)
    return headers


def _body(response: "HTTPResponse", size: Size, deadline: Deadline) -> tuple[bytes, bool]:
    """The body, and whether that is all of it."""
    announced = response.headers.get("content-length", "")
    if (
        announced.isdecimal()
        and len(announced) < 20
        and int(announced) > size.max_bytes
        and response.length_remaining
        and not size.cut
    ):
        raise too_large(deadline, size.max_bytes)
    parts: list[bytes] = []
    taken = 0
    while part := response.read(min(_CHUNK_BYTES, size.max_bytes + 1 - taken), decode_content=True):
        taken += len(part)
        parts.append(part)
        if taken > size.max_bytes:
            if not size.cut:
                raise too_large(deadline, size.max_bytes)
            return b"".join(parts)[: size.max_bytes], False
    return b"".join(parts), True


def _no_answer(error: Exception) -> bool:
    return isinstance(error, RemoteDisconnected | ConnectionError | ProtocolError)


def _broken(message: str, deadline: Deadline) -> OutgoingError:
    return OutgoingError("connection", message, retryable=True, maybe_sent=deadline.maybe_sent)
