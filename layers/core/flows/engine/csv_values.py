"""CSV (RFC 4180) as JSON values and back."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any

from flows.csv_cells import cell, safe_cell

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,15})")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?")
MAX_CELL = 5_000_000


class CsvError(ValueError):
    """The text is no CSV, or the value cannot be written as CSV."""


def parse(text: str, *, delimiter: str = ",", header: bool = True, types: bool = False) -> list[Any]:
    """The rows: objects by the names in the first row, or without `header` lists.

    Args:
        text: CSV; a byte order mark is passed over, and so are empty lines.
        types: numbers, true, false and empty cells become JSON's; texts with leading zeros (codes, telephone numbers) stay texts.

    Raises:
        CsvError: broken, a name twice in the header, a row longer than the header.
    """
    read = typed if types else str
    rows = _rows(text.removeprefix("\ufeff"), delimiter)
    if not header:
        return [[read(value) for value in row] for _, row in rows]
    first = next(rows, None)
    if first is None:
        return []
    names = first[1]
    if len(set(names)) != len(names):
        raise CsvError("has a name twice in its header; read it with header false")
    return [_named(line, row, names, read) for line, row in rows]


def build(
    rows: Sequence[Any], *, delimiter: str = ",", header: bool = True, columns: Sequence[str] | None = None, safe: bool = True
) -> str:
    """CSV of objects or of lists, with CRLF after each row.

    Args:
        columns: the objects' names that are written, in this order (None: all, in the order in which they come up).
        safe: cells that a spreadsheet would run as formulas get a ' before them.

    Raises:
        CsvError: rows that are neither all objects nor all lists.
    """
    written = safe_cell if safe else cell
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    if rows and all(isinstance(row, list) for row in rows):
        for row in rows:
            writer.writerow([written(value) for value in row])
        return out.getvalue()
    if not all(isinstance(row, dict) for row in rows):
        raise CsvError("must be a list of objects, or a list of lists")
    names = list(columns) if columns is not None else list(dict.fromkeys(name for row in rows for name in row))
    if header and names:
        writer.writerow([written(name) for name in names])
    for row in rows if names else ():
        writer.writerow([written(row.get(name)) for name in names])
    return out.getvalue()


def typed(text: str) -> Any:
    """A cell as JSON: a number, true, false, null for an empty one, else the text."""
    if text == "":
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    if csv.field_size_limit() < MAX_CELL:
        csv.field_size_limit(MAX_CELL)  # the process's own; nothing else here reads CSV
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error:
        raise CsvError(f"is broken at line {reader.line_num}: is a quote missing, or the delimiter another?") from None


def _named(line: int, row: list[str], names: list[str], read: Any) -> dict[str, Any]:
    if len(row) > len(names):
        raise CsvError(f"has {len(row)} cells in line {line}, but the header names {len(names)}")
    cells: list[str | None] = [*row, *[None] * (len(names) - len(row))]
    return {name: None if value is None else read(value) for name, value in zip(names, cells, strict=True)}
