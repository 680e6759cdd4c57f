"""Connections to judged addresses. The only module, beside `exchange`, that imports urllib3; imported at the first request."""

import ssl
from http.client import HTTPResponse, parse_headers
from typing import TYPE_CHECKING, cast

from urllib3.connection import HTTPConnection, HTTPSConnection

from flows.outgoing.addresses import Address
from flows.outgoing.deadline import Deadline
from flows.outgoing.sockets import PlainSocket, TlsSocket, connect
from flows.outgoing.urls import ParsedUrl

if TYPE_CHECKING:
    import socket


class _Final(HTTPResponse):
    """The answer behind its interim ones, such as 103 Early Hints: http.client passes over 100 alone (RFC 9110, 15.2)."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]  # typeshed leaves it out
            if status in (100, 101) or not 100 <= status < 200:  # 100 is http.client's own; 101 has no other behind it
                return version, status, reason
            parse_headers(self.fp)


class _Pinned(HTTPConnection):
    """Connects to the judged addresses; Host, SNI and the certificate's check use the name."""

    addresses: tuple[Address, ...]
    deadline: Deadline
    address: Address
    response_class = _Final

    def _new_conn(self) -> "socket.socket":
        sock, self.address = connect(self.addresses, self.port, self.deadline)
        return sock


class _PinnedTls(_Pinned, HTTPSConnection):
    """The same over TLS."""


Connection = _Pinned


def open_connection(
    url: ParsedUrl, addresses: tuple[Address, ...], deadline: Deadline, context: ssl.SSLContext | None
) -> Connection:
    """Connect, with the TLS handshake when there is a `context`.

    Raises:
        OutgoingError: "connection" or "timeout". Errors of the handshake are raised as they are.
    """
    if context is None:
        connection: Connection = _Pinned(url.host, url.port)
    else:
        connection = _PinnedTls(url.host, url.port, ssl_context=context, server_hostname=url.host)
    connection.addresses = addresses
    connection.deadline = deadline
    try:
        connection.connect()
    except BaseException:
        connection.close()
        raise
    return connection


def limit(connection: Connection, deadline: Deadline, receivable: int) -> None:
    """Put the limits of a request on the connection's socket."""
    cast("PlainSocket | TlsSocket", connection.sock).limit(deadline, receivable)
