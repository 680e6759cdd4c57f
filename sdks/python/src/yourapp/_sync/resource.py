"""What the resources of the blocking client share."""

from __future__ import annotations

from typing import TypeVar

from yourapp._answers import parsed, parsed_list
from yourapp._request import Request
from yourapp._sync.page import Page
from yourapp._sync.transport import Transport
from yourapp.models import Model

M = TypeVar("M", bound=Model)


class Resource:
    """A part of the API."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _one(self, request: Request, model: type[M]) -> M:
        answer = self._transport.send(request)
        return parsed(model, answer.data, answer.response)

    def _all(self, request: Request, model: type[M]) -> list[M]:
        answer = self._transport.send(request)
        return parsed_list(model, answer.data, answer.response)

    def _list(self, request: Request, model: type[M]) -> Page[M]:
        return Page.fetch(self._transport, request, model)
