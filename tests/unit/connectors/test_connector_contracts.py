"""Every action of every connector sends the documented request, asks for the next page as documented, and tells failures apart.

``contracts/<connector>.yaml`` holds, written from the service's documentation:

* ``cases``: what an action must send for some parameters; ``response`` and ``output``: what it makes of an answer. The executor's
  real request to a local server is compared with it: method, URL, headers, body.
* ``next`` of a case: the request for the page after ``response``, whose answer ends the list.
* ``failures``: answers that mean failure, and what the node's error must be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml
from flows.aws import clock
from flows.connectors import base_urls, catalog, executor
from flows.connectors.paths import pick
from flows.connectors.request_building import build, connect
from flows.connectors.schema import Action, Connector
from flows.credentials.use import OpenCredential
from flows.engine.results import NodeFailure
from flows.outgoing import OutgoingClient

from tests.unit.connectors.recording_server import Recorded, Server

CONTRACTS = Path(__file__).parent / "contracts"
EVERY_REQUEST = {
    "host",
    "user-agent",
    "accept",
    "accept-encoding",
    "content-length",
    "content-type",
    "idempotency-key",
    "connection",
}


def contract(connector_id: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CONTRACTS / f"{connector_id}.yaml").read_text())
    return found


def cases() -> Iterator[Any]:
    for connector_id in catalog.names():
        for number, case in enumerate(contract(connector_id)["cases"]):
            yield pytest.param(connector_id, case, id=f"{connector_id}-{case['action']}-{number}")


def located(value: Any, origin: str) -> Any:
    """The contract's values with ``{origin}`` filled in (services whose URL is the secret)."""
    return json.loads(json.dumps(value).replace("{origin}", origin))


def credential_of(given: dict[str, Any] | None, connector: Connector, settings: dict[str, str]) -> OpenCredential | None:
    if given is None:
        return None
    return OpenCredential("cred_1", given["type"], frozenset(), {connector.id: settings}, given["value"])


def action_of(connector: Connector, name: str) -> Action:
    if name == "test":
        return Action(id="test", name="Test", docs=connector.docs, request=connector.test.request)
    found = connector.action(name)
    assert found is not None, f"{connector.id} has no action {name}"
    return found


@pytest.mark.parametrize("connector_id", catalog.names())
def test_there_is_a_contract_for_every_action_and_for_the_test(connector_id: str) -> None:
    connector = catalog.find(connector_id)
    assert connector is not None

    covered = {case["action"] for case in contract(connector_id)["cases"]}

    assert covered == {action.id for action in connector.actions} | {"test"}


@pytest.mark.parametrize(("connector_id", "case"), list(cases()))
def test_the_request_is_the_documented_one(connector_id: str, case: dict[str, Any], service: Server) -> None:
    connector = catalog.find(connector_id)
    assert connector is not None
    whole = located(contract(connector_id), service.origin)
    case = located(case, service.origin)
    settings = {**whole.get("settings", {}), **case.get("settings", {})}
    given = case.get("credential", whole.get("credential"))
    action = action_of(connector, case["action"])
    expected = case["request"]

    connection = connect(connector, credential_of(given, connector, settings), {})
    documented = build(connection, action.request, case.get("parameters", {}), timeout_seconds=5)
    result, recorded = send(connector, action, case, given, settings, service)

    assert documented.url.split("?")[0] == expected["url"].split("?")[0]
    assert documented.method == expected["method"]
    check(recorded, expected)
    if "output" in case:
        assert result == case["output"]


def paged() -> Iterator[Any]:
    for connector_id in catalog.names():
        for number, case in enumerate(contract(connector_id)["cases"]):
            if "next" in case:
                yield pytest.param(connector_id, case, id=f"{connector_id}-{case['action']}-{number}")


@pytest.mark.parametrize("connector_id", catalog.names())
def test_every_list_has_a_contract_for_its_next_page(connector_id: str) -> None:
    connector = catalog.find(connector_id)
    assert connector is not None

    covered = {case["action"] for case in contract(connector_id)["cases"] if "next" in case}

    assert covered == {action.id for action in connector.actions if action.pagination}


@pytest.mark.parametrize(("connector_id", "case"), list(paged()))
def test_the_next_page_is_asked_for_as_documented(connector_id: str, case: dict[str, Any], service: Server) -> None:
    connector = catalog.find(connector_id)
    assert connector is not None
    whole = contract(connector_id)
    action = action_of(connector, case["action"])
    assert action.pagination is not None
    settings = {**whole.get("settings", {}), **case.get("settings", {})}
    given = case.get("credential", whole.get("credential"))
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(case["request"]["url"]))
    service.answers = [json.loads(json.dumps(case["response"]).replace(origin, service.origin)), case["next"].get("response", {})]
    first = pick(case["response"]["json"], action.pagination.items)

    result, _ = send(
        connector,
        action,
        {"parameters": {**case.get("parameters", {}), "all_pages": True, "max_pages": 2}},
        given,
        settings,
        service,
    )

    assert len(service.requests) == 2
    check(service.requests[1], _next(case))
    assert result[: len(first)] == first
    assert len(first) >= 1


