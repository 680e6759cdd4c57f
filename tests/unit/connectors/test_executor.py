"""The executor: failures told apart, pages followed, nothing sent where it does not belong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flows.aws.settings import settings
from flows.connectors import catalog, executor
from flows.connectors.pages import next_link
from flows.connectors.schema import Connector
from flows.credentials.use import OpenCredential
from flows.engine.results import NodeFailure
from flows.outgoing import OutgoingClient

from tests.unit.connectors.recording_server import Server

TOKEN = "xoxb-your-token-1234"


def connector(name: str) -> Connector:
    found = catalog.find(name)
    assert found is not None
    return found


def call(
    service: Server,
    name: str,
    action: str,
    parameters: dict[str, Any],
    *,
    hosts: frozenset[str] = frozenset(),
    kind: str = "bearer",
    value: Any = TOKEN,
    config: dict[str, str] | None = None,
) -> Any:
    found = connector(name).action(action)
    assert found is not None
    given = {"base_url": f"{service.origin}/api"} if config is None else config
    credential = OpenCredential("cred_1", kind, hosts, {name: given}, value)
    client = OutgoingClient(frozenset({service.host}))
    return executor.run(connector(name), found, parameters, executor.Call(client, credential, 10, "key-1"))


def failure(service: Server, *args: Any, **named: Any) -> NodeFailure:
    with pytest.raises(NodeFailure) as failed:
        call(service, *args, **named)
    return failed.value


POST = {"channel": "C1", "text": "Hi"}


def test_a_failure_inside_a_200_is_a_failure(service: Server) -> None:
    service.answers = [{"json": {"ok": False, "error": "channel_not_found"}}]

    failed = failure(service, "slack", "post_message", POST)

    assert (failed.type, failed.retryable) == ("ConnectorError", False)
    assert failed.message == "Slack answered 200: channel_not_found"
    assert failed.details["code"] == "channel_not_found"


def test_wrong_credentials_are_told_apart(service: Server) -> None:
    service.answers = [{"json": {"ok": False, "error": "invalid_auth"}}, {"status": 401, "json": {"message": "Bad credentials"}}]

    slack = failure(service, "slack", "post_message", POST)
    github = failure(service, "github", "create_comment", {"owner": "o", "repo": "r", "issue_number": 1, "body": "b"})

    assert {slack.type, github.type} == {"AuthenticationError"}
    assert "Bad credentials" in github.message


def test_a_rate_limit_says_when_to_come_again(service: Server) -> None:
    service.answers = [{"status": 429, "headers": {"Retry-After": "17"}, "json": {"ok": False, "error": "ratelimited"}}]

    failed = failure(service, "slack", "post_message", POST)

    assert (failed.type, failed.retryable, failed.retry_after) == ("RateLimited", True, 17.0)


@pytest.mark.parametrize(("status", "retryable"), [(500, True), (503, True), (404, False), (422, False)])
def test_what_can_be_tried_again(service: Server, status: int, retryable: bool) -> None:
    service.answers = [{"status": status, "json": {"message": "no"}}]

    failed = failure(service, "github", "get_file", {"owner": "o", "repo": "r", "path": "a"})

    assert failed.retryable is retryable
    assert failed.details["status_code"] == status


def test_a_repeat_carries_the_same_key_and_a_read_none(service: Server) -> None:
    call(service, "slack", "post_message", POST)
    call(service, "slack", "list_channels", {})

    assert service.requests[0].headers["idempotency-key"] == "key-1"
    assert "idempotency-key" not in service.requests[1].headers


def test_cursor_pages_are_followed_to_the_end(service: Server) -> None:
    service.answers = [
        {"json": {"ok": True, "channels": [{"id": "1"}], "response_metadata": {"next_cursor": "abc="}}},
        {"json": {"ok": True, "channels": [{"id": "2"}], "response_metadata": {"next_cursor": ""}}},
    ]

    found = call(service, "slack", "list_channels", {"limit": 1, "all_pages": True})

    assert found == [{"id": "1"}, {"id": "2"}]
    assert [request.target for request in service.requests] == [
        "/api/conversations.list?limit=1",
        "/api/conversations.list?limit=1&cursor=abc%3D",
    ]


def test_link_headers_are_followed_and_max_pages_holds(service: Server) -> None:
    service.answers = [
        {
            "json": [{"n": n}],
            "headers": {"Link": f'<{{origin}}/api/repositories/1/issues?page={n + 1}>; rel="next", <x>; rel="last"'},
        }
        for n in range(1, 9)
    ]

    found = call(service, "github", "list_issues", {"owner": "o", "repo": "r", "all_pages": True, "max_pages": 3})

    assert found == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert [request.target for request in service.requests][1:] == [
        "/api/repositories/1/issues?page=2",
        "/api/repositories/1/issues?page=3",
    ]
    assert service.requests[2].headers["authorization"] == f"Bearer {TOKEN}"


def test_the_last_items_id_asks_for_the_next_page(service: Server) -> None:
    service.answers = [
        {"json": {"data": [{"id": "cus_1"}], "has_more": True}},
        {"json": {"data": [{"id": "cus_2"}], "has_more": False}},
    ]

    assert call(service, "stripe", "list_customers", {"all_pages": True}) == [{"id": "cus_1"}, {"id": "cus_2"}]
    assert service.requests[1].target.endswith("?starting_after=cus_1")


def test_a_next_page_elsewhere_gets_no_credential(service: Server) -> None:
    service.answers = [{"json": [1], "headers": {"Link": '<https://evil.example/steal>; rel="next"'}}]

    failed = failure(service, "github", "list_issues", {"owner": "o", "repo": "r", "all_pages": True})

    assert "may not be sent to evil.example" in failed.message
    assert len(service.requests) == 1


def test_the_credentials_hosts_hold(service: Server) -> None:
    failed = failure(service, "slack", "post_message", POST, hosts=frozenset({"slack.com"}))

    assert service.host in failed.message
    assert service.requests == []


@pytest.mark.parametrize("value", ["..", ".", ""])
def test_an_input_cannot_leave_its_place_in_the_path(service: Server, value: str) -> None:
    failed = failure(service, "github", "create_comment", {"owner": "o", "repo": value, "issue_number": 1, "body": "b"})

    assert failed.type == "InvalidParameters"
    assert service.requests == []


def test_slashes_in_an_input_stay_within_one_segment(service: Server) -> None:
    call(service, "github", "create_comment", {"owner": "o", "repo": "a/../b?c#d", "issue_number": 1, "body": "b"})

    assert service.requests[0].target == "/api/repos/o/a%2F..%2Fb%3Fc%23d/issues/1/comments"


def test_a_path_of_several_segments_stays_below_its_place(service: Server) -> None:
    failed = failure(service, "github", "get_file", {"owner": "o", "repo": "r", "path": "docs/../../../user"})

    assert failed.type == "InvalidParameters"
    assert service.requests == []


def test_every_wrong_parameter_is_named_at_once(service: Server) -> None:
    failed = failure(service, "slack", "post_message", {"channel": [5], "txt": "secret-text"})

    assert sorted(problem["path"] for problem in failed.details) == ["parameters", "parameters.channel"]
    assert "secret-text" not in json.dumps(failed.details)


def test_a_credential_of_another_type_is_refused(service: Server) -> None:
    failed = failure(service, "slack", "post_message", POST, kind="basic", value={"username": "a", "password": "b"})

    assert failed.message == "Slack takes credentials of type bearer, api_key, oauth2, not basic."


def test_no_credential_at_all_is_named(service: Server) -> None:
    found = connector("slack").action("post_message")
    assert found is not None

    with pytest.raises(NodeFailure, match="needs a credential"):
        executor.run(connector("slack"), found, POST, executor.Call(OutgoingClient(), None, 10))


def test_the_operator_can_put_a_private_server_in_a_services_place(service: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECTOR_BASE_URLS", f"github=https://x.example,slack={service.origin}/slack")
    settings.cache_clear()

    call(service, "slack", "post_message", POST, hosts=frozenset({"slack.com"}), config={})

    assert service.requests[0].target == "/slack/chat.postMessage"
    assert service.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_an_integrations_own_server_stays(service: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECTOR_BASE_URLS", f"slack={service.origin}/replaced")
    settings.cache_clear()

    call(service, "slack", "post_message", POST, config={"base_url": f"{service.origin}/own"})

    assert service.requests[0].target == "/own/chat.postMessage"


def test_a_public_server_is_never_put_in_a_services_place(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.connectors import base_urls

    monkeypatch.setenv("CONNECTOR_BASE_URLS", "slack=https://evil.example/api")
    settings.cache_clear()

    assert base_urls.replacement("slack") is None
    settings.cache_clear()


def test_what_is_not_json_comes_as_text_and_nothing_as_null(service: Server) -> None:
    service.answers = [{"text": "NaN", "headers": {"Content-Type": "application/json"}}, {"status": 204, "text": ""}]

    assert call(service, "rest", "get", {"path": "a"}, config={"base_url": service.origin}) == "NaN"
    assert call(service, "rest", "delete", {"path": "a"}, config={"base_url": service.origin}) is None


@pytest.mark.parametrize(
    ("header", "url"),
    [
        ('<https://a.example/?page=2>; rel="next"', "https://a.example/?page=2"),
        ('<https://a.example/1>; rel="prev", <https://a.example/3>; rel="next"', "https://a.example/3"),
        ('<https://a.example/a,b>; title="x; y"; rel=next', "https://a.example/a,b"),
        ('<https://a.example/>; rel="last"', ""),
        ('<https://a.example/>; rel="nextish"', ""),
        ("", ""),
    ],
)
def test_link_headers_are_read(header: str, url: str) -> None:
    assert next_link(header) == url
