"""What the resources of the async client share."""

from __future__ import annotations

from typing import TypeVar

from yourapp._answers import parsed, parsed_list
from yourapp._async.paginator import AsyncPaginator
from yourapp._async.transport import AsyncTransport
from yourapp._request import Request
from yourapp.models import Model

M = TypeVar("M", bound=Model)


class AsyncResource:
    """A part of the API."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def _one(self, request: Request, model: type[M]) -> M:
        answer = await self._transport.send(request)
        return parsed(model, answer.data, answer.response)

    async def _all(self, request: Request, model: type[M]) -> list[M]:
        answer = await self._transport.send(request)
        return parsed_list(model, answer.data, answer.response)

    def _list(self, request: Request, model: type[M]) -> AsyncPaginator[M]:
        return AsyncPaginator(self._transport, request, model)
