"""The page that a person sees at ``GET /oauth/callback``."""

from __future__ import annotations

import html
from collections.abc import Mapping

from flows.api.answer import Raw
from flows.credentials.oauth_callback import CallbackRefused, finish

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def callback(query: Mapping[str, str]) -> Raw:
    """Finish the authorization and say so.

    Args:
        query: the request's query parameters, one value each.
    """
    try:
        name = finish(dict(query))
    except CallbackRefused as error:
        return Raw(400, _HEADERS, _page("Not connected", error.message))
    return Raw(200, _HEADERS, _page("Connected", f"The credential “{name}” is ready. You can close this window."))


def _page(title: str, text: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title></head><body><main><h1>{html.escape(title)}</h1>"
        f"<p>{html.escape(text)}</p></main></body></html>\n"
    )
