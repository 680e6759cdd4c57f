"""From a template to a page with its headers. Everything that is put in is escaped by the template engine.

Style and script stand in the page itself and are allowed by their hash, so that the policy needs neither 'unsafe-inline' nor another
request, and whatever else might find its way into a page does not run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Page:
    """A page, ready to be sent."""

    status: int
    headers: dict[str, str]
    body: str


def render(
    template: str,
    *,
    status: int = 200,
    script: str | None = None,
    frame_hosts: Sequence[str] = (),
    action_hosts: Sequence[str] = (),
    connect: Sequence[str] = (),
    **values: Any,
) -> Page:
    """Render a page.

    Args:
        template: a file of ``templates/``.
        status: HTTP status.
        script: a file beside this module that the page runs.
        frame_hosts: hosts whose pages may show this one in a frame, beside its own site.
        action_hosts: hosts that sending the page's form may lead to (browsers judge redirects by form-action too).
        connect: origins that the page's script may call; none by default.
        values: what the template shows.
    """
    style = _text("page.css")
    code = _text(script) if script else None
    body = _environment().get_template(template).render(page_style=style, page_script=code, **values)
    return Page(status, _headers(style, code, frame_hosts, action_hosts, connect), body)


def message(status: int, title: str, text: str, frame_hosts: Sequence[str] = ()) -> Page:
    """A page that only says something: thanks, not found, too many requests."""
    return render("message.html", status=status, title=title, text=text, frame_hosts=frame_hosts)


def _headers(
    style: str, code: str | None, frame_hosts: Sequence[str], action_hosts: Sequence[str], connect: Sequence[str]
) -> dict[str, str]:
    policy = [
        "default-src 'none'",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(code)}'" if code else "script-src 'none'",
        "img-src data:",
        *([" ".join(["connect-src", *connect])] if connect else []),
        " ".join(["form-action 'self'", *action_hosts]),
        " ".join(["frame-ancestors 'self'", *frame_hosts]),
        "base-uri 'none'",
    ]
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    if not frame_hosts:
        headers["X-Frame-Options"] = "SAMEORIGIN"  # for browsers without frame-ancestors; it cannot name hosts
    return headers


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
