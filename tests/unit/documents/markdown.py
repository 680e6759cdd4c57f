"""The project's documents, and the parts of their Markdown that name things: links, headings, code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.template import ROOT

FENCE = re.compile(r"^( *)```([\w-]*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^|\n\n)((?:    .*\n(?:\n(?=    ))?)+)")
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")


@dataclass(frozen=True)
class Document:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def blocks(self) -> list[str]:
        """Code blocks, fenced and indented."""
        indented = [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in INDENTED.findall(self._without_fences)]
        return [found[2] for found in FENCE.findall(self.text)] + indented

    @cached_property
    def spans(self) -> list[str]:
        """Code in running text."""
        return SPAN.findall(INDENTED.sub("\n\n", self._without_fences))

    @cached_property
    def prose(self) -> str:
        """What is no code block: code in running text included."""
        return INDENTED.sub("\n\n", self._without_fences)

    @property
    def links(self) -> Iterator[str]:
        for target, image in LINK.findall(SPAN.sub("", self.prose)):
            yield target or image

    @property
    def anchors(self) -> set[str]:
        """Names of headings as the usual viewers make them."""
        headings = re.findall(r"^#+ (.+)$", self._without_fences, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    @cached_property
    def _without_fences(self) -> str:
        return FENCE.sub("", self.text)


def documents() -> list[Document]:
    """Every document of the project that a person reads."""
    top = (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"))
    below = (*(ROOT / "docs").rglob("*.md"), *(ROOT / "sdks").glob("*/README.md"))
    return [Document(path) for path in sorted((*top, *below))]


def describes_a_service(document: Document) -> bool:
    """A page that is made from a connector: the routes on it are those of the service."""
    return document.path.parent == ROOT / "docs" / "connectors" and document.path.name != "README.md"
