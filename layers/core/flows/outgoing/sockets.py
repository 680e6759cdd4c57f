"""Sockets that know the request's deadline and how many bytes may still come.

http.client and urllib3 set a time limit for each read, so a server that sends a byte a second never meets it, and neither
bounds the sum of interim answers, trailers and chunk overhead. Both limits hold here, below everything that reads.
"""

import socket
import ssl
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any

from flows.outgoing.addresses import Address
from flows.outgoing.deadline import Deadline
from flows.outgoing.errors import OutgoingError

if TYPE_CHECKING:
    _Base = socket.socket
else:
    _Base = object


class _Limits(_Base):
    """What both kinds of socket do before each operation."""

    deadline: Deadline | None = None
    receivable: int = 0

    def limit(self, deadline: Deadline, receivable: int) -> None:
        """Begin a request: every later operation ends by `deadline`, at most `receivable` bytes come in."""
        self.deadline = deadline
        self.receivable = receivable

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._arm()
        if hasattr(socket, "TCP_QUICKACK"):
            # A server that sends head and body apart, with Nagle's algorithm on, waits 40 ms for a delayed ACK (Linux).
            self.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        count = super().recv_into(*args, **kwargs)
        self.receivable -= count
        if self.receivable < 0:
            raise too_large(self.deadline)
        return count

    def send(self, *args: Any, **kwargs: Any) -> int:
        self._arm()
        return super().send(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self._arm()
        super().sendall(*args, **kwargs)

    def _arm(self) -> None:
        if self.deadline is not None:
            self.settimeout(self.deadline.remaining())


class PlainSocket(_Limits, socket.socket):
    """A TCP socket with limits."""


class TlsSocket(_Limits, ssl.SSLSocket):
    """A TLS socket with limits; made by a context whose `sslsocket_class` it is."""


def connect(addresses: tuple[Address, ...], port: int, deadline: Deadline) -> tuple[PlainSocket, Address]:
    """Connect to the first of `addresses` that answers; the time left is shared by those not yet tried.

    Returns:
        The connected socket and the address it leads to.

    Raises:
        OutgoingError: "connection" or "timeout".
    """
    for position, address in enumerate(addresses):
        family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
        try:
            connection = PlainSocket(family, socket.SOCK_STREAM)
        except OSError:
            continue  # no IPv6 on this machine
        try:
            connection.settimeout(deadline.remaining() / (len(addresses) - position))
            connection.connect((str(address), port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(deadline.remaining())
        except OSError:
            connection.close()
        except OutgoingError:
            connection.close()
            raise
        else:
            return connection, address
    deadline.remaining()
    raise OutgoingError("connection", "The host could not be connected to.", retryable=True)


def too_large(deadline: Deadline | None, max_bytes: int | None = None) -> OutgoingError:
    """The error of an answer over its limit, which is told where it is that of the body."""
    limit = f" ({max_bytes / 1024 / 1024:.3g} MB)" if max_bytes is not None else ""
    return OutgoingError(
        "too_large", f"The answer is larger than allowed{limit}.", maybe_sent=deadline is not None and deadline.maybe_sent
    )
