"""``yourapp executions``: list, get, logs, cancel."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from yourapp.cli.output import Json, Limit, say, show, show_json, show_json_line
from yourapp.cli.session import client_of
from yourapp.models import LogEntry

app = typer.Typer(help="Executions: runs of workflows.", no_args_is_help=True)

ExecutionId = Annotated[str, typer.Argument(help="Such as exec_456.", show_default=False)]


@app.command("list")
def list_executions(
    context: typer.Context,
    workflow: Annotated[str | None, typer.Option(help="Only runs of this workflow.")] = None,
    status: Annotated[str | None, typer.Option(help="pending, running, waiting, completed, failed or cancelled.")] = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List runs, newest first."""
    with client_of(context) as client:
        page = client.executions.list(workflow_id=workflow, status=status, limit=min(limit, 100))
        found = list(islice(page, limit))
    columns = ("id", "workflow_id", "status", "started_at", "completed_at")
    show(found, columns, as_json=as_json, empty="There are no executions.")


@app.command()
def get(context: typer.Context, execution_id: ExecutionId) -> None:
    """Show a run with its input, output and logs, as JSON."""
    with client_of(context) as client:
        show_json(client.executions.get(execution_id))


@app.command()
def logs(
    context: typer.Context,
    execution_id: ExecutionId,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run has ended.")] = False,
    as_json: Json = False,
) -> None:
    """Show what a run's nodes did; with --json one object a line."""
    with client_of(context) as client:
        entries = client.executions.stream_logs(execution_id) if follow else client.executions.logs(execution_id, limit=100)
        for entry in entries:
            if as_json:
                show_json_line(entry)
            else:
                typer.echo(_line(entry))


@app.command()
def cancel(context: typer.Context, execution_id: ExecutionId, as_json: Json = False) -> None:
    """Stop what has not started."""
    with client_of(context) as client:
        execution = client.executions.cancel(execution_id)
    if as_json:
        show_json(execution)
    else:
        say(f"{execution.id} {execution.status}")


def _line(entry: LogEntry) -> str:
    where = "".join(f"{node}[{index}]/" for node, index in entry.scope) + entry.node_id
    took = f" in {entry.duration_ms} ms" if entry.duration_ms is not None else ""
    again = f" (attempt {entry.attempt})" if entry.attempt > 1 else ""
    error = f": {entry.error.get('message')}" if entry.error else ""
    time = entry.started_at.astimezone().strftime("%H:%M:%S")
    return f"{time}  {where:<24} {entry.type:<14} {entry.status}{took}{again}{error}"
