"""ALLOWED_PRIVATE_HOSTS opens exactly what it names."""

import socket
from typing import Any

import pytest
from flows.outgoing import OutgoingClient, OutgoingError, Request, check_url, parse_private_hosts


def test_an_opened_host_is_reached(server: Any) -> None:
    client = OutgoingClient(frozenset({server.host_port}))

    response = client.send(Request("POST", f"{server.url}/a?b=1", headers={"X-One": "1"}, body=b"hello"))

    assert (response.status_code, response.body, response.url) == (200, b"ok", f"{server.url}/a?b=1")
    seen = server.seen[0]
    assert (seen.method, seen.target, seen.body) == ("POST", "/a?b=1", b"hello")
    assert seen.headers["host"] == server.host_port
    assert seen.headers["x-one"] == "1"


def test_a_name_is_opened_by_that_name(server: Any) -> None:
    client = OutgoingClient(frozenset({f"localhost:{server.port}"}))

    assert client.send(Request("GET", f"http://localhost:{server.port}/")).status_code == 200
    assert client.send(Request("GET", f"http://LOCALHOST.:{server.port}/")).status_code == 200
    assert server.seen[0].headers["host"] == f"localhost:{server.port}"


def test_opening_a_host_opens_no_other_port_and_no_other_name(server: Any, canary: Any) -> None:
    client = OutgoingClient(frozenset({server.host_port}), resolver=socket.getaddrinfo)

    for url in (canary.url, f"http://localhost:{server.port}/", f"http://127.0.0.2:{server.port}/"):
        with pytest.raises(OutgoingError) as caught:
            client.send(Request("GET", url))
        assert caught.value.kind == "blocked"

    assert server.seen == canary.seen == []


def test_an_opened_ipv6_host_is_reached(start_server: Any) -> None:
    try:
        server = start_server(family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    client = OutgoingClient(frozenset({f"[::1]:{server.port}"}))

    assert client.send(Request("GET", f"http://[0:0::1]:{server.port}/")).status_code == 200
    assert server.seen[0].headers["host"] == f"[::1]:{server.port}"


@pytest.mark.parametrize("address", ["169.254.169.254", "169.254.170.2", "0.0.0.0", "fd00:ec2::254", "fe80::1"])
def test_metadata_stays_closed_even_for_an_opened_name(address: str) -> None:
    def resolver(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    client = OutgoingClient(frozenset({"intranet.example.com:8080"}), resolver=resolver)

    with pytest.raises(OutgoingError) as caught:
        client.send(Request("GET", "http://intranet.example.com:8080/"))

    assert caught.value.kind == "blocked"


@pytest.mark.parametrize("entry", ["127.0.0.1:9001", "[::1]:9001", "[::ffff:127.0.0.1]:9001", "169.254.169.254:80"])
def test_the_run_time_api_and_metadata_cannot_be_opened(entry: str) -> None:
    with pytest.raises(OutgoingError) as caught:
        check_url(f"http://{entry}/", allowed_private_hosts=parse_private_hosts(entry))

    assert caught.value.kind == "blocked"


def test_the_parameter_is_a_list_of_host_and_port() -> None:
    assert parse_private_hosts(" 127.0.0.1:9911, LocalHost:80 ,[::1]:8080,") == {
        "127.0.0.1:9911",
        "localhost:80",
        "[::1]:8080",
    }
    assert parse_private_hosts("") == frozenset()


@pytest.mark.parametrize("text", ["127.0.0.1", "http://127.0.0.1:80", "a:80/x", "a:b", "*", "10.0.0.0/8", "user@a:80"])
def test_an_entry_that_is_not_host_and_port_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not host:port"):
        parse_private_hosts(text)


def test_https_only_takes_http_for_an_opened_host_alone() -> None:
    opened = parse_private_hosts("127.0.0.1:9911")

    assert check_url("https://example.com/hook", allowed_private_hosts=opened, https_only=True).port == 443
    assert check_url("http://127.0.0.1:9911/hook", allowed_private_hosts=opened, https_only=True).port == 9911
    with pytest.raises(OutgoingError) as caught:
        check_url("http://example.com/hook", allowed_private_hosts=opened, https_only=True)
    assert caught.value.kind == "invalid_url"


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("HTTPS://Example.COM", "https://example.com/"),
        ("https://example.com:443/a b", "https://example.com/a%20b"),
        ("https://example.com:8443/ä?q=ö&f[x]=%41#part", "https://example.com:8443/%C3%A4?q=%C3%B6&f[x]=%41"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://example.com.?a", "https://example.com/?a"),
        ("https://my_bucket.example.com/", "https://my_bucket.example.com/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://134744072/", "https://8.8.8.8/"),
        ("https://[2606:4700::0001]/", "https://[2606:4700::1]/"),
        ("https://[64:ff9b::8.8.8.8]/", "https://[64:ff9b::808:808]/"),
    ],
)
def test_a_public_url_is_taken_and_written_in_one_form(url: str, text: str) -> None:
    assert check_url(url, allowed_private_hosts=frozenset()).text == text
