"""Lists: query parameters to a window, what a service listed to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query

from flows.api import cursors
from flows.api.answer import Answer
from flows.api.caller import caller
from flows.errors import invalid
from flows.paging import Listed, Window

_DEFAULT_LIMIT = 20
"""Items a page where nothing is asked for."""

Limit = Annotated[int, Query(ge=1, le=100, description="Items a page.")]
WholeLimit = Annotated[int | None, Query(ge=1, le=100, description="Items a page; without it all come at once.")]
PageNumber = Annotated[int | None, Query(ge=1, le=1_000_000, description="Page number, from 1. Not together with cursor.")]
Cursor = Annotated[str | None, Query(max_length=2048, description="Where to go on: next_cursor of the answer before.")]


@dataclass(frozen=True)
class ListQuery:
    """The parameters of a list that can be read by page and by cursor. A handler takes it as a parameter ``query: ListQuery``."""

    limit: Limit = _DEFAULT_LIMIT
    page: PageNumber = None
    cursor: Cursor = None


@dataclass(frozen=True)
class CursorQuery:
    """The parameters of a list that goes by cursor only."""

    limit: Limit = _DEFAULT_LIMIT
    cursor: Cursor = None


@dataclass(frozen=True)
class WholeQuery:
    """The parameters of a short list, such as a catalogue: all of it comes at once unless a limit is given."""

    limit: WholeLimit = None
    page: PageNumber = None
    cursor: Cursor = None


def window(query: ListQuery | CursorQuery, route: str, filters: Mapping[str, Any], *, account_id: str | None = None) -> Window:
    """What the service is asked for.

    Args:
        query: the parameters.
        route: a name of the list, such as ``GET /workflows``; where an id is part of the path, with the id.
        filters: the list's own parameters; a cursor is good for the same ones only.
        account_id: whose list (default: the caller's).

    Raises:
        ValidationFailed: page and cursor at once; a cursor that is altered, expired, or of another list.
    """
    page = getattr(query, "page", None)
    if query.cursor is None:
        return Window(query.limit, page)
    if page is not None:
        raise invalid("query.page", "page and cursor exclude each other", "conflict")
    return Window(query.limit, None, cursors.read(query.cursor, _binding(route, filters, account_id)))


def listing(
    listed: Listed[Any],
    query: ListQuery | CursorQuery,
    route: str,
    filters: Mapping[str, Any],
    *,
    account_id: str | None = None,
    view: Callable[[Any], Any] | None = None,
) -> Answer[Any]:
    """The answer for what a service listed; arguments as for :func:`window`.

    Args:
        view: makes the public form of an item (default: as it is).
    """
    meta: dict[str, Any] = {"limit": query.limit}
    cursor = cursors.write(listed.next_key, _binding(route, filters, account_id)) if listed.next_key else None
    page = getattr(query, "page", None)
    if isinstance(query, ListQuery) and query.cursor is None:
        meta = {"page": page or 1, "limit": query.limit}
        if listed.total is not None:
            meta["total"] = listed.total
    if page is None:
        meta |= {"next_cursor": cursor, "has_more": listed.next_key is not None}
    items = listed.items if view is None else [view(item) for item in listed.items]
    return Answer(items, meta)


def whole(items: Sequence[Any], query: WholeQuery, route: str, filters: Mapping[str, Any] | None = None) -> Answer[Any]:
    """The answer for a list that is known whole and keeps its order; arguments as for :func:`listing`."""
    asked = ListQuery(query.limit or max(len(items), _DEFAULT_LIMIT), query.page, query.cursor)
    wanted = window(asked, route, filters or {})
    start = wanted.after["n"] if wanted.after else wanted.skip
    end = start + asked.limit
    listed = Listed(list(items[start:end]), {"n": end} if end < len(items) else None, len(items))
    return listing(listed, asked, route, filters or {})


def _binding(route: str, filters: Mapping[str, Any], account_id: str | None) -> list[Any]:
    return [account_id or caller().account_id, route, {name: str(value) for name, value in filters.items() if value is not None}]
