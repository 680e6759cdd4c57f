"""Integrations: connected, listed, tested, deleted."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest
from flows.aws import ids
from flows.aws.settings import settings
from flows.connectors import catalog, executor
from flows.credentials import service as credentials
from flows.credentials import use
from flows.credentials.models import CreateCredential, UpdateCredential
from flows.errors import NotFound, ValidationFailed
from flows.integrations import repository, tester
from flows.integrations import service as integrations
from flows.integrations.models import ConnectIntegration
from flows.outgoing import OutgoingClient
from flows.paging import Window

from tests.unit.connectors.recording_server import Server

pytestmark = pytest.mark.usefixtures("aws")

ACCOUNT, OTHER = ids.new_id("acct"), ids.new_id("acct")
TOKEN = "xoxb-your-token-12345678"


def credential(account: str = ACCOUNT, **fields: Any) -> str:
    body = {"name": "Slack", "type": "api_key", "value": TOKEN, **fields}
    return credentials.create(account, ids.new_id("cred"), CreateCredential.model_validate(body)).id


def connect(credential_id: str | None, provider: str = "slack", account: str = ACCOUNT, **fields: Any) -> Any:
    body = {"provider": provider, "credential_id": credential_id, **fields}
    return integrations.connect(account, ids.new_id("int"), ConnectIntegration.model_validate(body))


def slack(service: Server, **fields: Any) -> Any:
    return connect(credential(**fields), config={"base_url": f"{service.origin}/api"})


def run_test(integration: Any) -> Any:
    return tester.try_out(ACCOUNT, integration.id, OutgoingClient(frozenset({os.environ["ALLOWED_PRIVATE_HOSTS"]})))


def status(integration: Any) -> str:
    return str(integrations.get(ACCOUNT, integration.id).status)


def test_what_is_connected_is_listed() -> None:
    credential_id = credential()
    connected = connect(credential_id, name="Our Slack")

    listed = integrations.listed(ACCOUNT, Window())

    assert listed.total == 1
    assert listed.items == [connected]
    shown = connected.model_dump()
    assert (shown["provider"], shown["name"], shown["credential_id"]) == ("slack", "Our Slack", credential_id)
    assert (shown["status"], shown["last_tested_at"]) == ("untested", None)


def test_connecting_binds_the_credential_to_the_services_hosts() -> None:
    credential_id = credential()

    connect(credential_id)

    assert credentials.get(ACCOUNT, credential_id).allowed_hosts == ["slack.com"]
    assert use.open(ACCOUNT, credential_id).allowed_hosts == {"slack.com"}


def test_a_credential_still_reaches_its_own_token_url() -> None:
    value = {"client_id": "id", "client_secret": "client-secret-1", "token_url": "https://login.example.com/token"}
    credential_id = credential(type="oauth2_client_credentials", value=value)

    connect(credential_id, "rest", config={"base_url": "https://api.example.com/v1"})

    assert credentials.get(ACCOUNT, credential_id).allowed_hosts == ["api.example.com", "login.example.com"]


def test_hosts_that_a_person_set_are_kept_and_must_cover_the_service() -> None:
    covering = credential(allowed_hosts=["*.slack.com", "slack.com"])
    other = credential(allowed_hosts=["api.example.com"])

    connect(covering)
    with pytest.raises(ValidationFailed) as refused:
        connect(other)

    assert refused.value.problems[0].path == "credential_id"
    assert credentials.get(ACCOUNT, other).allowed_hosts == ["api.example.com"]


def test_one_credential_serves_two_services() -> None:
    credential_id = credential(type="bearer")

    connect(credential_id, "slack")
    connect(credential_id, "github")

    assert set(credentials.get(ACCOUNT, credential_id).allowed_hosts) == {"slack.com", "api.github.com", "github.com"}


def test_wrong_connections_are_refused() -> None:
    foreign = credential(OTHER)
    basic = credential(type="basic", value={"username": "ann", "password": "secret-pw"})

    for arguments, path in (
        ((credential(), "nothing"), "provider"),
        ((foreign,), "credential_id"),
        ((ids.new_id("cred"),), "credential_id"),
        ((basic,), "credential_id"),
        ((None,), "credential_id"),
    ):
        with pytest.raises(ValidationFailed) as refused:
            connect(*arguments)
        assert [problem.path for problem in refused.value.problems] == [path]


@pytest.mark.parametrize(
    "config",
    [
        {"base_url": "http://169.254.169.254/"},
        {"base_url": "http://slack.com"},
        {"nothing": "x"},
        {"base_url": "https://a.example/?q=1"},
    ],
)
def test_wrong_settings_are_refused(config: dict[str, str]) -> None:
    with pytest.raises(ValidationFailed):
        connect(credential(), config=config)


def test_a_working_connection(service: Server) -> None:
    service.answers = [{"json": {"ok": True, "team": "T1"}}]
    integration = slack(service)

    result = run_test(integration)

    assert (result.ok, result.status_code, result.reason) == (True, 200, "ok")
    assert service.requests[0].target == "/api/auth.test"
    assert service.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert status(integration) == "connected"
    assert integrations.get(ACCOUNT, integration.id).last_tested_at is not None


@pytest.mark.parametrize(
    "answer",
    [{"status": 401, "json": {"ok": False}}, {"json": {"ok": False, "error": "invalid_auth"}}, {"status": 403, "json": {}}],
)
def test_wrong_credentials(service: Server, answer: dict[str, Any]) -> None:
    service.answers = [answer]
    integration = slack(service)

    result = run_test(integration)

    assert (result.ok, result.reason) == (False, "credentials")
    assert status(integration) == "error"


def test_a_rate_limit_leaves_the_status(service: Server) -> None:
    service.answers = [{"json": {"ok": True}}, {"status": 429, "json": {"ok": False, "error": "ratelimited"}}]
    integration = slack(service)

    run_test(integration)
    result = run_test(integration)

    assert (result.ok, result.reason, result.status_code) == (False, "rate_limited", 429)
    assert status(integration) == "connected"


def test_a_failing_service(service: Server) -> None:
    service.answers = [{"status": 503, "text": "down"}]

    assert run_test(slack(service)).reason == "provider_error"


def test_an_unreachable_host(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound and not listening: every connection is refused
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("ALLOWED_PRIVATE_HOSTS", host)
        settings.cache_clear()
        integration = connect(credential(), config={"base_url": f"http://{host}/api"})

        result = run_test(integration)

    assert (result.ok, result.reason, result.status_code) == (False, "unreachable", None)
    assert status(integration) == "error"


def test_a_service_that_echoes_the_token_shows_it_to_nobody(service: Server) -> None:
    service.answers = [{"status": 401, "json": {"error": f"token {TOKEN} is not valid"}}]

    result = run_test(slack(service))

    assert TOKEN not in result.model_dump_json()
    assert "***" in result.message


def test_an_action_goes_on_with_a_new_token_when_the_old_one_is_refused(service: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    service.answers = [
        {"json": {"access_token": "one-12345678", "expires_in": 3600}},
        {"status": 401, "json": {"message": "expired"}},
    ]
    service.answers += [{"json": {"access_token": "two-12345678", "expires_in": 3600}}, {"status": 201, "json": {"id": 7}}]
    value = {"client_id": "id", "client_secret": "secret-12345", "token_url": f"{service.origin}/token"}
    credential_id = credential(type="oauth2_client_credentials", value=value)
    client = OutgoingClient(frozenset({service.host}))
    connector = catalog.find("rest")
    assert connector is not None
    action = connector.action("create")
    assert action is not None
    opened = use.open(ACCOUNT, credential_id, lambda: client)

    parameters = {"base_url": service.origin, "path": "items", "body": {}}
    result = executor.run(connector, action, parameters, executor.Call(client, opened, 10, "key-1"))

    assert result == {"id": 7}
    assert [request.target for request in service.requests] == ["/token", "/items", "/token", "/items"]
    assert service.requests[3].headers["authorization"] == "Bearer two-12345678"


def test_a_deleted_credential_fails_the_test(service: Server) -> None:
    integration = slack(service)
    credentials.delete(ACCOUNT, integration.credential_id, force=True)

    result = run_test(integration)

    assert (result.ok, result.reason) == (False, "credentials")


def test_a_process_that_has_not_seen_the_integration_tests_it_all_the_same(service: Server) -> None:
    integration = slack(service)
    repository._credentials.clear()

    assert run_test(integration).ok
    assert run_test(integration).ok


def test_a_wrong_guess_of_the_credential_opens_the_right_one(service: Server) -> None:
    other = credential(value="another-secret-12345678")
    integration = slack(service)
    for wrong in (other, "cred_1", ids.new_id("cred")):
        repository._credentials[ACCOUNT, integration.id] = wrong

        assert run_test(integration).ok

        assert service.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_rotated_secret_is_what_the_next_test_sends(service: Server) -> None:
    integration = slack(service)
    assert run_test(integration).ok

    credentials.update(ACCOUNT, integration.credential_id, UpdateCredential(value="xoxb-another-token-87654321"))

    assert run_test(integration).ok
    assert service.requests[-1].headers["authorization"] == "Bearer xoxb-another-token-87654321"


def test_deleting_twice_is_not_found_and_leaves_the_credential(service: Server) -> None:
    integration = slack(service)

    integrations.delete(ACCOUNT, integration.id)

    with pytest.raises(NotFound):
        integrations.delete(ACCOUNT, integration.id)
    assert integrations.listed(ACCOUNT, Window()).total == 0
    assert credentials.get(ACCOUNT, integration.credential_id).name == "Slack"


def test_another_accounts_integration_is_not_found(service: Server) -> None:
    integration = slack(service)

    for call in (integrations.get, integrations.delete, tester.try_out):
        with pytest.raises(NotFound):
            call(OTHER, integration.id)


def test_the_catalog_lists_every_connector_with_its_actions() -> None:
    entries = {entry.id: entry for entry in integrations.entries()}

    slack_entry = entries["slack"]
    assert "api_key" in slack_entry.auth[0].types
    assert {"post_message", "list_channels"} <= {action.id for action in slack_entry.actions}
    assert slack_entry.actions[0].input_schema["required"] == ["channel"]
    assert slack_entry.actions[0].docs == "https://docs.slack.dev/reference/methods/chat.postMessage"


def test_listing_imports_nothing_that_decrypts() -> None:
    import subprocess
    import sys

    decrypting = ["flows.credentials.opening", "flows.credentials.use", "flows.credentials.tokens"]
    probe = f"import functions.integrations.handler, sys; print([m for m in {decrypting} if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
