"""Values as cells of a CSV file that is safe to open in a spreadsheet.

A spreadsheet takes a cell that begins with ``= + - @`` for a formula, and formulas can send data away (OWASP, "CSV Injection"). Such a
text gets an apostrophe in front. So do the fullwidth forms of these characters, which spreadsheets of East Asian locales read alike, and
a tab, carriage return or line feed, behind which the formula may hide. Numbers of JSON stay numbers: -5 is no formula.
"""

from __future__ import annotations

from typing import Any

from flows import strict_json

_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def cell(value: Any) -> str:
    """A JSON value as the text of a cell; choices of a list are put side by side."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return strict_json.dumps(value)
    if isinstance(value, list):
        return safe("; ".join(part if isinstance(part, str) else strict_json.dumps(part) for part in value))
    return safe(value if isinstance(value, str) else strict_json.dumps(value))


def safe(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would calculate."""
    # Leading blanks are looked through: some readers trim a cell before they judge it.
    return f"'{text}" if text.startswith(_STARTS) or text.lstrip().startswith(_STARTS) else text
