"""Fixtures: a real HTTP server, and both clients talking to it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sdk_server import Server, serving

from yourapp import AsyncClient, Client, Page


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Neither this machine's settings nor its proxies."""
    for name in ("YOURAPP_API_KEY", "YOURAPP_BASE_URL", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("YOURAPP_CONFIG_DIR", str(tmp_path / "config"))


Use = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture(params=["blocking", "async"])
def use(request: pytest.FixtureRequest, server: Server) -> Use:
    """``use(lambda client: client.workflows.get("wf_1"))``, with either client; what is awaitable is awaited."""

    def blocking(action: Callable[[Any], Any], **options: Any) -> Any:
        with Client("ya_live_key", base_url=server.url, **options) as client:
            result = action(client)
            return list(result) if isinstance(result, Page | Iterator) else result

    def awaited(action: Callable[[Any], Any], **options: Any) -> Any:
        async def go() -> Any:
            async with AsyncClient("ya_live_key", base_url=server.url, **options) as client:
                result = action(client)
                if hasattr(result, "__aiter__"):
                    return [item async for item in result]
                return await result if inspect.isawaitable(result) else result

        return asyncio.run(go())

    return blocking if request.param == "blocking" else awaited
