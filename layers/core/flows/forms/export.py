"""Submissions as CSV: read a page at a time, written part by part, so that 100,000 rows take no more memory than 1,000."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from flows import strict_json
from flows.aws import ids
from flows.csv_cells import safe_cell
from flows.errors import invalid
from flows.forms import service, submission_repository
from flows.forms.export_file import PART_BYTES, ExportFile
from flows.forms.time_range import Range

MAX_INLINE_BYTES = 3_000_000
"""A larger file goes through S3: no answer exceeds 5 MB, and Lambda counts the escaped text."""

_SECONDS = 24.0
"""API Gateway waits for 29 s."""

_OWN_COLUMNS = ("submission_id", "submitted_at", "form_version")


@dataclass(frozen=True)
class Export:
    """The file itself, or where it can be fetched for five minutes."""

    text: str | None = None
    url: str | None = None


def export(account_id: str, form_id: str, span: Range) -> Export:
    """All submissions of a range, newest first.

    Raises:
        NotFound.
        ValidationFailed: more rows than can be written in one request's time: ask for a shorter range.
    """
    form = service.stored(account_id, form_id)
    lines = _lines(form.columns, submission_repository.rows(account_id, form_id, span))
    deadline = monotonic() + _SECONDS
    held = bytearray()
    file: ExportFile | None = None
    try:
        for line in lines:
            held += line
            if len(held) > MAX_INLINE_BYTES and file is None:
                file = ExportFile(f"exports/{account_id}/{ids.new_token()}.csv", f"{form_id}.csv")
            if file is not None and len(held) >= PART_BYTES:
                file.add(bytes(held))
                held.clear()
            if monotonic() > deadline:
                raise invalid(
                    "query.from", "too many rows for one file; ask for a shorter time with from and to", "too_many_rows"
                )
        if file is None:
            return Export(text=held.decode())
        return Export(url=file.finish(bytes(held)))
    except BaseException:
        if file is not None:
            file.abandon()
        raise


def cell(value: Any) -> str:
    """A field's value as a cell that a spreadsheet does not run; choices of a list stand side by side, a file is its name."""
    if isinstance(value, dict):
        value = value["name"]
    return safe_cell("; ".join(value) if isinstance(value, list) else value)


def _lines(columns: Sequence[str], rows: Iterator[dict[str, str]]) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    # A field that is called like one of our own columns keeps its values under another heading.
    writer.writerow([*_OWN_COLUMNS, *(f"data.{name}" if name in _OWN_COLUMNS else name for name in columns)])
    for row in rows:
        data = strict_json.loads(row["data"])
        writer.writerow([row["id"], row["submitted_at"], row["form_version"], *(cell(data.get(name)) for name in columns)])
        if buffer.tell() > 65_536:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
