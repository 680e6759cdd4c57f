"""``GET /docs``: one page with its script and style in it, which the Content-Security-Policy names by their hashes. Nothing is
loaded from elsewhere; the page reads ``openapi.json`` and calls the API, both of its own origin.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent
_ASSETS = _HERE / "docs_assets"


@dataclass(frozen=True)
class Page:
    """The page and its headers."""

    html: str
    headers: dict[str, str]


@lru_cache(maxsize=1)
def page() -> Page:
    """The page, put together once a process."""
    style = (_ASSETS / "docs.css").read_text()
    script = (_ASSETS / "docs.js").read_text()
    html = (_ASSETS / "docs.html").read_text().replace("/*STYLE*/", style).replace("/*SCRIPT*/", script)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; connect-src 'self'; "
        "img-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "public, max-age=300",
    }
    return Page(html, headers)


@lru_cache(maxsize=1)
def openapi_text() -> str:
    """The committed OpenAPI document."""
    return (_HERE / "openapi.json").read_text()


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
