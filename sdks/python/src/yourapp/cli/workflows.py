"""``yourapp workflows``: list, get, pull, push, validate, run."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from yourapp.cli import files, inputs
from yourapp.cli.exit_codes import INVALID
from yourapp.cli.output import Json, Limit, say, show, show_json
from yourapp.cli.session import client_of
from yourapp.models import Validation

app = typer.Typer(help="Workflows.", no_args_is_help=True)

WorkflowId = Annotated[str, typer.Argument(help="Such as wf_123.", show_default=False)]
File = Annotated[
    Path, typer.Argument(help="A workflow as YAML, or as JSON (.json).", exists=True, dir_okay=False, show_default=False)
]


@app.command("list")
def list_workflows(
    context: typer.Context,
    status: Annotated[str | None, typer.Option(help="draft or published.")] = None,
    search: Annotated[str | None, typer.Option(help="A part of the name.")] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List workflows."""
    with client_of(context) as client:
        found = list(islice(client.workflows.list(status=status, search=search, limit=min(limit, 100)), limit))
    show(found, ("id", "name", "status", "version", "updated_at"), as_json=as_json, empty="There are no workflows.")


@app.command()
def get(context: typer.Context, workflow_id: WorkflowId, as_json: Json = False) -> None:
    """Show a workflow."""
    with client_of(context) as client:
        workflow = client.workflows.get(workflow_id)
    if as_json:
        show_json(workflow)
        return
    draft = ", with changes that are not published" if workflow.has_unpublished_changes else ""
    typer.echo(f"{workflow.name} ({workflow.id}): {workflow.status}, version {workflow.version}{draft}\n")
    typer.echo(files.text_of(files.fields_of(workflow), as_json=False), nl=False)


@app.command()
def pull(
    context: typer.Context,
    workflow_id: WorkflowId,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File, .yaml or .json; else it is printed.", dir_okay=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a workflow into a file."""
    with client_of(context) as client:
        fields = files.fields_of(client.workflows.get(workflow_id))
    if output is None:
        typer.echo(files.text_of(fields, as_json=as_json), nl=False)
        return
    output.write_text(files.text_of(fields, as_json=as_json or files.is_json(output)), encoding="utf-8")
    say(f"Wrote {output}", as_json=True)


@app.command()
def push(
    context: typer.Context,
    file: File,
    publish: Annotated[bool, typer.Option("--publish", help="Put it in service too.")] = False,
    if_version: Annotated[int | None, typer.Option(help="Only when the workflow still has this version.")] = None,
    as_json: Json = False,
) -> None:
    """Store a file's workflow: change the one whose id it has, or make one and note its id in the file."""
    fields = files.read(file)
    workflow_id = fields.pop("id", None)
    name = fields.get("name")
    if not isinstance(name, str) or not name:
        raise files.FileProblem(f"{file}: a workflow needs a name")
    with client_of(context) as client:
        if workflow_id is None:
            workflow = client.workflows.create(**fields)
            files.write_id(file, workflow.id)
            if publish:
                workflow = client.workflows.publish(workflow.id)
        else:
            status: dict[str, Any] = {"status": "published"} if publish else {}
            workflow = client.workflows.update(str(workflow_id), **fields, **status, if_match=if_version)
    if as_json:
        show_json(workflow)
    else:
        done = "Changed" if workflow_id else "Made"
        say(f"{done} {workflow.id} ({workflow.name}): {workflow.status}, version {workflow.version}")


@app.command()
def validate(context: typer.Context, file: File, as_json: Json = False) -> None:
    """Check a file's workflow without storing it; exit code 5 when something is wrong."""
    fields = files.read(file)
    fields.pop("id", None)
    with client_of(context) as client:
        found: Validation = client.workflows.validate(**fields)
    if as_json:
        show_json(found)
    elif found.valid:
        say(f"{file} is valid.")
    else:
        show(found.problems, ("path", "message", "type"), as_json=False, empty="")
    if not found.valid:
        raise typer.Exit(INVALID)


@app.command()
def run(
    context: typer.Context,
    workflow_id: WorkflowId,
    input: Annotated[str, typer.Option("--input", "-i", help="JSON, @file or - for standard input.")] = "{}",
    version: Annotated[str | None, typer.Option(help="published, draft or a number.")] = None,
    wait: Annotated[bool, typer.Option(help="Follow the run to its end.")] = True,
    timeout: Annotated[float, typer.Option(min=0, help="Seconds to wait at most.")] = 60.0,
    as_json: Json = False,
) -> None:
    """Run a workflow and print its output; exit code 6 when the run fails."""
    value = inputs.read(input)
    chosen: str | int | None = int(version) if version and version.isdigit() else version
    with client_of(context) as client:
        if not wait:
            started = client.workflows.execute(workflow_id, input=value, version=chosen)
            if as_json:
                show_json(started)
            else:
                say(f"Started {started.execution_id}")
            return
        execution = client.workflows.execute(workflow_id, input=value, version=chosen, wait=True, timeout=timeout)
    if as_json:
        show_json(execution)
        return
    say(f"{execution.id} {execution.status}", as_json=True)
    show_json(execution.output)
