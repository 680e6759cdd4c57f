"""The page behind an approval's link. Opening it decides nothing, for mail scanners and link previews open links too: the button does."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qs

from flows.errors import Conflict, NotFound, UnsupportedMediaType, invalid
from flows.executions import service
from flows.pages import document
from flows.pages.document import Page
from flows.triggers import links
from flows.triggers.links import Link
from flows.triggers.waiting import waits_with

MAX_NAME = 200
MAX_COMMENT = 2_000

_TEXTS = {
    "approve": ("Approve?", "Approve", "Approved"),
    "reject": ("Reject?", "Reject", "Rejected"),
}


def show(token: str) -> Page:
    """Ask for confirmation of the link's decision, with the approval's message."""
    link = _link(token)
    waiting = waits_with(link) if link else None
    if link is None or waiting is None:
        return _over()
    title, button, _ = _TEXTS[link.decision]
    return document.render(
        "approval.html",
        title=title,
        message=str(waiting.get("message") or ""),
        button=button,
        max_name=MAX_NAME,
        max_comment=MAX_COMMENT,
    )


def decide(token: str, body: bytes, content_type: str) -> Page:
    """Take the decision.

    Args:
        token: of the link.
        body: what the page's form sends: ``by`` and ``comment``.
        content_type: of the body.

    Raises:
        UnsupportedMediaType, ValidationFailed: it is not what the page sends.
    """
    link = _link(token)
    if link is None or waits_with(link) is None:
        return _over()
    answer = _read(body, content_type)
    # One answer a link and person: a repeat of the request, or a second look at the page, counts for nothing.
    person = (answer["by"] or "").casefold()
    once = hashlib.sha256(f"{token}\0{person}".encode()).hexdigest()
    data = {"decision": link.decision, **answer}
    try:
        service.answer(link.account_id, link.execution_id, link.scope, link.node_id, "approval", data, once, at_once=False)
    except (NotFound, Conflict):
        return _over()
    return document.message(200, _TEXTS[link.decision][2], "Your decision has been recorded. You can close this window.")


def _link(token: str) -> Link | None:
    link = links.verify(token)
    return link if link and link.decision in _TEXTS else None


def _read(body: bytes, content_type: str) -> dict[str, str | None]:
    if body and content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("The page's answers come as application/x-www-form-urlencoded")
    try:
        pairs = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=20)
    except ValueError:
        raise invalid("", "the answers cannot be read", "form_invalid") from None
    answer: dict[str, str | None] = {}
    for name, longest in (("by", MAX_NAME), ("comment", MAX_COMMENT)):
        text = " ".join(pairs.get(name, [])).replace("\r\n", "\n").strip()
        if len(text) > longest:
            raise invalid(name, f"must have at most {longest} characters", "max_length")
        answer[name] = text or None
    return answer


def _over() -> Page:
    return document.message(
        410,
        "Nothing to decide",
        "This link is not valid, or what it was for has been decided, has timed out, or has ended.",
    )
