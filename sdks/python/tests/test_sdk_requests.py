"""What is sent."""

from __future__ import annotations

import inspect
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import httpx
import pytest
from conftest import Use
from sdk_server import Reply, Server, ok

from yourapp import NOT_GIVEN, AsyncClient, Client, ConfigurationError
from yourapp.models import Node

NOW = "2024-01-15T10:00:00Z"
SUMMARY = {"id": "wf_123", "name": "A", "status": "draft", "version": 1, "created_at": NOW, "updated_at": NOW}
WORKFLOW = {**SUMMARY, "nodes": [], "edges": [], "variables": {}, "settings": {}, "input_schema": None}


def test_the_snippet_of_the_reference_runs_word_for_word(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOURAPP_BASE_URL", server.url)
    started = {"execution_id": "exec_456", "status": "running", "started_at": NOW}
    server.will(ok([SUMMARY], page=1, limit=20, total=1), ok(started, status=202))

    from yourapp import Client

    client = Client('YOUR_API_KEY')  # fmt: skip
    workflows = client.workflows.list()
    client.workflows.execute('wf_123', input={"email": "user@example.com"})  # fmt: skip

    assert [workflow.name for workflow in workflows] == ["A"]
    listed, executed = server.asked
    assert (listed.method, listed.target) == ("GET", "/v1/workflows")
    assert listed.headers["Authorization"] == "Bearer YOUR_API_KEY"
    assert (executed.method, executed.target) == ("POST", "/v1/workflows/wf_123/execute")
    assert executed.json == {"input": {"email": "user@example.com"}}
    assert executed.headers["Content-Type"] == "application/json"
    client.close()


def test_the_key_comes_from_the_environment_and_without_one_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="YOURAPP_API_KEY"):
        Client()
    monkeypatch.setenv("YOURAPP_API_KEY", "ya_live_env")
    assert Client().base_url == "https://api.yourapp.com/v1"


@pytest.mark.parametrize(("key", "url"), [("a b\n c", None), ("schlüssel", None), ("k", "ftp://x"), ("k", "api.yourapp.com/v1")])
def test_a_key_or_url_that_cannot_be_is_told_at_once(key: str, url: str | None) -> None:
    with pytest.raises(ConfigurationError):
        Client(key, base_url=url)


def test_the_key_is_not_shown(server: Server) -> None:
    client = Client("ya_live_secret", base_url=server.url)
    assert "secret" not in repr(client)
    assert "secret" not in repr(client._transport.options)


def test_ids_are_escaped_and_empty_ones_never_sent(use: Use, server: Server) -> None:
    server.will(ok(WORKFLOW))

    use(lambda client: client.workflows.get("../a b/é?x#y"))

    assert server.asked[0].target == "/v1/workflows/..%2Fa%20b%2F%C3%A9%3Fx%23y"
    for wrong in ("", "  ", ".", ".."):
        with pytest.raises(ValueError, match="workflow_id"):
            use(lambda client, wrong=wrong: client.workflows.get(wrong))
    with pytest.raises(ValueError, match="workflow_id"):
        use(lambda client: client.workflows.get(None))
    assert len(server.asked) == 1


def test_null_is_sent_and_what_is_left_out_is_not(use: Use, server: Server) -> None:
    server.will(ok(WORKFLOW))

    use(lambda client: client.workflows.update("wf_1", description=None, name="B", if_match=3))

    assert server.asked[0].json == {"description": None, "name": "B"}
    assert server.asked[0].headers["If-Match"] == "3"
    assert not NOT_GIVEN


def test_models_are_sent_with_what_was_set_on_them(use: Use, server: Server) -> None:
    server.will(ok(WORKFLOW, status=201))
    node = Node(id="a", type="set", parameters={"values": {"x": 1}})

    use(lambda client: client.workflows.create(name="A", nodes=[node, {"id": "b", "type": "noop"}]))

    assert server.asked[0].json["nodes"] == [
        {"id": "a", "type": "set", "parameters": {"values": {"x": 1}}},
        {"id": "b", "type": "noop"},
    ]


def test_times_are_sent_in_utc(use: Use, server: Server) -> None:
    server.will(ok([], limit=20, has_more=False))

    use(lambda client: client.executions.list(from_=datetime(2024, 1, 1, tzinfo=timezone.utc), to=datetime(2024, 1, 2), limit=5))  # noqa: DTZ001 - without zone on purpose

    assert server.asked[0].query == {"from": "2024-01-01T00:00:00Z", "to": "2024-01-02T00:00:00Z", "limit": "5"}


def test_inputs_may_be_any_json_and_nothing_else(use: Use, server: Server) -> None:
    server.will(ok({"execution_id": "exec_1", "status": "pending", "started_at": NOW}))
    value = {"big": 2**70, "text": "ü\u2028", "when": datetime(2024, 1, 1, tzinfo=timezone.utc), "price": Decimal("1.50")}

    use(lambda client: client.workflows.execute("wf_1", input=value))
    use(lambda client: client.workflows.execute("wf_1", input=None))

    assert server.asked[0].json["input"] == {"big": 2**70, "text": "ü\u2028", "when": "2024-01-01T00:00:00Z", "price": "1.50"}
    assert server.asked[1].json == {"input": None}
    with pytest.raises(ValueError, match="JSON"):
        use(lambda client: client.workflows.execute("wf_1", input=float("nan")))
    with pytest.raises(TypeError, match="object has no JSON form"):
        use(lambda client: client.workflows.execute("wf_1", input=object()))


