"""http_request, against real servers on 127.0.0.1."""

from __future__ import annotations

import base64
import json
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flows.engine import registry
from flows.engine.contract import Example, NodeType
from flows.engine.nodes.http_request import HttpRequestParameters
from flows.engine.results import NodeFailure
from pydantic import ValidationError

from tests.unit.nodes.context import NOW, GivenCredential, run
from tests.unit.nodes.http_server import Asked, Reply, Server, json_reply, serving


def node() -> NodeType:
    found = registry.node_type("http_request")
    assert found is not None
    return found


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(lambda asked: json_reply({"ok": True})) as running:
        yield running


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    with serving(lambda asked: json_reply({"page": 2})) as running:
        yield running


def send(
    server: Server, *others: Server, data: Any = None, path: str = "/", context: dict[str, Any] | None = None, **raw: Any
) -> Any:
    hosts = frozenset(one.host_port for one in (server, *others))
    return run(node(), {"url": server.url + path, **raw}, data, private_hosts=hosts, **(context or {})).output


def failed(server: Server, *others: Server, **arguments: Any) -> NodeFailure:
    with pytest.raises(NodeFailure) as caught:
        send(server, *others, **arguments)
    return caught.value


@pytest.mark.parametrize("example", node().examples, ids=lambda example: example.description)
def test_an_example_gives_what_it_shows(server: Server, example: Example) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.method == "POST":
            return json_reply({**json.loads(asked.body), "state": "new"}, 201)
        pages = {
            "/people?limit=2": {"people": ["Ada", "Bo"], "next": "/people?page=2"},
            "/people?page=2": {"people": ["Cy"], "next": None},
        }
        return json_reply(pages[asked.target])

    server.answer = answer
    raw = {**example.parameters, "url": example.parameters["url"].replace("https://api.example.com", server.url)}

    output = run(node(), raw, example.input, private_hosts=frozenset({server.host_port})).output

    assert (output["status_code"], output["body"]) == (example.output["status_code"], example.output["body"])
    assert output["headers"]["content-type"] == "application/json"


# What is sent


def test_query_headers_and_body_as_they_are_sent(server: Server) -> None:
    send(
        server,
        data={"n": 5},
        method="post",
        path="/a b?x=1",
        query={"q": "ä&=", "n": "{{ n }}", "list": [1, "two"], "none": None, "yes": True},
        headers={"X-Number": "{{ n }}", "X-None": None},
        body={"value": {"n": "{{ n }}"}},
    )

    asked = server.asked[0]
    assert (asked.method, asked.target) == ("POST", "/a%20b?x=1&q=%C3%A4%26%3D&n=5&list=1&list=two&yes=true")
    assert asked.headers["x-number"] == "5"
    assert "x-none" not in asked.headers
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body) == {"n": 5}
    assert "user-agent" in asked.headers


@pytest.mark.parametrize(
    ("body", "content_type", "sent"),
    [
        ({"type": "form", "value": {"a": "x y", "b": [1, 2], "c": None}}, "application/x-www-form-urlencoded", b"a=x+y&b=1&b=2"),
        ({"type": "raw", "value": "ü"}, "text/plain; charset=utf-8", "ü".encode()),
        ({"value": None}, "application/json", b"null"),
    ],
)
def test_kinds_of_bodies(server: Server, body: dict[str, Any], content_type: str, sent: bytes) -> None:
    send(server, method="PUT", body=body)

    assert (server.asked[0].headers["content-type"], server.asked[0].body) == (content_type, sent)


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "Connection"])
def test_a_header_that_belongs_to_the_client_is_refused_when_the_node_is_written(name: str) -> None:
    with pytest.raises(ValidationError, match="is set by the platform"):
        HttpRequestParameters.model_validate({"url": "https://example.com", "headers": {"X-Mine": "1", name: "1"}})


def test_headers_of_the_author_win(server: Server) -> None:
    send(server, method="POST", headers={"content-type": "application/vnd.x+json", "idempotency-KEY": "mine"}, body={"value": 1})

    assert (server.asked[0].headers["content-type"], server.asked[0].headers["idempotency-key"]) == (
        "application/vnd.x+json",
        "mine",
    )


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_every_request_carries_the_same_key_at_every_attempt(server: Server, method: str) -> None:
    send(server, method=method)
    send(server, method=method, context={"attempt": 2})

    assert [asked.headers.get("idempotency-key") for asked in server.asked] == ["key-1", "key-1"]


