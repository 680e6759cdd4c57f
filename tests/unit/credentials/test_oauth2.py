"""OAuth2 against a real authorization server: client credentials, authorization code with PKCE, renewal once."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.credentials import oauth, oauth_page, repository, service, use
from flows.credentials.masking import masker_of
from flows.credentials.models import AuthorizeRequest, CreateCredential, UpdateCredential
from flows.engine.results import NodeFailure
from flows.errors import ValidationFailed
from flows.outgoing import OutgoingClient

from tests.unit.credentials import authorization_server
from tests.unit.credentials.authorization_server import Client, Running

ACCOUNT = ids.new_id("acct")
BASE = "https://api.example.com/v1"


@pytest.fixture
def server(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with authorization_server.running() as running:
        monkeypatch.setenv("ALLOWED_PRIVATE_HOSTS", urlsplit(running.url).netloc)
        settings.cache_clear()
        yield running


def client() -> OutgoingClient:
    return OutgoingClient(frozenset({os.environ["ALLOWED_PRIVATE_HOSTS"]}))


def machine(server: Running, **value: Any) -> str:
    given = {"client_id": Client.client_id, "client_secret": Client.client_secret, "token_url": server.token_url, **value}
    body = {"name": "m2m", "type": "oauth2_client_credentials", "value": given}
    return service.create(ACCOUNT, ids.new_id("cred"), CreateCredential.model_validate(body)).id


def opened(credential: str) -> use.OpenCredential:
    return use.open(ACCOUNT, credential, client)


def begin(server: Running, **more: Any) -> Any:
    body = {
        "name": "Calendar",
        "client_id": Client.client_id,
        "client_secret": Client.client_secret,
        "authorize_url": server.authorize_url,
        "token_url": server.token_url,
        "scope": "read write",
        **more,
    }
    return oauth.authorize(ACCOUNT, ids.new_id("cred"), AuthorizeRequest.model_validate(body), BASE, os.urandom(32), clock.now())


def consent(url: str) -> dict[str, str]:
    """What the person's browser does: follows the link and is sent back with a query."""
    answer = requests.get(url, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(f"{BASE}/oauth/callback?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


@pytest.mark.parametrize("authentication", ["header", "body"])
def test_client_credentials_get_a_token_and_keep_it(server: Running, authentication: str) -> None:
    credential = machine(server, authentication=authentication, scope="reports")

    sent = [opened(credential).secret_headers()["Authorization"] for _ in range(3)]

    assert sent == [f"Bearer {server.issued[0]['access_token']}"] * 3
    assert server.requests[0]["scope"] == "reports"
    assert len(server.requests) == 1


def test_a_token_is_renewed_before_it_expires(server: Running) -> None:
    credential = machine(server)
    start = clock.now()
    opened(credential).secret_headers()

    clock.set_now(lambda: start + timedelta(seconds=3600 - 90))
    opened(credential).secret_headers()
    assert len(server.requests) == 1
    clock.set_now(lambda: start + timedelta(seconds=3600 - 30))
    opened(credential).secret_headers()

    assert len(server.requests) == 2


def test_many_at_once_renew_once(server: Running) -> None:
    credential = machine(server)
    server.gate = threading.Event()

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(lambda: opened(credential).secret_headers())]
        while not server.requests:  # the first is asking: moto's own writes are not atomic, so they do not race here
            time.sleep(0.01)
        answers += [pool.submit(lambda: opened(credential).secret_headers()) for _ in range(7)]
        time.sleep(0.3)
        server.gate.set()
        headers = {answer.result()["Authorization"] for answer in answers}

    assert len(server.requests) == 1
    assert headers == {f"Bearer {server.issued[0]['access_token']}"}


def test_a_refused_token_is_replaced_once_for_all(server: Running) -> None:
    credential = machine(server)
    first, second = opened(credential), opened(credential)
    old = {first.text(), second.text()}

    assert first.renew()
    assert second.renew()

    assert len(server.requests) == 2
    assert first.text() == second.text() == server.issued[1]["access_token"]
    assert old == {server.issued[0]["access_token"]}


def test_a_token_without_a_refresh_token_cannot_be_replaced(server: Running) -> None:
    value = {"client_id": Client.client_id, "token_url": server.token_url, "access_token": "an-access-token-1"}
    body = {"name": "n", "type": "oauth2", "value": value}
    credential = service.create(ACCOUNT, ids.new_id("cred"), CreateCredential.model_validate(body)).id
    one = opened(credential)
    assert one.text() == "an-access-token-1"

    assert not one.renew()
    assert server.requests == []


def test_other_credentials_have_nothing_to_renew(server: Running) -> None:
    body = {"name": "n", "type": "bearer", "value": "token-12345678"}
    credential = service.create(ACCOUNT, ids.new_id("cred"), CreateCredential.model_validate(body)).id

    assert not opened(credential).renew()


def test_a_renewal_that_died_holds_nobody_up_for_ever(server: Running) -> None:
    credential = machine(server)
    tables.put(
        repository.table(),
        {"pk": ACCOUNT, "sk": repository.token_key(credential), "claim_owner": "dead", "claim_until": clock.epoch() - 1},
    )

    assert opened(credential).secret_headers()["Authorization"].startswith("Bearer ")


def test_rotating_the_credential_drops_its_tokens(server: Running) -> None:
    credential = machine(server)
    opened(credential).secret_headers()

    value = {"client_id": Client.client_id, "client_secret": "wrong-secret-9876", "token_url": server.token_url}
    service.update(ACCOUNT, credential, UpdateCredential(value=value))

    with pytest.raises(NodeFailure, match="refused") as failed:
        opened(credential).secret_headers()
    assert failed.value.details["reason"] == "credentials"
    assert not failed.value.retryable
    assert "wrong-secret-9876" not in failed.value.message


def test_an_unreachable_server_can_be_tried_again(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound and not listening: every connection is refused
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ALLOWED_PRIVATE_HOSTS", f"127.0.0.1:{taken.getsockname()[1]}")
        settings.cache_clear()
        credential = machine(server, token_url=f"http://127.0.0.1:{taken.getsockname()[1]}/token")

        with pytest.raises(NodeFailure) as failed:
            opened(credential).secret_headers()

    assert failed.value.retryable
    assert failed.value.details["reason"] == "unreachable"


def test_authorization_code_with_pkce_makes_a_credential(server: Running) -> None:
    begun = begin(server)
    query = parse_qs(urlsplit(begun.url).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{BASE}/oauth/callback"] == [begun.redirect_uri]

    page = oauth_page.callback(consent(begun.url))

    assert page.status == 200
    assert "Calendar" in str(page.body)
    shown = service.get(ACCOUNT, begun.credential_id)
    assert (shown.type, shown.name) == ("oauth2", "Calendar")
    assert opened(begun.credential_id).secret_headers() == {"Authorization": f"Bearer {server.issued[0]['access_token']}"}


def test_rotating_refresh_tokens_are_kept(server: Running) -> None:
    begun = begin(server)
    oauth_page.callback(consent(begun.url))
    start = clock.now()

    for hours in (2, 4, 6):
        clock.set_now(lambda at=start + timedelta(hours=hours): at)
        opened(begun.credential_id).secret_headers()

    assert [one["grant_type"] for one in server.requests] == ["authorization_code", *["refresh_token"] * 3]
    assert len({one["refresh_token"] for one in server.requests[1:]}) == 3


def test_a_state_is_used_once(server: Running) -> None:
    begun = begin(server)
    query = consent(begun.url)

    first, second = oauth_page.callback(query), oauth_page.callback(query)

    assert (first.status, second.status) == (200, 400)
    assert len(server.requests) == 1


def test_a_state_ends_after_ten_minutes(server: Running) -> None:
    query = consent(begin(server).url)
    later = clock.now() + timedelta(seconds=601)
    clock.set_now(lambda: later)

    assert oauth_page.callback(query).status == 400
    assert server.requests == []


@pytest.mark.parametrize("where", [0, 10, -1])
def test_a_forged_state_is_refused(server: Running, where: int) -> None:
    query = consent(begin(server).url)
    letters = list(query["state"])
    letters[where] = "A" if letters[where] != "A" else "B"

    assert oauth_page.callback({**query, "state": "".join(letters)}).status == 400
    assert oauth_page.callback({}).status == 400
    assert oauth_page.callback(query).status == 200


def test_a_refusal_by_the_person_stores_nothing_and_ends_the_state(server: Running) -> None:
    begun = begin(server)

    page = oauth_page.callback({"state": begun.state, "error": "access_denied", "error_description": "<script>alert(1)</script>"})

    assert page.status == 400
    assert "<script>" not in str(page.body)
    assert oauth_page.callback(consent(begun.url)).status == 400


def test_what_is_pending_is_encrypted_and_opens_as_no_credential(server: Running) -> None:
    begin(server)

    stored = list(tables.query_all(repository.table(), "pk = :pk AND begins_with(sk, :sk)", {":pk": ACCOUNT, ":sk": "pending#"}))

    assert len(stored) == 1
    assert Client.client_secret not in repr(stored)
    assert int(stored[0]["ttl"]) <= clock.epoch() + 600


def test_authorizing_again_keeps_the_credentials_id(server: Running) -> None:
    begun = begin(server)
    oauth_page.callback(consent(begun.url))

    again = begin(server, credential_id=begun.credential_id)
    assert oauth_page.callback(consent(again.url)).status == 200

    assert again.credential_id == begun.credential_id
    assert opened(begun.credential_id).secret_headers() == {"Authorization": f"Bearer {server.issued[1]['access_token']}"}


def test_a_connector_knows_where_to_ask(server: Running) -> None:
    wanted = AuthorizeRequest.model_validate({"name": "Mail", "connector": "gmail", "client_id": "id"})

    begun = oauth.authorize(ACCOUNT, ids.new_id("cred"), wanted, BASE, os.urandom(32), clock.now())

    parts = urlsplit(begun.url)
    query = parse_qs(parts.query)
    assert (parts.netloc, parts.path) == ("accounts.google.com", "/o/oauth2/v2/auth")
    assert query["access_type"] == ["offline"]
    assert query["scope"] == ["https://www.googleapis.com/auth/gmail.modify"]


def test_urls_are_needed_without_a_connector(server: Running) -> None:
    with pytest.raises(ValidationFailed) as refused:
        begin(server, authorize_url=None, token_url="http://auth.example.com/token")

    assert [problem.path for problem in refused.value.problems] == ["authorize_url", "token_url"]


def test_the_platforms_parameters_cannot_be_replaced(server: Running) -> None:
    with pytest.raises(ValidationFailed) as refused:
        begin(server, authorize_parameters={"state": "mine", "prompt": "consent"})

    assert [problem.path for problem in refused.value.problems] == ["authorize_parameters.state"]


def test_tokens_are_masked_like_the_secret(server: Running) -> None:
    credential = opened(machine(server))
    token = credential.text()

    masked = masker_of([credential]).mask({"echo": f"Bearer {token}", "secret": Client.client_secret})

    assert masked == {"echo": "Bearer ***", "secret": "***"}


def test_the_pending_state_names_no_time_in_the_past(server: Running) -> None:
    moment = datetime(2026, 1, 15, 10, tzinfo=UTC)
    clock.set_now(lambda: moment)

    assert begin(server).expires_at == "2026-01-15T10:10:00.000Z"
