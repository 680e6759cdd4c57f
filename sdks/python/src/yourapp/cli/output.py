"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from yourapp.models import Model

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Limit = Annotated[int, typer.Option(min=1, help="How many at most.")]

_WIDE = 10_000
_COLORS = {"completed": "green", "published": "green", "succeeded": "green", "failed": "red", "waiting": "yellow"}


def show_json(value: Any) -> None:
    """Print JSON: indented, and what the API sent."""
    typer.echo(json.dumps(_plain(value), indent=2, ensure_ascii=False))


def show_json_line(value: Any) -> None:
    """Print JSON on one line, at once: for what comes bit by bit."""
    typer.echo(json.dumps(_plain(value), ensure_ascii=False))
    sys.stdout.flush()


def show_table(items: Iterable[Model], columns: Sequence[str], *, empty: str) -> None:
    """Print a table of fields, one row an item; nothing is cut off when the output goes into a file or a pipe."""
    table = Table(*(name.upper().replace("_", " ") for name in columns), box=None, pad_edge=False, header_style="bold")
    for item in items:
        table.add_row(*(_cell(getattr(item, name)) for name in columns))
    if not table.row_count:
        typer.echo(empty, err=True)
        return
    console = Console(soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else _WIDE)
    for column in table.columns:
        column.no_wrap = True
    console.print(table)


def show(items: Sequence[Model], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print items as a table or as JSON."""
    if as_json:
        show_json(items)
    else:
        show_table(items, columns, empty=empty)


def say(message: str, *, as_json: bool = False) -> None:
    """Tell a person what was done; programs that read JSON get it on stderr."""
    typer.echo(message, err=as_json)


def _cell(value: Any) -> Text:
    if value is None:
        return Text("-")
    if isinstance(value, datetime):
        return Text(value.astimezone().strftime("%Y-%m-%d %H:%M:%S"))
    if isinstance(value, list):
        return Text(", ".join(map(str, value)))
    return Text(str(value), style=_COLORS.get(str(value), ""))


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
