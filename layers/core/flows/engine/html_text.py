"""The text of an HTML document, as a person reads it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

_HIDDEN = frozenset(("head", "noscript", "script", "style", "svg", "template", "title"))
_BLOCKS = frozenset(
    (
        *(
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
        ),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
        *("table", "tbody", "tfoot", "thead", "tr", "ul", "br"),
    )
)
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
    reader = _Reader()
    reader.feed(html.replace(_BREAK, ""))
    reader.close()
    text = " ".join("".join(reader.pieces).split())
    return _BREAKS.sub(lambda breaks: "\n\n" if breaks[0].count(_BREAK) > 2 else "\n", text).strip()


class _Reader(HTMLParser):
    """Collects the text in one pass, without a tree: deep documents cost no more than flat ones."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "body":
            self._hidden = ""  # the end of the head may be left out
        if self._hidden:
            self._depth += tag == self._hidden
        elif tag in _HIDDEN:
            self._hidden, self._depth = tag, 1
        else:
            self._separate(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        if not self._hidden:
            self._separate(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._hidden:
            if tag != "br":
                self._separate(tag)
        elif tag == self._hidden:
            self._depth -= 1
            if not self._depth:
                self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)

    def _separate(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append(_BREAK * 2 if tag == "p" else _BREAK)
        elif tag in ("td", "th"):
            self.pieces.append(" ")
