"""Pages of lists: iterating over one goes on over all that follow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Generic, TypeVar

from yourapp._answers import Answer, parsed_list
from yourapp._async.transport import AsyncTransport
from yourapp._request import Request
from yourapp.models import Model

M = TypeVar("M", bound=Model)


class AsyncPage(Generic[M]):
    """A part of a list.

    Iterating gives this page's items and those of all pages after it, fetched when they are needed.

    Attributes:
        data: this page's items.
        limit: items a page.
        page: its number, where the list has pages.
        total: items of the whole list, where the API tells.
        next_cursor: where the list goes on, or None.
    """

    def __init__(self, transport: AsyncTransport, request: Request, model: type[M], answer: Answer) -> None:
        self._transport = transport
        self._request = request
        self._model = model
        meta: dict[str, Any] = dict(answer.meta)
        self.data = parsed_list(model, answer.data, answer.response)
        self.limit: int = meta.get("limit") or len(self.data)
        self.page: int | None = meta.get("page")
        self.total: int | None = meta.get("total")
        self.next_cursor: str | None = meta.get("next_cursor")

    @classmethod
    async def fetch(cls, transport: AsyncTransport, request: Request, model: type[M]) -> AsyncPage[M]:
        """Fetch the page that a request asks for."""
        return cls(transport, request, model, await transport.send(request))

    @property
    def has_more(self) -> bool:
        """Whether pages follow."""
        if self.next_cursor:
            return True
        return bool(self.data) and self.page is not None and self.total is not None and self.page * self.limit < self.total

    async def next_page(self) -> AsyncPage[M] | None:
        """The page after this one, or None."""
        if not self.has_more:
            return None
        query = {name: value for name, value in self._request.query.items() if name not in ("page", "cursor")}
        if self.next_cursor:
            query["cursor"] = self.next_cursor
        else:
            query["page"] = (self.page or 1) + 1
        return await self.fetch(self._transport, replace(self._request, query=query), self._model)

    async def pages(self) -> AsyncIterator[AsyncPage[M]]:
        """This page and those after it."""
        page: AsyncPage[M] | None = self
        while page is not None:
            yield page
            page = await page.next_page()

    async def __aiter__(self) -> AsyncIterator[M]:
        async for page in self.pages():
            for item in page.data:
                yield item

    def __len__(self) -> int:
        """Items of the whole list.

        Raises:
            TypeError: the API does not tell (lists of executions and deliveries are read by cursor only).
        """
        if self.total is not None:
            return self.total
        if not self.has_more and "cursor" not in self._request.query:
            return len(self.data)
        raise TypeError("The length of this list is not known; iterate over it")

    def __bool__(self) -> bool:
        return bool(self.data)

    def __getitem__(self, index: int) -> M:
        """An item of this page."""
        return self.data[index]

    def __repr__(self) -> str:
        total = f" of {self.total}" if self.total is not None else ""
        return f"<{type(self).__name__}: {len(self.data)}{total} {self._model.__name__}, has_more={self.has_more}>"