def test_fields_of_a_newer_api_are_kept(use: Use, server: Server) -> None:
    server.will(ok({**WORKFLOW, "shiny": 1, "status": "archived"}))

    workflow = use(lambda client: client.workflows.get("wf_1"))

    assert workflow.shiny == 1
    assert workflow.status == "archived"
    assert workflow.to_dict() == {**WORKFLOW, "shiny": 1, "status": "archived"}


def test_any_request_can_be_made(use: Use, server: Server) -> None:
    server.will(ok({"a": 1}, total=1))

    answer = use(lambda client: client.request("post", "/new", query={"b": True}, body=[1], headers={"X-A": "b"}))

    assert (answer.data, answer.meta, answer.response.status_code) == ({"a": 1}, {"total": 1}, 200)
    assert (server.asked[0].method, server.asked[0].target, server.asked[0].json) == ("POST", "/v1/new?b=true", [1])
    assert server.asked[0].headers["X-A"] == "b"
    assert server.asked[0].headers["Idempotency-Key"]


def test_options_can_differ_for_one_call_and_share_the_connections(server: Server) -> None:
    server.will(ok(WORKFLOW))
    with Client("k", base_url=server.url, headers={"X-Team": "a"}) as client:
        other = client.with_options(timeout=1, max_retries=0, headers={"X-Call": "b"})
        other.workflows.get("wf_1")

    assert server.asked[0].headers["X-Team"] == "a"
    assert server.asked[0].headers["X-Call"] == "b"
    assert client._transport.options.max_retries == 3


def test_a_raw_response_comes_beside_the_result(use: Use, server: Server) -> None:
    server.will(ok(WORKFLOW))

    raw = use(lambda client: client.with_raw_response(client.workflows.get)("wf_123"))

    assert (raw.parsed.id, raw.status_code, raw.request_id) == ("wf_123", 200, "req_ok")
    assert raw.headers["content-type"] == "application/json"


def test_a_raw_response_needs_a_request(server: Server) -> None:
    with Client("k", base_url=server.url) as client, pytest.raises(TypeError, match="makes a request"):
        client.with_raw_response(len)("abc")


def test_what_will_go_is_told_in_the_log(use: Use, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    headers = {"Deprecation": "@1735689600", "Sunset": "Thu, 01 Jan 2026 00:00:00 GMT", "Link": "<https://x/guide>"}
    server.will(Reply(200, {"success": True, "data": WORKFLOW}, headers))

    use(lambda client: client.workflows.get("wf_1"))

    (record,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert record.getMessage().endswith("works until Thu, 01 Jan 2026 00:00:00 GMT: <https://x/guide>")


def test_requests_go_through_a_proxy(use: Use, server: Server) -> None:
    server.will(ok(WORKFLOW))

    use(lambda client: client.with_options().workflows.get("wf_1"), proxy=server.url.removesuffix("/v1"))

    assert server.asked[0].target == f"{server.url}/workflows/wf_1"


def test_a_transport_or_a_whole_client_of_ones_own_is_used(server: Server) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"success": True, "data": {**WORKFLOW, "name": str(request.url)}})

    own = httpx.Client(transport=httpx.MockTransport(answer))
    with Client("k", base_url="https://api.test/v1", http_client=own) as client:
        assert client.workflows.get("wf_1").name == "https://api.test/v1/workflows/wf_1"
    assert not own.is_closed
    with Client("k", base_url="https://api.test/v1", transport=httpx.MockTransport(answer)) as client:
        assert client.workflows.get("wf_2").name == "https://api.test/v1/workflows/wf_2"
    with pytest.raises(ValueError, match="http_client"):
        Client("k", http_client=own, proxy="http://x")


def test_closing_closes_the_connections(server: Server) -> None:
    client = Client("k", base_url=server.url)
    client.close()
    with pytest.raises(RuntimeError):
        client.workflows.get("wf_1")


def test_a_link_is_followed_without_the_key(use: Use, server: Server) -> None:
    def answer(asked: Any) -> Reply:
        if asked.path == "/file":
            return Reply(200, b"\xef\xbb\xbfid,email\r\n")
        return Reply(303, b"", {"Location": f"{server.url.removesuffix('/v1')}/file?sig=1"})

    server.answer = answer

    text = use(lambda client: client.submissions.export_csv("form_1"))

    assert text == "id,email\r\n"
    assert server.asked[0].query == {"format": "csv"}
    assert "Authorization" not in server.asked[1].headers


def test_only_ids_are_positional() -> None:
    for client in (Client("k"), AsyncClient("k")):
        resources = [resource for name, resource in vars(client).items() if not name.startswith("_")]
        resources += [client.workflows.versions, client.forms.versions, client.webhooks.deliveries]
        for resource in resources:
            for name, method in inspect.getmembers(resource, inspect.ismethod):
                if name.startswith("_") or name in ("verify", "start"):
                    continue
                for parameter in inspect.signature(method).parameters.values():
                    is_id = parameter.name.endswith("_id") or parameter.name == "version"
                    assert parameter.kind is parameter.KEYWORD_ONLY or is_id, f"{name}({parameter.name})"
