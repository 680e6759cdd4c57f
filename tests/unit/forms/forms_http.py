"""The two functions behind a plain HTTP server on 127.0.0.1, as API Gateway would call them."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def event(
    method: str, target: str, body: str = "", headers: Mapping[str, str] | None = None, account: str | None = None
) -> dict[str, Any]:
    """API Gateway's proxy event of a request; with an account, as the authorizer lets it through."""
    parts = urlsplit(target)
    context: dict[str, Any] = {"requestId": "req-1", "identity": {"sourceIp": "192.0.2.1"}, "stage": "v1", "httpMethod": method}
    if account:
        context["authorizer"] = {"account_id": account, "key_id": "key_1", "plan": "unlimited", "scopes": "*"}
    return {
        "httpMethod": method,
        "path": parts.path,
        "resource": parts.path,
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "headers": dict(headers or {}),
        "multiValueQueryStringParameters": parse_qs(parts.query, keep_blank_values=True) or None,
        "queryStringParameters": {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        or None,
        "requestContext": context,
        "body": body,
        "isBase64Encoded": False,
    }


def call(handler: Handler, *arguments: Any, **options: Any) -> Response:
    """Send a request to a function."""
    answer = handler(event(*arguments, **options), None)
    headers = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
    return Response(answer["statusCode"], headers, answer["body"])


@contextmanager
def serving(handler: Handler) -> Iterator[str]:
    """The function on a port of its own; gives the base URL. Like a Lambda worker it answers one request at a time."""
    one_at_a_time = threading.Lock()

    class Server(http.server.BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            with one_at_a_time:
                answer = handler(event(self.command, self.path, body, dict(self.headers.items())), None)
            raw = answer["body"].encode()
            self.send_response(answer["statusCode"])
            for name, values in answer["multiValueHeaders"].items():
                for value in values:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = handle_any

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    # Browsers open connections ahead and leave them silent: each has a thread, which nobody waits for at the end.
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads, server.block_on_close = True, False
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
