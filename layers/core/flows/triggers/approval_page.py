"""The page behind an approval's link. Opening it decides nothing, for mail scanners and link previews open links too: the button does, or
a program that posts JSON to the link.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from flows.errors import Conflict, NotFound, Problem, UnsupportedMediaType, ValidationFailed, invalid
from flows.executions import service, waking
from flows.pages import document
from flows.pages.document import Page
from flows.problems import place
from flows.triggers import links
from flows.triggers.links import Link
from flows.triggers.waiting import waits_with

MAX_NAME = 200
MAX_COMMENT = 2_000
_LONGEST = {"by": MAX_NAME, "comment": MAX_COMMENT}

_TEXTS = {
    "approve": ("Approve?", "Approve", "Approved"),
    "reject": ("Reject?", "Reject", "Rejected"),
}

_DECIDED = "Nothing waits for this decision: it has been made, has timed out, or the execution has ended"


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
    """Take the decision of whoever pressed the button.

    Args:
        token: of the link.
        body: what the page's form sends: ``by`` and ``comment``.
        content_type: of the body.

    Raises:
        UnsupportedMediaType, ValidationFailed: it is not what the page sends.
    """
    link = _link(token)
    waiting = waits_with(link) if link else None
    if link is None or waiting is None:
        return _over()
    if body and content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("The answers come as application/x-www-form-urlencoded, or from a program as application/json")
    try:
        _take(token, link, waiting, _read_form(body))
    except (NotFound, Conflict):
        return _over()
    return document.message(200, _TEXTS[link.decision][2], "Your decision has been recorded. You can close this window.")


@dataclass(frozen=True)
class Decided:
    """What a program is answered: ``approved`` or ``rejected``, by whom, why."""

    decision: str
    by: str | None
    comment: str | None


def decide_as_program(token: str, given: Mapping[str, Any]) -> Decided:
    """Take the decision that a program hands on, such as a chat's bot.

    Args:
        token: of the link.
        given: ``by`` and ``comment``, both optional.

    Raises:
        NotFound: the link is not valid.
        Conflict: it is not, or no longer, waited for.
        ValidationFailed: there are other fields, or they are no texts.
    """
    link = _link(token)
    if link is None:
        raise NotFound("No such approval")
    waiting = waits_with(link)
    if waiting is None:
        raise Conflict(_DECIDED)
    answer = _read_fields(given)
    _take(token, link, waiting, answer)
    return Decided(_TEXTS[link.decision][2].lower(), answer["by"], answer["comment"])


def _take(token: str, link: Link, waiting: Mapping[str, Any], answer: dict[str, str | None]) -> None:
    """Keep the decision, or find that it is not the first, although the run has not gone on yet.

    Raises:
        NotFound, Conflict: the run has ended, or others have decided.
    """
    person = (answer["by"] or "").casefold()
    needed = waiting.get("approvals_needed") or 1
    if needed > 1:
        before = _given(link)
        approvers = {by for decision, by in before if decision == "approve"}
        if (link.decision, person) in before:
            return  # a second click: one answer a link and person
        if len(approvers) >= needed or any(decision == "reject" for decision, _ in before):
            raise Conflict(_DECIDED)
    # Where one answer decides, all have the same key, and the table takes the first.
    once = hashlib.sha256(f"{token}\0{person}".encode()).hexdigest() if needed > 1 else "the decision"
    data = {"decision": link.decision, **answer}
    new = service.answer(link.account_id, link.execution_id, link.scope, link.node_id, "approval", data, once, at_once=False)
    if not new and (link.decision, person) not in _given(link):
        raise Conflict(_DECIDED)


def _given(link: Link) -> list[tuple[str, str]]:
    """The decisions so far, and by whom."""
    found = waking.given(link.account_id, link.execution_id, link.scope, link.node_id)
    return [(data["decision"], (data.get("by") or "").casefold()) for data in found]


def _link(token: str) -> Link | None:
    link = links.verify(token)
    return link if link and link.decision in _TEXTS else None


def _read_form(body: bytes) -> dict[str, str | None]:
    try:
        pairs = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=20)
    except ValueError:
        raise invalid("", "the answers cannot be read", "form_invalid") from None
    return _checked({name: " ".join(pairs.get(name, [])) for name in _LONGEST})


def _read_fields(given: Mapping[str, Any]) -> dict[str, str | None]:
    problems = [Problem(place("", (name,)), "unknown field", "unknown_field") for name in given if name not in _LONGEST]
    problems += [
        Problem(name, "must be a string", "string_type")
        for name in _LONGEST
        if given.get(name) is not None and not isinstance(given[name], str)
    ]
    if problems:
        raise ValidationFailed(problems)
    return _checked({name: given.get(name) or "" for name in _LONGEST})


def _checked(texts: dict[str, str]) -> dict[str, str | None]:
    answer: dict[str, str | None] = {}
    for name, longest in _LONGEST.items():
        text = texts[name].replace("\r\n", "\n").strip()
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
