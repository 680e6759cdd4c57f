"""Cells of CSV files that people open in a spreadsheet."""

from __future__ import annotations

from typing import Any

from flows import strict_json

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula (OWASP, "CSV injection"), and the fullwidth forms of it."""


def cell(value: Any) -> str:
    """The text of a JSON value in a cell: null is empty, lists and objects are compact JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else strict_json.dumps(value)


def safe_cell(value: Any) -> str:
    """As :func:`cell`, with a ' before a text that a spreadsheet would run as a formula; numbers stay numbers."""
    text = cell(value)
    # Leading blanks are looked through: some readers trim a cell before they judge it.
    risky = isinstance(value, str) and (text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA))
    return f"'{text}" if risky else text
