"""The text of an HTML document, as a person reads it."""

from __future__ import annotations

import re
from typing import Any

_HIDDEN = ("script", "style", "template", "noscript", "head", "svg")
_BLOCKS = [
    "address",
    "article",
    "aside",
    "blockquote",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
]
_BREAK = "\ue000"
"""Stands for a line's end until the white space of the document is folded; private use, so no text means anything by it."""
_BREAKS = re.compile(rf" ?{_BREAK}[ {_BREAK}]*")


def parsed(html: str) -> Any:
    """The document's tree (BeautifulSoup, with Python's own parser)."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(html, "html.parser")


def one_line(text: str) -> str:
    """Text with its white space as a browser shows it."""
    return " ".join(text.split())


def readable(html: str) -> str:
    """The text: a new line for each block, an empty one around paragraphs; nothing of scripts and styles."""
    soup = parsed(html.replace(_BREAK, ""))
    for hidden in soup.find_all(_HIDDEN):
        hidden.decompose()
    for line_break in soup.find_all("br"):
        line_break.replace_with(_BREAK)
    for cell in soup.find_all(["td", "th"]):
        cell.append(" ")
    for block in soup.find_all(_BLOCKS):
        ends = _BREAK * (2 if block.name == "p" else 1)
        block.insert_before(ends)
        block.insert_after(ends)
    text = " ".join(soup.get_text().split())
    return _BREAKS.sub(lambda breaks: "\n\n" if breaks[0].count(_BREAK) > 2 else "\n", text).strip()