@pytest.mark.parametrize(
    "raw",
    [
        {"headers": {"X Y": "1"}},
        {"headers": {"X": "a\r\nb: c"}},
        {"headers": {"X": "a\0"}},
        {"headers": {"X": "1", "x": "2"}},
        {"headers": {"Host": "x"}},
        {"headers": {"Content-Length": "5"}},
        {"headers": {"X": "€"}},
        {"query": {"a": {"b": 1}}},
        {"body": {"type": "form", "value": [1]}},
        {"body": {"type": "raw", "value": {}}},
        {"method": "TRACE"},
        {"timeout_seconds": 0},
        {"timeout_seconds": 801},
        {"expect_status": []},
        {"expect_status": ["6xx"]},
        {"expect_status": ["300-200"]},
        {"follow_redirects": "yes"},
        {"pagination": {"next_url": "x", "max_pages": 0}},
        {"url": "ftp://example.com"},
        {"url": "{{ gone }}"},
        {"url": "http://user:pass@example.com/"},
    ],
)
def test_requests_that_cannot_be_are_refused_before_anything_is_sent(server: Server, raw: dict[str, Any]) -> None:
    assert failed(server, **raw).type == "InvalidParameters"
    assert server.asked == []


def test_a_private_address_is_out_of_reach(server: Server) -> None:
    with pytest.raises(NodeFailure) as caught:
        run(node(), {"url": server.url})

    assert (caught.value.type, caught.value.retryable) == ("BlockedAddress", False)
    assert server.asked == []


def test_a_url_without_expressions_is_looked_at_when_it_is_written() -> None:
    assert node().check is not None
    for wrong in ("http//x", 5):
        assert [path for path, _ in node().check({"url": wrong})] == ["url"]  # type: ignore[misc] # it is there
    assert list(node().check({"url": "https://example.com/{{ x }}"})) == []  # type: ignore[misc] # it is there


# What comes back


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", b'{"a": 1.5}', {"a": 1.5}),
        ("application/problem+json; charset=utf-8", b"[1]", [1]),
        ("application/json", b"", None),
        ("application/json", b"\xef\xbb\xbf1", 1),
        ("text/html; charset=iso-8859-1", b"\xfc", "ü"),
        ("text/plain", "ü".encode(), "ü"),
        ("text/plain", b"\xff", "\ufffd"),
        ("text/plain; charset=zip", b"ok", "ok"),
        ("text/plain; charset=punycode", b"ok", "ok"),
        ("application/xml", b"<a/>", "<a/>"),
        ("image/png", b"\x89PNG", base64.b64encode(b"\x89PNG").decode()),
        ("", b"plain", "plain"),
        ("", b"\xff\x00", base64.b64encode(b"\xff\x00").decode()),
    ],
)
def test_bodies_are_read_by_their_content_type(server: Server, content_type: str, body: bytes, expected: Any) -> None:
    server.answer = lambda asked: (200, {"content-type": content_type} if content_type else {}, body)

    assert send(server)["body"] == expected


def test_a_kind_of_body_that_is_asked_for(server: Server) -> None:
    server.answer = lambda asked: (200, {"content-type": "text/plain", "X-Upper": "1"}, b'{"a":1}')

    assert send(server, response="json")["body"] == {"a": 1}
    assert send(server, response="base64")["body"] == base64.b64encode(b'{"a":1}').decode()
    assert send(server, response="text")["headers"]["x-upper"] == "1"


@pytest.mark.parametrize("body", [b"{", b'{"a":1,"a":2}', b"NaN", b"1e999", b'"\\ud800"', b"[" * 1000, b"\xff"])
def test_json_that_is_none_fails(server: Server, body: bytes) -> None:
    server.answer = lambda asked: (200, {"content-type": "application/json"}, body)

    assert failed(server).type == "InvalidResponse"


