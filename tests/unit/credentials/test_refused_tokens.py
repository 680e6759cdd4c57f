"""A service refuses an access token before its time (revoked, a clock that is wrong): it is renewed once, and sent once more.

Authorization server and service are real servers on 127.0.0.1; the service takes the token that the authorization server issued
last, and no other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from flows.aws import ids
from flows.aws.settings import settings
from flows.connectors import catalog, executor
from flows.credentials import service as credentials
from flows.credentials import use
from flows.credentials.models import CreateCredential
from flows.engine import registry
from flows.engine.results import NodeFailure
from flows.integrations import service as integrations
from flows.integrations import tester
from flows.integrations.models import ConnectIntegration
from flows.outgoing import OutgoingClient

from tests.unit.credentials import authorization_server
from tests.unit.credentials.authorization_server import Client, Running
from tests.unit.nodes.context import run
from tests.unit.nodes.http_server import Asked, Reply, Server, json_reply, serving

ACCOUNT = ids.new_id("acct")


@pytest.fixture
def authority(aws: None) -> Iterator[Running]:
    with authorization_server.running() as running:
        yield running


@pytest.fixture
def service(authority: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Takes the newest token only, and says who asks."""

    def answer(asked: Asked) -> Reply:
        wanted = f"Bearer {authority.issued[-1]['access_token']}" if authority.issued else ""
        if asked.headers.get("authorization") != wanted:
            return json_reply({"message": "Bad credentials"}, 401)
        if asked.target.endswith("?page=1"):
            return json_reply({"next": "/?page=2"})
        return json_reply({"login": "ann"})

    with serving(answer) as running:
        monkeypatch.setenv("ALLOWED_PRIVATE_HOSTS", f"{running.host_port},{urlsplit(authority.url).netloc}")
        settings.cache_clear()
        yield running
    settings.cache_clear()


def machine(authority: Running) -> str:
    value = {"client_id": Client.client_id, "client_secret": Client.client_secret, "token_url": authority.token_url}
    return _stored("oauth2_client_credentials", value)


def without_refresh_token(authority: Running) -> str:
    return _stored(
        "oauth2", {"client_id": Client.client_id, "token_url": authority.token_url, "access_token": "an-access-token-1"}
    )


def _stored(kind: str, value: dict[str, str]) -> str:
    wanted = CreateCredential.model_validate({"name": "n", "type": kind, "value": value})
    return credentials.create(ACCOUNT, ids.new_id("cred"), wanted).id


def opened(credential: str) -> use.OpenCredential:
    hosts = settings().allowed_private_hosts
    return use.open(ACCOUNT, credential, lambda: OutgoingClient(frozenset(hosts.split(","))))


def connect(credential: str, connector: str, service: Server) -> str:
    wanted = {"provider": connector, "credential_id": credential, "config": {"base_url": service.url}}
    return integrations.connect(ACCOUNT, ids.new_id("int"), ConnectIntegration.model_validate(wanted)).id


def revoke(authority: Running) -> None:
    """The service takes what it has from now on for worthless."""
    authority.issued.append({"access_token": "nobody has this one"})


def http_request(service: Server, credential: use.OpenCredential, path: str = "/", **raw: Any) -> Any:
    node = registry.node_type("http_request")
    assert node is not None
    context = {"credentials": {credential.id: credential}, "credential_id": credential.id}
    hosts = frozenset(settings().allowed_private_hosts.split(","))
    return run(node, {"url": service.url + path, **raw}, private_hosts=hosts, **context).output


def call_action(service: Server, credential: use.OpenCredential) -> Any:
    connector = catalog.find("rest")
    action = connector.action("get") if connector else None
    assert connector is not None
    assert action is not None
    client = OutgoingClient(frozenset({service.host_port}))
    return executor.run(connector, action, {"base_url": service.url, "path": "me"}, executor.Call(client, credential, 20, "key"))


def sent(service: Server) -> list[str]:
    return [asked.headers.get("authorization", "").removeprefix("Bearer ") for asked in service.asked]


def test_an_http_request_is_sent_once_more_with_a_new_token(service: Server, authority: Running) -> None:
    credential = opened(machine(authority))
    old = credential.text()
    revoke(authority)

    output = http_request(service, credential, method="POST", body={"value": {"a": 1}})

    assert output["body"] == {"login": "ann"}
    assert sent(service) == [old, credential.text()]
    assert len(authority.requests) == 2
    first, second = service.asked
    assert (second.method, second.target, second.body) == (first.method, first.target, first.body)
    assert second.headers["idempotency-key"] == first.headers["idempotency-key"]


def test_a_page_is_asked_for_once_more_too(service: Server, authority: Running) -> None:
    credential = opened(machine(authority))
    credential.text()
    revoke(authority)

    output = http_request(service, credential, "/?page=1", pagination={"next_url": "body.next"})

    assert output["body"] == [{"next": "/?page=2"}, {"login": "ann"}]
    assert [asked.target for asked in service.asked] == ["/?page=1", "/?page=1", "/?page=2"]
    assert len(authority.requests) == 2


