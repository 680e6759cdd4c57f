"""What a handler returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A successful answer in the envelope: ``{"success": true, "data": ..., "meta": ...}``.

    The type parameter is what ``data`` looks like in the OpenAPI document.

    Args:
        data: a pydantic model, a list of them, or plain JSON values.
        meta: what lists tell beside (page, limit, total, next_cursor, has_more), or None.
        headers: headers of this answer beside the usual ones.
        status: the HTTP status where it differs from the route's.
    """

    data: Any
    meta: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None


Listing: TypeAlias = Answer[list[T]]
"""An answer with a list in it."""


@dataclass(frozen=True)
class Raw:
    """An answer without the envelope: a page, a file, what a workflow's ``respond`` node said.

    Args:
        status: the HTTP status.
        headers: with the content type; a list of values makes a header that stands several times (``Set-Cookie``).
        body: text (sent as UTF-8) or bytes.
    """

    status: int
    headers: Mapping[str, str | list[str]]
    body: str | bytes = ""


def ok(
    data: Any,
    meta: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    status: int | None = None,
) -> Answer[Any]:
    """A successful answer; see :class:`Answer`."""
    return Answer(data, meta, headers or {}, status)