def _next(case: dict[str, Any]) -> dict[str, Any]:
    """What must be asked for next: method, URL and headers as before, unless told."""
    request = {name: case["request"][name] for name in ("method", "url", "headers") if name in case["request"]}
    return {**request, **{name: value for name, value in case["next"].items() if name != "response"}}


def failures() -> Iterator[Any]:
    for connector_id in catalog.names():
        for number, case in enumerate(contract(connector_id).get("failures", [])):
            yield pytest.param(connector_id, case, id=f"{connector_id}-{case['type']}-{number}")


@pytest.mark.parametrize("connector_id", catalog.names())
def test_there_is_a_contract_for_a_refused_credential_and_for_a_limit(connector_id: str) -> None:
    types = {case["type"] for case in contract(connector_id).get("failures", [])}

    assert types >= {"RateLimited", "AuthenticationError"}


@pytest.mark.parametrize(("connector_id", "case"), list(failures()))
def test_a_failure_is_told_as_documented(connector_id: str, case: dict[str, Any], service: Server) -> None:
    connector = catalog.find(connector_id)
    assert connector is not None
    whole = located(contract(connector_id), service.origin)
    clock.set_now(lambda: datetime(2026, 3, 1, tzinfo=UTC))
    sample = next(one for one in whole["cases"] if one["action"] != "test")
    action = action_of(connector, sample["action"])
    settings = {**whole.get("settings", {}), **sample.get("settings", {})}
    given = sample.get("credential", whole.get("credential"))

    with pytest.raises(NodeFailure) as failed:
        send(connector, action, {**sample, "response": case["response"]}, given, settings, service)

    told = failed.value
    assert told.type == case["type"]
    assert (told.retryable, told.retry_after) == (case.get("retryable", told.type == "RateLimited"), case.get("retry_after"))
    assert case.get("message", "") in told.message
    if "code" in case:
        assert told.details["code"] == case["code"]


def send(
    connector: Connector, action: Action, case: dict[str, Any], given: Any, settings: dict[str, str], service: Server
) -> tuple[Any, Recorded]:
    """Run the action against the local server, below the same path as at the service."""
    if connector.base_url not in ("{secret}", "{base_url}"):
        path = urlsplit(base_urls.resolve(connector, settings)).path if "{secret}" not in connector.base_url else ""
        settings = {**settings, "base_url": service.origin + path}
    if "response" in case:
        service.answers.append(case["response"])
    client = OutgoingClient(frozenset({service.host}))
    call = executor.Call(client, credential_of(given, connector, settings), 10, idempotency_key="key-1")
    result = executor.run(connector, action, case.get("parameters", {}), call)
    return result, service.requests[0]


def check(recorded: Recorded, expected: dict[str, Any]) -> None:
    target = urlsplit(recorded.target)
    wanted = urlsplit(expected["url"])
    assert recorded.method == expected["method"]
    assert target.path == wanted.path
    query = [(name, str(value)) for name, value in expected.get("query", {}).items() if not isinstance(value, list)]
    query += [(name, str(one)) for name, value in expected.get("query", {}).items() if isinstance(value, list) for one in value]
    assert sorted(parse_qsl(target.query, keep_blank_values=True)) == sorted([*query, *parse_qsl(wanted.query)])
    boundary = recorded.headers.get("content-type", "").partition("boundary=")[2]
    headers = {name.lower(): str(value).replace("@boundary", boundary) for name, value in expected.get("headers", {}).items()}
    assert {name: recorded.headers.get(name) for name in headers} == headers
    assert not set(recorded.headers) - EVERY_REQUEST - set(headers), "headers that the documentation does not name"
    check_body(recorded, expected)


def check_body(recorded: Recorded, expected: dict[str, Any]) -> None:
    kind = recorded.headers.get("content-type", "")
    if "json" in expected:
        assert kind.startswith("application/json")
        assert json.loads(recorded.body) == expected["json"]
    elif "form" in expected:
        assert kind == "application/x-www-form-urlencoded"
        fields = [
            (name, str(one))
            for name, value in expected["form"].items()
            for one in (value if isinstance(value, list) else [value])
        ]
        assert sorted(parse_qsl(recorded.body.decode(), keep_blank_values=True)) == sorted(fields)
    elif "body" in expected:
        boundary = kind.partition("boundary=")[2]
        assert recorded.body.decode().replace("\r\n", "\n").replace(boundary, "@boundary") == expected["body"]
    else:
        assert recorded.body == b""