def test_what_is_refused_again_is_refused(service: Server, authority: Running) -> None:
    credential = opened(machine(authority))
    service.answer = lambda asked: json_reply({"message": "no"}, 401)

    with pytest.raises(NodeFailure) as failed:
        http_request(service, credential)

    assert (failed.value.type, failed.value.details["status_code"]) == ("HttpError", 401)
    assert len(service.asked) == len(authority.requests) == 2


def test_a_401_that_is_expected_renews_nothing(service: Server, authority: Running) -> None:
    credential = opened(machine(authority))
    service.answer = lambda asked: json_reply({"message": "no"}, 401)

    assert http_request(service, credential, expect_status=["401"])["status_code"] == 401
    assert (len(service.asked), len(authority.requests)) == (1, 1)


def test_a_401_from_where_a_redirect_led_renews_nothing(service: Server, authority: Running) -> None:
    credential = opened(machine(authority))
    with serving(lambda asked: json_reply({}, 401)) as elsewhere:
        hosts = f"{settings().allowed_private_hosts},{elsewhere.host_port}"
        service.answer = lambda asked: (302, {"location": f"{elsewhere.url}/"}, b"")
        node = registry.node_type("http_request")
        assert node is not None

        with pytest.raises(NodeFailure):
            run(
                node,
                {"url": service.url, "follow_redirects": True},
                private_hosts=frozenset(hosts.split(",")),
                credentials={credential.id: credential},
                credential_id=credential.id,
            )

        assert len(elsewhere.asked) == len(service.asked) == len(authority.requests) == 1
        assert "authorization" not in elsewhere.asked[0].headers


def test_without_a_refresh_token_the_refusal_stands(service: Server, authority: Running) -> None:
    credential = opened(without_refresh_token(authority))

    with pytest.raises(NodeFailure) as request:
        http_request(service, credential)
    with pytest.raises(NodeFailure) as action:
        call_action(service, credential)

    assert (request.value.type, action.value.type) == ("HttpError", "AuthenticationError")
    assert authority.requests == []
    assert len(service.asked) == 2


def test_an_authorization_server_that_refuses_is_told(service: Server, authority: Running) -> None:
    identifier = machine(authority)
    credential = opened(identifier)
    credential.text()
    revoke(authority)
    credential._value["client_secret"] = "no longer right"  # type: ignore[index]  # the provider changed it

    with pytest.raises(NodeFailure) as failed:
        http_request(service, credential)

    assert failed.value.type == "CredentialError"
    assert len(service.asked) == 1


def test_an_action_is_sent_once_more_with_a_new_token(service: Server, authority: Running) -> None:
    credential = opened(machine(authority))
    old = credential.text()
    revoke(authority)

    assert call_action(service, credential) == {"login": "ann"}
    assert sent(service) == [old, credential.text()]


def test_a_later_page_of_an_action_is_asked_for_once_more(service: Server, authority: Running) -> None:
    salesforce = catalog.find("salesforce")
    action = salesforce.action("query") if salesforce else None
    assert salesforce is not None
    assert action is not None
    identifier = machine(authority)
    connect(identifier, "salesforce", service)
    plain = service.answer

    def answer(asked: Asked) -> Reply:
        if "/query/" not in asked.target:
            return json_reply({"records": [1], "nextRecordsUrl": "/query/01g-2000"})
        if len(service.asked) == 2:
            revoke(authority)
        refused = plain(asked)[0] == 401
        return json_reply([{"errorCode": "INVALID_SESSION_ID"}], 401) if refused else json_reply({"records": [2]})

    service.answer = answer
    call = executor.Call(OutgoingClient(frozenset({service.host_port})), opened(identifier), 20)

    assert executor.run(salesforce, action, {"soql": "SELECT Id FROM Lead", "all_pages": True}, call) == [1, 2]
    assert len(service.asked) == 3
    assert len(authority.requests) == 2


def test_the_test_of_an_integration_renews_too(service: Server, authority: Running) -> None:
    identifier = machine(authority)
    opened(identifier).text()
    revoke(authority)
    integration = connect(identifier, "rest", service)
    client = OutgoingClient(frozenset(settings().allowed_private_hosts.split(",")))

    result = tester.try_out(ACCOUNT, integration, client)

    assert (result.ok, result.status_code) == (True, 200)
    assert len(authority.requests) == 2


def test_many_that_are_refused_at_once_renew_once(service: Server, authority: Running) -> None:
    identifier = machine(authority)
    several = [opened(identifier) for _ in range(6)]
    old = {one.text() for one in several}
    revoke(authority)
    authority.gate = threading.Event()

    def ask(one: use.OpenCredential) -> Any:
        return http_request(service, one)["body"]

    with ThreadPoolExecutor(len(several)) as pool:
        answers = [pool.submit(ask, several[0])]
        while len(authority.requests) < 2:  # the first is asking: moto's own writes are not atomic, so they do not race here
            time.sleep(0.01)
        answers += [pool.submit(ask, one) for one in several[1:]]
        while len(service.asked) < len(several):  # all the others were refused, too
            time.sleep(0.01)
        authority.gate.set()
        outputs = [answer.result() for answer in answers]

    assert outputs == [{"login": "ann"}] * len(several)
    assert len(old) == 1
    assert len(authority.requests) == 2
