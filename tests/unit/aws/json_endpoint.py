"""An endpoint of AWS, played: it answers what it is told to, byte for byte, and keeps what it was sent."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

HANG_UP = b""
"""Instead of an answer: the connection is closed."""


@dataclass
class Request:
    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class PlayedEndpoint:
    """Args: answers: one for each request; the last one goes on. requests: what came. connections: how many there were."""

    url: str
    answers: list[bytes]
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    closes_after_each: bool = False

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as incoming:
            while line := incoming.readline():
                headers = {}
                while (header := incoming.readline().decode("latin-1").rstrip("\r\n")) != "":
                    name, _, value = header.partition(": ")
                    headers[name] = value
                lengths = [int(value) for name, value in headers.items() if name.lower() == "content-length"]
                self.requests.append(Request(line.decode().rstrip(), headers, incoming.read(lengths[0])))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                connection.sendall(answer)
                if answer == HANG_UP or self.closes_after_each:
                    return


@contextmanager
def played(*answers: bytes, closes_after_each: bool = False) -> Iterator[PlayedEndpoint]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = PlayedEndpoint(f"http://127.0.0.1:{listener.getsockname()[1]}", list(answers))
        endpoint.closes_after_each = closes_after_each
        threading.Thread(target=endpoint.serve, args=(listener,), daemon=True).start()
        yield endpoint
        listener.shutdown(socket.SHUT_RDWR)


def answer(body: Any = None, status: int = 200, **headers: str) -> bytes:
    """An answer as AWS gives it. ``headers``: with underscores for hyphens."""
    raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} Told",
        f"Content-Length: {len(raw)}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw
