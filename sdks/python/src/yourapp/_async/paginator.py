"""What ``list()`` of the async client gives: ``await`` it for a page, or iterate over everything at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from typing import Any, Generic, TypeVar

from yourapp._async.page import AsyncPage
from yourapp._async.transport import AsyncTransport
from yourapp._request import Request
from yourapp.models import Model

M = TypeVar("M", bound=Model)


class AsyncPaginator(Generic[M]):
    """A list that is not fetched yet: ``page = await client.workflows.list()`` or ``async for workflow in client.workflows.list()``."""

    def __init__(self, transport: AsyncTransport, request: Request, model: type[M]) -> None:
        self._transport = transport
        self._request = request
        self._model = model

    def __await__(self) -> Generator[Any, None, AsyncPage[M]]:
        return AsyncPage.fetch(self._transport, self._request, self._model).__await__()

    async def __aiter__(self) -> AsyncIterator[M]:
        async for item in await self:
            yield item
