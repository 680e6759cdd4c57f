"""Kept-alive HTTP/1.1 connections to one endpoint of AWS: what its JSON protocols need, and no more.

For requests to AWS only, whose addresses come from the Region or the stack's own settings. What users ask for goes through
``flows.outgoing``.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

CONNECT_SECONDS = 3.0
READ_SECONDS = 20.0
"""The longest silence of the other side."""
MOST_IDLE = 50
_LINE_BYTES = 65_536
_MOST_HEADERS = 200


class ConnectionFailed(Exception):
    """No whole answer came: the request may or may not have been carried out. Says why, and nothing of the request."""


@dataclass(frozen=True)
class Answer:
    """Args: status: of HTTP; headers: by their lower-case names; body: all of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Endpoint:
    """Where a service answers, and the connections to it that are idle. Safe to share between threads.

    Args:
        url: ``https://host`` or ``http://host:port``, without a path.
        authorities: a file of certificate authorities in the place of certifi's.
    """

    def __init__(self, url: str, authorities: str | None = None) -> None:
        parts = urlsplit(url)
        self.host = parts.netloc
        self._name = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = _tls(authorities) if parts.scheme == "https" else None
        self._idle: deque[_Connection] = deque()  # appending and popping are atomic

    def exchange(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """POST to ``/`` and read the answer.

        Args:
            headers: with ``Host``, without ``Content-Length``. Values are ours: no check for line ends.

        Raises:
            ConnectionFailed.
        """
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body
        connection = self._take()
        if connection is not None:
            try:
                return self._exchange(connection, request)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the other side closed it as we took it: no reason to wait before asking again
            except (OSError, ValueError) as error:
                raise self._failed(error) from None
        try:
            return self._exchange(_Connection(self._connect()), request)
        except (OSError, ValueError) as error:
            raise self._failed(error) from None

    def _exchange(self, connection: _Connection, request: bytes) -> Answer:
        try:
            answer, goes_on = connection.exchange(request)
        except BaseException:
            connection.close()
            raise
        if goes_on and len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _failed(self, error: Exception) -> ConnectionFailed:
        return ConnectionFailed(f"{self._name}: {type(error).__name__}: {error}")

    def open(self) -> None:
        """Have a connection ready, when the other side lets us: the first request finds it."""
        try:
            self._idle.append(_Connection(self._connect()))
        except OSError:
            return  # the first request tells

    def _take(self) -> _Connection | None:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was faster
                return None
            if connection.is_open():
                return connection
            connection.close()
        return None

    def _connect(self) -> socket.socket:
        plain = socket.create_connection((self._name, self._port), CONNECT_SECONDS)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            connected = self._tls.wrap_socket(plain, server_hostname=self._name) if self._tls else plain
        except BaseException:
            plain.close()
            raise
        connected.settimeout(READ_SECONDS)
        return connected


class _Connection:
    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._answers = connected.makefile("rb")

    def exchange(self, request: bytes) -> tuple[Answer, bool]:
        """The answer, and whether the connection can be used again."""
        self._socket.sendall(request)
        while True:
            version, _, rest = self._line().partition(b" ")
            status = int(rest[:3])
            headers = self._headers()
            if status >= 200:  # else an interim answer: another follows (RFC 9110, 15.2)
                break
        body = b"" if status in (204, 304) else self._body(headers)
        goes_on = version == b"HTTP/1.1" and headers.get("connection", "").lower() != "close" and _has_end(headers, status)
        return Answer(status, headers, body), goes_on

    def is_open(self) -> bool:
        """Whether the other side has neither closed it nor said something unasked."""
        poller = select.poll()
        poller.register(self._socket, select.POLLIN)
        return not poller.poll(0)

    def close(self) -> None:
        try:
            self._answers.close()
            self._socket.close()
        except OSError:
            return

    def _line(self) -> bytes:
        line = self._answers.readline(_LINE_BYTES)
        if not line.endswith(b"\n"):
            raise ConnectionError("the answer ended in its head") if line else ConnectionResetError("closed without an answer")
        return line.rstrip(b"\r\n")

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _ in range(_MOST_HEADERS):
            line = self._line()
            if not line:
                return headers
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        raise ValueError("too many headers")

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        length = headers.get("content-length")
        return self._answers.read() if length is None else self._exactly(int(length))

    def _chunks(self) -> bytes:
        chunks = []
        while size := int(self._line().partition(b";")[0], 16):
            chunks.append(self._exactly(size))
            self._line()
        self._headers()  # trailers
        return b"".join(chunks)

    def _exactly(self, size: int) -> bytes:
        found = self._answers.read(size)
        if len(found) != size:
            raise ConnectionError("the answer ended in its body")
        return found


def _has_end(headers: Mapping[str, str], status: int) -> bool:
    return status in (204, 304) or "content-length" in headers or "transfer-encoding" in headers


@cache
def _tls(authorities: str | None) -> ssl.SSLContext:
    if authorities is None:
        import certifi

        authorities = certifi.where()
    return ssl.create_default_context(cafile=authorities)
