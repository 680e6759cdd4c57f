"""docs/data-model.md tells the AWS calls of each route of credentials and integrations: they are counted here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flows.aws import clients, clock, ids
from flows.credentials import oauth
from flows.credentials import service as credentials
from flows.credentials.models import AuthorizeRequest, CreateCredential, UpdateCredential
from flows.integrations import service as integrations
from flows.integrations import tester
from flows.integrations.models import ConnectIntegration
from flows.outgoing import OutgoingClient
from flows.paging import Window

from tests.unit.connectors.recording_server import Server

pytestmark = pytest.mark.usefixtures("aws")

DOCUMENT = Path(__file__).parents[3] / "docs" / "data-model.md"
ROW = re.compile(r"^\| `((?:GET|POST|PATCH|DELETE) /(?:credentials|integrations)[^`]*)` \| ([A-Za-z, ]+) \|$", re.MULTILINE)
ROWS = {route: calls.split(", ") for route, calls in ROW.findall(DOCUMENT.read_text())}
ACCOUNT = ids.new_id("acct")
BODY = {"name": "Slack", "type": "api_key", "value": "xoxb-your-token-1234"}


@pytest.fixture
def calls() -> Iterator[list[str]]:
    """The names of the AWS calls since it was last cleared."""
    made: list[str] = []

    def note(model: Any, **_: Any) -> None:
        made.append(model.name)

    events = [clients.client(name).meta.events for name in ("dynamodb", "kms")]
    for one in events:
        one.register("before-call", note, unique_id="counted")
    yield made
    for one in events:
        one.unregister("before-call", unique_id="counted")


def routes(service: Server) -> dict[str, Callable[[], Any]]:
    """What each route does, on an account with a credential and an integration."""
    credential = credentials.create(ACCOUNT, ids.new_id("cred"), CreateCredential.model_validate(BODY)).id
    connect = ConnectIntegration.model_validate(
        {"provider": "slack", "credential_id": credential, "config": {"base_url": f"{service.origin}/api"}}
    )
    integration = integrations.connect(ACCOUNT, ids.new_id("int"), connect).id
    begin = AuthorizeRequest.model_validate({"name": "Mail", "connector": "gmail", "client_id": "id"})
    client = OutgoingClient(frozenset({service.host}))
    return {
        "GET /credentials": lambda: credentials.listed(ACCOUNT, Window()),
        "POST /credentials": lambda: credentials.create(ACCOUNT, ids.new_id("cred"), CreateCredential.model_validate(BODY)),
        "GET /credentials/{id}": lambda: credentials.get(ACCOUNT, credential),
        "PATCH /credentials/{id}": lambda: credentials.update(ACCOUNT, credential, UpdateCredential(value="xoxb-new-token-5678")),
        "DELETE /credentials/{id}": lambda: credentials.delete(ACCOUNT, credential, force=False),
        "POST /credentials/oauth2/authorize": lambda: oauth.authorize(
            ACCOUNT, ids.new_id("cred"), begin, "https://a.example/v1", bytes(32), clock.now()
        ),
        "GET /integrations": lambda: integrations.listed(ACCOUNT, Window()),
        "POST /integrations": lambda: integrations.connect(ACCOUNT, ids.new_id("int"), connect),
        "GET /integrations/{id}": lambda: integrations.get(ACCOUNT, integration),
        "DELETE /integrations/{id}": lambda: integrations.delete(ACCOUNT, integration),
        "POST /integrations/{id}/test": lambda: tester.try_out(ACCOUNT, integration, client),
    }


def test_the_document_has_the_routes(service: Server) -> None:
    assert set(ROWS) == set(routes(service))


@pytest.mark.parametrize("route", ROWS)
def test_a_route_makes_the_calls_that_the_document_tells(route: str, calls: list[str], service: Server) -> None:
    act = routes(service)[route]
    calls.clear()

    act()

    assert calls == ROWS[route]
