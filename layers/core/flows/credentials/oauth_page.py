"""The page that a person sees at ``GET /oauth/callback``."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.credentials.oauth_callback import CallbackRefused, finish

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Page:
    """A page: HTTP status, HTML, headers."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=lambda: dict(_HEADERS))


def callback(query: Mapping[str, str]) -> Page:
    """Finish the authorization and say so.

    Args:
        query: the request's query parameters, one value each.
    """
    try:
        name = finish(dict(query))
    except CallbackRefused as error:
        return Page(400, _html("Not connected", error.message))
    return Page(200, _html("Connected", f"The credential “{name}” is ready. You can close this window."))


def _html(title: str, text: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title></head><body><main><h1>{html.escape(title)}</h1>"
        f"<p>{html.escape(text)}</p></main></body></html>\n"
    )
