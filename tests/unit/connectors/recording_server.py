"""A real HTTP server on 127.0.0.1 that records requests and answers what it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Recorded:
    """A request as it arrived; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """The running server.

    Args:
        origin: ``http://127.0.0.1:port``.
        answers: what the next requests get, in order: ``{status, json|text, headers}``; then 200 ``{}``.
        requests: what came.
    """

    origin: str
    answers: list[dict[str, Any]] = field(default_factory=list)
    requests: list[Recorded] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self.origin.removeprefix("http://")


@contextmanager
def recording() -> Iterator[Server]:
    """Serve until the block ends."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server = Server(f"http://127.0.0.1:{http.server_port}")
    http.recorder = server  # type: ignore[attr-defined]  # where the handler finds it
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self) -> None:
        server: Server = self.server.recorder  # type: ignore[attr-defined]  # set above
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        server.requests.append(Recorded(self.command, self.path, headers, body))
        answer = server.answers.pop(0) if server.answers else {"json": {}}
        text = answer["text"].encode() if "text" in answer else json.dumps(answer.get("json", {})).encode()
        self.send_response(answer.get("status", 200))
        for name, value in {"Content-Type": "application/json", **answer.get("headers", {})}.items():
            self.send_header(name, value.replace("{origin}", server.origin))
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
