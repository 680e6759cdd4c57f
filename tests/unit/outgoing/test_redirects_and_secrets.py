"""Redirects, and where secrets go at every hop."""

from typing import Any

import pytest
from flows.outgoing import OutgoingClient, OutgoingError, Request, origin_of

SECRET = {"X-Api-Key": "s3cret"}


def client_for(*servers: Any) -> OutgoingClient:
    return OutgoingClient(frozenset(server.host_port for server in servers))


def redirect_to(url: str, status: int = 302) -> Any:
    return lambda seen: (status, {"location": url}, b"moved") if seen.target.startswith("/from") else (200, {}, b"end")


def test_a_redirect_is_given_back_unless_it_is_to_be_followed(server: Any) -> None:
    server.answer = redirect_to("/to")

    response = client_for(server).send(Request("GET", f"{server.url}/from"))

    assert (response.status_code, response.headers["location"], response.body) == (302, "/to", b"moved")


def test_secrets_are_sent_again_within_the_first_origin(server: Any) -> None:
    server.answer = redirect_to("/to")

    response = client_for(server).send(
        Request("GET", f"{server.url}/from", follow_redirects=True, secret_headers=SECRET, headers={"X-Mine": "1"})
    )

    assert (response.status_code, response.body, response.url) == (200, b"end", f"{server.url}/to")
    assert [seen.headers.get("x-api-key") for seen in server.seen] == ["s3cret", "s3cret"]
    assert [seen.headers.get("x-mine") for seen in server.seen] == ["1", "1"]


def test_another_port_is_another_origin_and_gets_neither_secrets_nor_private_headers(server: Any, start_server: Any) -> None:
    other = start_server()
    server.answer = redirect_to(f"{other.url}/to")
    headers = {"Authorization": "typed by hand", "Cookie": "a=b", "X-Token": "typed too", "Accept-Language": "de"}

    client_for(server, other).send(
        Request(
            "GET",
            f"{server.url}/from",
            follow_redirects=True,
            headers=headers,
            secret_headers=SECRET,
            secret_query={"key": "s3cret"},
        )
    )

    assert server.seen[0].target == "/from?key=s3cret"
    seen = other.seen[0]
    assert seen.target == "/to"
    assert seen.headers["accept-language"] == "de"
    assert not {"authorization", "cookie", "x-token", "x-api-key"} & set(seen.headers)
    assert "s3cret" not in repr(seen)


def test_secrets_come_back_to_the_first_origin_after_a_detour(server: Any, start_server: Any) -> None:
    other = start_server()
    server.answer = redirect_to(f"{other.url}/from2")
    other.answer = redirect_to(f"{server.url}/to")

    client_for(server, other).send(Request("GET", f"{server.url}/from", follow_redirects=True, secret_headers=SECRET))

    assert [seen.headers.get("x-api-key") for seen in server.seen] == ["s3cret", "s3cret"]
    assert "x-api-key" not in other.seen[0].headers


def test_secrets_and_the_body_go_to_an_allowed_host(server: Any, start_server: Any) -> None:
    other = start_server()
    server.answer = redirect_to(f"{other.url}/to", 307)
    allowed = frozenset({server.host_port, other.host_port})

    client_for(server, other).send(
        Request(
            "POST",
            f"{server.url}/from",
            body=b"data",
            follow_redirects=True,
            secret_headers=SECRET,
            allowed_hosts=allowed,
        )
    )

    assert (other.seen[0].method, other.seen[0].body, other.seen[0].headers["x-api-key"]) == ("POST", b"data", "s3cret")


def test_a_body_is_not_sent_to_a_host_that_is_not_allowed(server: Any, start_server: Any) -> None:
    other = start_server()
    server.answer = redirect_to(f"{other.url}/to", 307)

    with pytest.raises(OutgoingError) as caught:
        client_for(server, other).send(Request("POST", f"{server.url}/from", body=b"data", follow_redirects=True))

    assert (caught.value.kind, caught.value.maybe_sent) == ("redirects", True)
    assert other.seen == []


