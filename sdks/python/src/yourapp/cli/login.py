"""``yourapp login``, ``logout`` and ``whoami``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from yourapp import PermissionDeniedError
from yourapp.cli import session
from yourapp.cli.output import Json, show_json


def login(
    context: typer.Context,
    from_stdin: Annotated[
        bool, typer.Option("--api-key-stdin", help="Read the API key from standard input instead of asking.")
    ] = False,
) -> None:
    """Store an API key for the other commands (Settings > API Keys > Create Key)."""
    told: session.Session = context.obj
    key = (sys.stdin.readline() if from_stdin else typer.prompt("API key", hide_input=True)).strip()
    with told.client(key) as client:
        try:
            name = f"account {client.account.get().name!r}"
        except PermissionDeniedError:
            name = "a key that may not see its account"  # it is a right key all the same
        base_url = client.base_url
    session.write(key, base_url)
    typer.echo(f"Logged in: {name} at {base_url}")


def logout() -> None:
    """Forget the stored API key."""
    typer.echo("Logged out." if session.forget() else "You were not logged in.")


def whoami(context: typer.Context, as_json: Json = False) -> None:
    """Show the account: plan, limits, usage."""
    with session.client_of(context) as client:
        account = client.account.get()
    if as_json:
        show_json(account)
        return
    minute, day = account.usage.minute, account.usage.day
    typer.echo(f"{account.name} ({account.id}), plan {account.plan}")
    typer.echo(f"requests: {minute.used} of {minute.limit or 'any'} this minute, {day.used} of {day.limit or 'any'} today")
