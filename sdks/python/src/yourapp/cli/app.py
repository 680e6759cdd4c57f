"""The commands as a tree."""

from __future__ import annotations

from typing import Annotated

import typer

from yourapp._version import __version__
from yourapp.cli import executions, keys, login, session, webhooks, workflows

app = typer.Typer(
    name="yourapp",
    help="Work with YourApp from the command line.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("login")(login.login)
app.command("logout")(login.logout)
app.command("whoami")(login.whoami)
app.add_typer(workflows.app, name="workflows")
app.add_typer(executions.app, name="executions")
app.add_typer(keys.app, name="keys")
app.add_typer(webhooks.app, name="webhooks")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"yourapp {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    base_url: Annotated[
        str | None, typer.Option(envvar="YOURAPP_BASE_URL", help="Where the API is, with its version.", show_default=False)
    ] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    """The API key comes from YOURAPP_API_KEY, or from `yourapp login`."""
    context.obj = session.Session(base_url=base_url)