@pytest.mark.parametrize(
    ("status", "expect", "is_expected"),
    [
        (204, ["2xx"], True),
        (404, ["2xx", "404"], True),
        (404, ["2xx", 404], True),
        (302, ["200-302"], True),
        (303, ["200-302"], False),
        (500, ["2XX"], False),
    ],
)
def test_statuses_that_are_expected(server: Server, status: int, expect: list[Any], is_expected: bool) -> None:
    server.answer = lambda asked: (status, {}, b"")

    if is_expected:
        assert send(server, expect_status=expect)["status_code"] == status
    else:
        assert failed(server, expect_status=expect).type == "HttpError"


def test_another_status_is_a_failure_with_the_answer_in_its_details(server: Server) -> None:
    server.answer = lambda asked: json_reply({"error": "no such thing"}, 404)

    failure = failed(server)

    assert failure.message == "The server answered 404 Not Found, not 2xx"
    assert failure.details["status_code"] == 404
    assert failure.details["body"] == {"error": "no such thing"}
    assert failure.details["headers"]["content-type"] == "application/json"
    assert not failure.retryable


@pytest.mark.parametrize(
    ("status", "retryable"), [(400, False), (401, False), (408, True), (409, False), (429, True), (500, True), (503, True)]
)
def test_what_can_be_better_later(server: Server, status: int, retryable: bool) -> None:
    server.answer = lambda asked: (status, {}, b"")

    assert failed(server).retryable is retryable


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("Sat, 14 Mar 2026 15:10:26 GMT", 59.465),
        ("Sat, 14 Mar 2020 15:10:26 GMT", 0.0),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(server: Server, header: str, seconds: float | None) -> None:
    server.answer = lambda asked: (503, {"retry-after": header}, b"")

    assert failed(server).retry_after == seconds


def test_details_of_a_long_answer_are_cut(server: Server) -> None:
    server.answer = lambda asked: (500, {"content-type": "text/plain"}, b"x" * 200_000)

    assert len(failed(server).details["body"]) < 70_000


def test_an_answer_over_10_mb_is_refused(server: Server) -> None:
    server.answer = lambda asked: (200, {}, b"x" * (10 * 1024 * 1024 + 1))

    assert failed(server).type == "ResponseTooLarge"


def test_a_redirect_is_followed_only_when_told(server: Server) -> None:
    server.answer = lambda asked: (302, {"location": "/there"}, b"") if asked.target == "/" else json_reply("there")

    assert "follow_redirects is off" in failed(server).message
    assert send(server, follow_redirects=True)["body"] == "there"


# Time


def test_a_server_that_says_nothing_is_given_up_at_the_deadline(server: Server) -> None:
    def slow(asked: Asked) -> Reply:
        time.sleep(1)
        return json_reply(1)

    server.answer = slow

    failure = failed(server, timeout_seconds=0.2)

    assert (failure.type, failure.retryable) == ("Timeout", True)


def test_the_deadline_counts_for_all_pages_together(server: Server) -> None:
    def slow(asked: Asked) -> Reply:
        time.sleep(0.15)
        return json_reply(f"/{len(server.asked)}")

    server.answer = slow

    assert failed(server, timeout_seconds=0.5, pagination={"next_url": "body", "max_pages": 100}).type == "Timeout"
    assert len(server.asked) < 6


def test_the_node_s_own_deadline_counts_too(server: Server) -> None:
    def slow(asked: Asked) -> Reply:
        time.sleep(1)
        return json_reply(1)

    server.answer = slow

    assert failed(server, context={"deadline": NOW + timedelta(seconds=0.2)}).type == "Timeout"


def test_a_connection_that_never_came_about_is_tried_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("flows.engine.http.sending.time.sleep", pauses.append)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = Server(f"127.0.0.1:{unused.getsockname()[1]}", lambda asked: json_reply(1))

        failure = failed(closed)

    assert (failure.type, failure.retryable, failure.details["maybe_sent"]) == ("ConnectionError", True, False)
    assert pauses == [0.2, 0.8]


# Pages


