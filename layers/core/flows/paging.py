"""Pages of a list: what a service is asked for and what it gives, without a word about HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")

Key = dict[str, Any]
"""A position in a DynamoDB query (an ``ExclusiveStartKey``)."""


@dataclass(frozen=True)
class Window:
    """Which part of a list is wanted.

    Args:
        limit: items, 1 to 100.
        page: the page's number from 1 on, or None: go on after ``after``.
        after: the key of the last item that the caller has seen, or None: from the beginning.
    """

    limit: int = 20
    page: int | None = None
    after: Key | None = None

    @property
    def skip(self) -> int:
        """Items before the wanted page."""
        return (self.page - 1) * self.limit if self.page else 0

    @property
    def is_first(self) -> bool:
        return self.after is None and self.skip == 0


@dataclass(frozen=True)
class Listed(Generic[T]):
    """A part of a list.

    Args:
        items: at most ``limit`` of them.
        next_key: where the list goes on, or None at its end.
        total: items in the whole list under the same filters, or None where it is not counted.
    """

    items: list[T]
    next_key: Key | None = None
    total: int | None = None


class QueryPage(Protocol):
    """What one call of Query gives (``flows.aws.tables.Page``)."""

    @property
    def items(self) -> list[dict[str, Any]]: ...

    @property
    def next_key(self) -> Key | None: ...


def walk(
    read: Callable[[Key | None, int], QueryPage],
    window: Window,
    *,
    key_of: Callable[[dict[str, Any]], Key],
    keep: Callable[[dict[str, Any]], bool] | None = None,
    batch: int | None = None,
    total: int | None = None,
) -> Listed[dict[str, Any]]:
    """Fill one page from as many calls of Query as it takes.

    A page is full when it has ``limit`` items that pass the filters and it is known whether another one follows, so
    ``has_more`` is never a guess. The position handed on is that of the last item on the page, not of the last one read:
    items written meanwhile neither repeat nor hide one that was there throughout.

    Args:
        read: ``read(start, limit)``: one Query from a key on; ``limit`` is a hint of how many to read.
        window: the page wanted.
        key_of: an item's key in the queried table or index (index keys and table keys).
        keep: a filter that DynamoDB cannot apply, such as a case-insensitive search.
        batch: items to read a call where a filter drops many (default: just enough for the page).
        total: passed on.
    """
    wanted = window.skip + window.limit + 1
    found: list[dict[str, Any]] = []
    start = window.after
    while True:
        page = read(start, batch or wanted - len(found))
        found += [item for item in page.items if keep is None or keep(item)]
        start = page.next_key
        if len(found) >= wanted or start is None:
            break
    items = found[window.skip : window.skip + window.limit]
    more = len(found) > window.skip + window.limit
    return Listed(items, key_of(items[-1]) if more and items else None, total)
