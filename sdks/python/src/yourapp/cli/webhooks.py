"""``yourapp webhooks``: list, and listen, which brings events to a server on this machine."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Any

import typer

from yourapp import APIConnectionError, Client, RateLimitError, ServerError
from yourapp.cli import forwarding
from yourapp.cli.event_sources import Deliveries, Runs, Source, Submissions, wanted
from yourapp.cli.output import Json, Limit, say, show, show_json_line
from yourapp.cli.session import client_of

app = typer.Typer(help="Webhooks.", no_args_is_help=True)


@app.command("list")
def list_webhooks(context: typer.Context, limit: Limit = 50, as_json: Json = False) -> None:
    """List endpoints."""
    with client_of(context) as client:
        found = list(islice(client.webhooks.list(limit=min(limit, 100)), limit))
    show(found, ("id", "url", "events", "status"), as_json=as_json, empty="There are no webhooks.")


@app.command()
def listen(
    context: typer.Context,
    forward: Annotated[str, typer.Option(help="Where events are sent, such as http://localhost:3000/hooks.", show_default=False)],
    webhook: Annotated[
        str | None, typer.Option(help="Forward what is delivered to this endpoint, unchanged, instead.", show_default=False)
    ] = None,
    form: Annotated[
        list[str] | None, typer.Option(help="Send form.submitted for this form too; repeat it for more.", show_default=False)
    ] = None,
    event: Annotated[list[str] | None, typer.Option(help="Only events such as workflow.failed or workflow.*.")] = None,
    secret: Annotated[
        str | None,
        typer.Option(envvar="YOURAPP_WEBHOOK_SECRET", help="What signs them; else one is made.", show_default=False),
    ] = None,
    interval: Annotated[float, typer.Option(min=0.1, help="Seconds between looks at the API.")] = 3.0,
    count: Annotated[int | None, typer.Option(min=1, help="End after so many events.")] = None,
    as_json: Json = False,
) -> None:
    """Send events to a server on this machine, signed as the real ones are; for development.

    No public address is needed: the API is asked every few seconds. Without --webhook, the events workflow.executed,
    workflow.failed and workflow.cancelled (and with --form form.submitted) are made from what the API tells of runs and
    submissions: their data is the real one, their ids are this command's own. With --webhook, the deliveries of an
    endpoint that you have are sent on with their own ids and data, events of all kinds, whether or not the endpoint could be
    reached. An event is sent once; what your server answers is shown.
    """
    signing = secret or "whsec_" + base64.b64encode(os.urandom(32)).decode()
    with client_of(context) as client:
        sources = _sources(client, webhook, form or [])
        if not secret:
            say(f"Signing secret of this session: {signing}", as_json=True)
        say(f"Listening; forwarding to {forward}. Ctrl-C ends.", as_json=True)
        sent = 0
        while True:
            for found in _polled(sources, event or ["*"]):
                result = forwarding.forward(found, forward, signing)
                if as_json:
                    show_json_line({"event": found, **result})
                else:
                    typer.echo(f"{found['type']:<20} {found['id']}  -> {result['status_code'] or result['error']}")
                sent += 1
                if sent == count:
                    return
            time.sleep(interval)


def _polled(sources: Sequence[Source], patterns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What is new; trouble that passes is told, and the next look finds what this one missed."""
    for source in sources:
        try:
            found = source.poll()
        except (APIConnectionError, RateLimitError, ServerError) as problem:
            say(f"Will try again: {problem}", as_json=True)
            continue
        yield from (event for event in found if wanted(event["type"], patterns))


def _sources(client: Client, webhook: str | None, forms: list[str]) -> list[Source]:
    if webhook:
        return [Deliveries(client, webhook)]
    return [Runs(client), *(Submissions(client, form) for form in forms)]
