"""``yourapp keys``: list, create, revoke."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from yourapp import NOT_GIVEN
from yourapp.cli.output import Json, Limit, say, show, show_json
from yourapp.cli.session import client_of

app = typer.Typer(help="API keys.", no_args_is_help=True)


@app.command("list")
def list_keys(context: typer.Context, limit: Limit = 50, as_json: Json = False) -> None:
    """List API keys, without the keys themselves."""
    with client_of(context) as client:
        found = list(islice(client.api_keys.list(limit=min(limit, 100)), limit))
    columns = ("id", "name", "scopes", "last_used_at", "expires_at")
    show(found, columns, as_json=as_json, empty="There are no API keys.")


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for.", show_default=False)],
    scope: Annotated[list[str] | None, typer.Option(help="Such as workflows:read; repeat it for more.")] = None,
    expires_at: Annotated[str | None, typer.Option(help="When it ends, such as 2030-01-01T00:00:00Z.")] = None,
    as_json: Json = False,
) -> None:
    """Make an API key; it is shown this once."""
    with client_of(context) as client:
        made = client.api_keys.create(name=name, scopes=scope or NOT_GIVEN, expires_at=expires_at or NOT_GIVEN)
    if as_json:
        show_json(made)
        return
    say(f"Made {made.id}. Store the key now, it is not shown again:", as_json=True)
    typer.echo(made.key)


@app.command()
def revoke(context: typer.Context, key_id: Annotated[str, typer.Argument(help="Such as key_123.", show_default=False)]) -> None:
    """Revoke an API key."""
    with client_of(context) as client:
        client.api_keys.delete(key_id)
    say(f"Revoked {key_id}")