def test_pages_are_fetched_until_there_is_no_next_one(server: Server) -> None:
    pages = {"/?limit=1": ("?cursor=b", "a"), "/?cursor=b": (f"{server.url}/c", "b"), "/c": ("", "c")}
    server.answer = lambda asked: json_reply({"next": pages[asked.target][0], "items": [pages[asked.target][1]]})

    output = send(server, query={"limit": 1}, pagination={"next_url": "body.next"})

    assert [page["items"] for page in output["body"]] == [["a"], ["b"], ["c"]]


def test_the_next_page_can_be_named_by_a_header(server: Server) -> None:
    server.answer = lambda asked: json_reply(1, link="/2") if asked.target == "/" else json_reply(2)

    assert send(server, pagination={"next_url": "headers.link"})["body"] == [1, 2]


def test_no_more_pages_than_max_pages(server: Server) -> None:
    server.answer = lambda asked: json_reply({"next": f"/{len(server.asked)}"})
    assert len(send(server, pagination={"next_url": "body.next", "max_pages": 3})["body"]) == 3

    server.answer = lambda asked: json_reply({"next": "/same"})
    assert len(send(server, pagination={"next_url": "body.next"})["body"]) == 10  # one URL, and each time another page perhaps


def test_each_page_of_a_post_has_its_own_key(server: Server) -> None:
    server.answer = lambda asked: json_reply({"next": "/2" if asked.target == "/" else None})

    send(server, method="POST", body={"value": 1}, pagination={"next_url": "body.next"})

    assert [asked.headers["idempotency-key"] for asked in server.asked] == ["key-1", "key-1-2"]
    assert [asked.body for asked in server.asked] == [b"1", b"1"]


def test_pages_over_10_mb_in_all_are_refused(server: Server) -> None:
    server.answer = lambda asked: json_reply({"next": f"/{len(server.asked)}", "data": "x" * 4_000_000})

    assert failed(server, pagination={"next_url": "body.next"}).type == "ResponseTooLarge"


def test_a_next_page_that_is_no_url_fails(server: Server) -> None:
    server.answer = lambda asked: json_reply({"next": 5})

    assert "pagination.next_url" in failed(server, pagination={"next_url": "body.next"}).message


# Credentials


def given(**more: Any) -> dict[str, Any]:
    credential = GivenCredential(headers={"Authorization": "Bearer s3cret"}, query={"key": "s3cret"}, **more)
    return {"credentials": {"cred_01": credential}, "credential_id": "cred_01"}


def test_a_credential_goes_along_in_headers_and_query(server: Server) -> None:
    send(server, path="/?a=1", context=given(signature={"X-Signed": "by"}))

    assert server.asked[0].headers["authorization"] == "Bearer s3cret"
    assert server.asked[0].target == "/?a=1&key=s3cret"
    assert server.asked[0].headers["x-signed"] == f"by GET {server.url}/?a=1"


def test_a_credential_goes_to_its_hosts_only(server: Server) -> None:
    failure = failed(server, context=given(allowed_hosts=frozenset({"api.example.com"})))

    assert "credential" in failure.message
    assert server.asked == []


def test_a_next_page_at_home_gets_the_credential_and_one_elsewhere_gets_nothing(server: Server, elsewhere: Server) -> None:
    server.answer = lambda asked: json_reply({"next": "/2"} if asked.target.startswith("/?") else {"next": f"{elsewhere.url}/3"})

    send(
        server,
        elsewhere,
        headers={"X-Private": "1", "Accept-Language": "de"},
        pagination={"next_url": "body.next"},
        context=given(allowed_hosts=frozenset({server.host_port, elsewhere.host_port})),
    )

    assert [asked.headers.get("authorization") for asked in server.asked] == ["Bearer s3cret", "Bearer s3cret"]
    assert [(asked.target, asked.headers.get("authorization")) for asked in elsewhere.asked] == [("/3", None)]
    assert "x-private" not in elsewhere.asked[0].headers
    assert elsewhere.asked[0].headers["accept-language"] == "de"


def test_a_body_does_not_follow_to_a_page_elsewhere(server: Server, elsewhere: Server) -> None:
    server.answer = lambda asked: json_reply({"next": elsewhere.url})

    failure = failed(server, elsewhere, method="POST", body={"value": "private"}, pagination={"next_url": "body.next"})

    assert "another host" in failure.message
    assert elsewhere.asked == []
