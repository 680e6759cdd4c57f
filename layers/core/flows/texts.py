"""Texts that people give their things: what they may hold, the same for every resource."""

from __future__ import annotations


def one_line(text: str) -> str:
    """A name.

    Raises:
        ValueError: blank, or with line breaks or other characters that cannot be seen.
    """
    if not text.strip():
        raise ValueError("must not be blank")
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text
