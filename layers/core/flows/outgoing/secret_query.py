"""Query parameters that hold secrets: added at the last moment, and taken out of whatever URL comes back."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from urllib.parse import quote, unquote_plus

from flows.outgoing.urls import ParsedUrl


def with_query(url: ParsedUrl, parameters: Mapping[str, str]) -> ParsedUrl:
    """`url` with `parameters` appended to its query."""
    pairs = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters.items())
    if not pairs:
        return url
    path, mark, query = url.target.partition("?")
    return replace(url, target=f"{path}?{query}&{pairs}" if mark and query else f"{path}?{pairs}")


def without_query(url: ParsedUrl, names: AbstractSet[str]) -> ParsedUrl:
    """`url` without the parameters of `names`, however they are encoded."""
    path, mark, query = url.target.partition("?")
    if not mark or not names:
        return url
    kept = "&".join(part for part in query.split("&") if unquote_plus(part.partition("=")[0]) not in names)
    return replace(url, target=f"{path}?{kept}" if kept else path)
