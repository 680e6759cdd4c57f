"""Pages of a list: which request comes next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.connectors.paths import pick
from flows.connectors.schema import Pagination

_LINK = re.compile(r'<([^<>]+)>((?:\s*;\s*[a-z*]+\s*=\s*(?:"[^"]*"|[^",;]+))*)', re.IGNORECASE)
_REL_NEXT = re.compile(r'rel\s*=\s*"?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*(?:;|$)', re.IGNORECASE)


@dataclass(frozen=True)
class Next:
    """The next request: the same action with other ``inputs``, or a ``url`` to be followed."""

    inputs: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""


def items_of(pagination: Pagination, body: Any) -> list[Any]:
    """The items of a page."""
    found = pick(body, pagination.items)
    return found if isinstance(found, list) else []


def following(pagination: Pagination, inputs: Mapping[str, Any], body: Any, headers: Mapping[str, str]) -> Next | None:
    """What to ask for after this page; None at the end.

    Args:
        pagination: the action's rule.
        inputs: those of the page that came.
        body, headers: the answer.
    """
    if pagination.more and not pick(body, pagination.more):
        return None
    items = items_of(pagination, body)
    if pagination.kind == "link_header":
        url = next_link(headers.get("link", ""))
        return Next(url=url) if url else None
    if pagination.kind == "next_url":
        url = pick(body, pagination.next)
        return Next(url=url) if isinstance(url, str) and url else None
    if pagination.kind == "cursor":
        cursor = pick(body, pagination.next)
        return _with(inputs, pagination, cursor) if cursor not in (None, "", False) else None
    if not items:
        return None
    if pagination.kind == "page":
        return _with(inputs, pagination, int(inputs.get(pagination.into) or 1) + 1)
    if pagination.kind == "offset":
        return _with(inputs, pagination, int(inputs.get(pagination.into) or 0) + len(items))
    last = pick(items[-1], pagination.next or "id")
    return _with(inputs, pagination, last) if last is not None else None


def next_link(header: str) -> str:
    """The URL of ``rel="next"`` in a Link header (RFC 8288), or ""."""
    for match in _LINK.finditer(header):
        if any(_REL_NEXT.fullmatch(part.strip()) for part in match[2].split(";")):
            return match[1]
    return ""


def _with(inputs: Mapping[str, Any], pagination: Pagination, value: Any) -> Next | None:
    if inputs.get(pagination.into) == value:
        return None  # the same page again: a service that ignores the cursor would be asked for ever
    return Next({**inputs, pagination.into: value})
