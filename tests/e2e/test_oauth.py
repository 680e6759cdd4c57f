"""OAuth2 on the deployed stack, against a real authorization server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.e2e.receiver import Received, Receiver, Reply
from tests.e2e.runs import create, node, run, start, until
from tests.stack import Api, RunningStack
from tests.unit.credentials import authorization_server
from tests.unit.credentials.authorization_server import Client, Running


@pytest.fixture
def server(stack: RunningStack) -> Iterator[Running]:
    with authorization_server.running(stack.receivers[1], f"{stack.base_url}/oauth/callback") as running:
        yield running


@pytest.fixture
def service(stack: RunningStack) -> Iterator[Receiver]:
    with Receiver(stack.receivers[2]) as serving:
        yield serving


def begin(api: Api, server: Running) -> Any:
    body = {
        "name": "Calendar",
        "client_id": Client.client_id,
        "client_secret": Client.client_secret,
        "authorize_url": server.authorize_url,
        "token_url": server.token_url,
        "scope": "read",
    }
    answer = api.post("/credentials/oauth2/authorize", body)
    assert answer.status == 201, answer.text
    return answer.data


def consent(url: str) -> str:
    """What the person's browser does at the provider; where it is sent back to."""
    answer = requests.get(url, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def call(service: Receiver, credential_id: str) -> dict[str, Any]:
    return node("call", "http_request", url=f"{service.url}/me", credential_id=credential_id)


def test_a_person_consents_and_runs_use_the_token(api: Api, stack: RunningStack, server: Running, service: Receiver) -> None:
    begun = begin(api, server)
    back = consent(begun["url"])

    page = stack.anonymous().get(back)
    again = stack.anonymous().get(back)
    execution = run(api, [call(service, begun["credential_id"])], input={})

    assert (page.status, again.status) == (200, 400)
    assert "text/html" in page.headers["Content-Type"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert execution["status"] == "completed", execution["error"]
    token = server.issued[0]["access_token"]
    assert service.requests[0].headers["authorization"] == f"Bearer {token}"
    assert token not in json.dumps(execution) + api.get("/credentials").text


def test_a_forged_or_foreign_state_is_refused(api: Api, stack: RunningStack, server: Running) -> None:
    begun = begin(api, server)
    query = {name: values[0] for name, values in parse_qs(urlsplit(consent(begun["url"])).query).items()}

    forged = stack.anonymous().get("/oauth/callback", params={**query, "state": query["state"][:-4] + "AAAA"})
    nothing = stack.anonymous().get("/oauth/callback")

    assert (forged.status, nothing.status) == (400, 400)
    assert server.requests == []
    assert api.get(f"/credentials/{begun['credential_id']}").status == 404


def test_runs_at_the_same_time_ask_for_one_token(api: Api, server: Running, service: Receiver) -> None:
    value = {"client_id": Client.client_id, "client_secret": Client.client_secret, "token_url": server.token_url}
    made = api.post("/credentials", {"name": "m2m", "type": "oauth2_client_credentials", "value": value})
    assert made.status == 201, made.text
    workflow_id = create(api, [call(service, made.data["id"])])

    with ThreadPoolExecutor(8) as pool:
        executions = list(pool.map(lambda _: until(api, start(api, workflow_id, {})), range(8)))

    assert {execution["status"] for execution in executions} == {"completed"}
    assert len(server.requests) == 1
    assert len(service.requests) == 8


def test_a_token_that_was_revoked_is_renewed_once_and_the_requests_are_sent_again(
    api: Api, server: Running, service: Receiver
) -> None:
    """By an http_request, an action of a connector and the test of an integration; what is refused again is refused."""

    def newest_only(request: Received) -> Reply:
        wanted = f"Bearer {server.issued[-1]['access_token']}"
        taken = request.headers.get("authorization") == wanted and request.path != "/never"
        return (200 if taken else 401), {"Content-Type": "application/json"}, json.dumps({"taken": taken}).encode()

    def revoke() -> None:
        server.issued.append({"access_token": "nobody has this one"})

    service.answer = newest_only
    value = {"client_id": Client.client_id, "client_secret": Client.client_secret, "token_url": server.token_url}
    made = api.post("/credentials", {"name": "m2m", "type": "oauth2_client_credentials", "value": value})
    assert made.status == 201, made.text
    config = {"base_url": service.url}
    connected = api.post("/integrations", {"provider": "rest", "credential_id": made.data["id"], "config": config})
    assert connected.status == 201, connected.text
    read = {"connector": "rest", "action": "get", "parameters": {"path": "me"}}
    action = node("call", "integration", credential_id=made.data["id"], **read)

    outcomes = [run(api, [call(service, made.data["id"])], input={})]
    for given in (call(service, made.data["id"]), action):
        revoke()
        outcomes.append(run(api, [given], input={}))
    revoke()
    tested = api.post(f"/integrations/{connected.data['id']}/test")
    refused = run(api, [node("call", "http_request", url=f"{service.url}/never", credential_id=made.data["id"])], input={})

    assert [one["status"] for one in outcomes] == ["completed"] * 3, outcomes
    assert outcomes[2]["output"] == {"taken": True}
    assert tested.data["ok"], tested.text
    assert refused["error"]["type"] == "HttpError"
    assert [request.path for request in service.requests] == ["/me"] * 5 + ["/"] * 2 + ["/never"] * 2
    assert len(server.requests) == 5