@pytest.mark.parametrize(
    ("allowed", "sent"),
    [
        ({"127.0.0.1"}, True),  # the operator opened the port, so the name alone is enough
        ({"127.0.0.1:{port}"}, True),
        ({"http://127.0.0.1:{port}"}, True),
        ({"https://127.0.0.1:{port}"}, False),
        ({"127.0.0.1:1"}, False),
        ({"api.example.com"}, False),
        ({"*.0.0.1"}, False),
        (set(), False),
    ],
)
def test_a_credential_goes_to_its_hosts_only(allowed: set[str], sent: bool, server: Any) -> None:
    request = Request(
        "GET",
        server.url,
        secret_headers=SECRET,
        allowed_hosts=frozenset(entry.format(port=server.port) for entry in allowed),
    )

    if sent:
        client_for(server).send(request)
        assert server.seen[0].headers["x-api-key"] == "s3cret"
    else:
        with pytest.raises(OutgoingError) as caught:
            client_for(server).send(request)
        assert caught.value.kind == "bad_request"
        assert "s3cret" not in str(caught.value)
        assert server.seen == []


def test_the_origin_of_a_first_page_keeps_the_secret_from_a_next_page_elsewhere(server: Any, start_server: Any) -> None:
    other = start_server()
    allowed = frozenset({origin_of(f"{server.url}/page/1")})

    with pytest.raises(OutgoingError) as caught:
        client_for(server, other).send(Request("GET", f"{other.url}/page/2", secret_headers=SECRET, allowed_hosts=allowed))

    assert caught.value.kind == "bad_request"
    assert other.seen == []


@pytest.mark.parametrize(
    ("status", "method", "then", "body"),
    [
        (301, "POST", "GET", b""),
        (302, "POST", "GET", b""),
        (303, "POST", "GET", b""),
        (303, "PUT", "GET", b""),
        (303, "HEAD", "HEAD", b""),
        (301, "PUT", "PUT", b"data"),
        (307, "POST", "POST", b"data"),
        (308, "PATCH", "PATCH", b"data"),
    ],
)
def test_the_method_after_a_redirect(status: int, method: str, then: str, body: bytes, server: Any) -> None:
    server.answer = redirect_to("/to", status)
    sent = None if method == "HEAD" else b"data"

    client_for(server).send(Request(method, f"{server.url}/from", {"Content-Type": "text/plain"}, sent, follow_redirects=True))

    seen = server.seen[1]
    assert (seen.method, seen.body) == (then, body)
    assert ("content-type" in seen.headers) == (bool(body) or method == "HEAD")


def test_redirects_end(server: Any) -> None:
    server.answer = lambda seen: (302, {"location": "/from"}, b"")

    with pytest.raises(OutgoingError) as caught:
        client_for(server).send(Request("GET", f"{server.url}/from", follow_redirects=True, max_redirects=3))

    assert caught.value.kind == "redirects"
    assert len(server.seen) == 4


def test_the_secret_in_a_query_is_neither_reported_nor_doubled(server: Any) -> None:
    server.answer = lambda seen: (
        (302, {"location": f"/to?{seen.target.partition('?')[2]}"}, b"") if "/from" in seen.target else (200, {}, b"")
    )

    response = client_for(server).send(
        Request("GET", f"{server.url}/from?a=1", follow_redirects=True, secret_query={"api key": "s3&cret"})
    )

    assert [seen.target for seen in server.seen] == ["/from?a=1&api%20key=s3%26cret", "/to?a=1&api%20key=s3%26cret"]
    assert response.url == f"{server.url}/to?a=1"


def test_a_request_does_not_show_its_secrets() -> None:
    request = Request("GET", "https://example.com", secret_headers=SECRET, secret_query={"key": "s3cret"})

    assert "s3cret" not in repr(request)


def test_a_secret_header_wins_over_the_authors(server: Any) -> None:
    client_for(server).send(Request("GET", server.url, {"x-api-KEY": "mine", "X-API-key": "mine2"}, secret_headers=SECRET))

    assert server.seen[0].headers["x-api-key"] == "s3cret"


def test_a_location_in_utf8_is_followed(server: Any) -> None:
    server.answer = lambda seen: (
        (302, {"location": "/tö".encode().decode("latin-1")}, b"") if seen.target == "/from" else (200, {}, b"")
    )

    response = client_for(server).send(Request("GET", f"{server.url}/from", follow_redirects=True))

    assert response.url == f"{server.url}/t%C3%B6"
