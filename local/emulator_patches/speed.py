"""Nothing that differs from AWS: where the emulator spends time on each request that it need not spend.

* Its HTTP server is written in Python down to the bytes; two fifths of a request's time went there. uvicorn with
  httptools and uvloop, which parse in C, serve the same application.
* A request's policies are parsed from their JSON twice. They are parsed once here, as long as the text stays the same.
"""

from __future__ import annotations

import asyncio
import functools
import json
from typing import Any

import hypercorn.asyncio
import uvicorn
import uvloop
from ministack.core import iam_evaluator as iam

DOCUMENTS = 2_000  # parsed policy documents kept


def apply() -> None:
    serve_with_uvicorn()
    parse_policies_once()


def serve_with_uvicorn() -> None:
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())

    async def serve(application: Any, config: Any) -> None:
        host, _, port = config.bind[0].rpartition(":")
        await uvicorn.Server(
            uvicorn.Config(
                application,
                host=host,
                port=int(port),
                http="httptools",
                ws="none",
                lifespan="on",
                access_log=False,
                log_level=config.loglevel.lower(),
                timeout_keep_alive=int(config.keep_alive_timeout),
                timeout_graceful_shutdown=3,
                server_header=False,
                date_header=False,
                proxy_headers=False,
                backlog=2_048,
            )
        ).serve()

    hypercorn.asyncio.serve = serve


def parse_policies_once() -> None:
    parse = iam.parse_policy_document
    parsed = functools.lru_cache(DOCUMENTS)(parse)

    def parse_policy_document(document: str | dict) -> list:
        # A dict is taken by its text: it may be changed in its place.
        return list(parsed(document if isinstance(document, str) else json.dumps(document)))

    iam.parse_policy_document = parse_policy_document
