"""What goes on the wire: headers, TLS, nothing of the environment, and connections that are used again."""

import socket
import threading
from typing import Any

import pytest
from flows.outgoing import OutgoingClient, OutgoingError, Request


def client_for(server: Any) -> OutgoingClient:
    return OutgoingClient(frozenset({server.host_port}))


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1\r\nX-Injected: 1"},
        {"X-A": "1\nX-Injected: 1"},
        {"X-A": "1\r"},
        {"X-A": "a\x00b"},
        {"X-A": "\x1b[31m"},
        {"X-A": "€"},
        {"X-A": 1},
        {"X-A\r\nX-B": "1"},
        {"X A": "1"},
        {"X-A:": "1"},
        {"": "1"},
        {"X-Ä": "1"},
        {"Host": "other.example.com"},
        {"content-length": "5"},
        {"Transfer-Encoding": "chunked"},
        {"Connection": "x-api-key"},
        {"Proxy-Authorization": "x"},
        {"Upgrade": "websocket"},
        {"Expect": "100-continue"},
        {"TE": "trailers"},
        {f"X-{n}": "1" for n in range(101)},
        {"X-A": "x" * 70_000},
    ],
    ids=lambda headers: repr(headers)[:40],
)
@pytest.mark.parametrize("kind", ["headers", "secret_headers"])
def test_a_header_that_could_change_the_request_is_refused(headers: Any, kind: str, server: Any) -> None:
    with pytest.raises(OutgoingError) as caught:
        client_for(server).send(Request("GET", server.url, **{kind: headers}))

    assert caught.value.kind == "bad_request"
    assert server.seen == []


def test_an_error_about_a_header_does_not_show_its_value(server: Any) -> None:
    with pytest.raises(OutgoingError) as caught:
        client_for(server).send(Request("GET", server.url, secret_headers={"Authorization": "Bearer s3cret\n"}))

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "GET / HTTP/1.1\r\nX: 1\r\n\r\nGET", "", "G\x00T"])
def test_an_unknown_method_is_refused(method: str, server: Any) -> None:
    with pytest.raises(OutgoingError) as caught:
        client_for(server).send(Request(method, server.url))

    assert caught.value.kind == "bad_request"
    assert server.seen == []


def test_latin1_and_repeated_headers_come_back_readable(server: Any) -> None:
    server.answer = lambda seen: (200, {"X-Two": "a", "x-two": "b", "X-Latin": "ä"}, b"")

    response = client_for(server).send(Request("get", server.url, {"X-Name": " ä "}))

    assert server.seen[0].method == "GET"
    assert server.seen[0].headers["x-name"] == "ä"
    assert (response.headers["x-two"], response.headers["x-latin"]) == ("a, b", "ä")


def test_cookies_are_not_kept(server: Any) -> None:
    server.answer = lambda seen: (200, {"set-cookie": "session=1"}, b"")
    client = client_for(server)

    client.send(Request("GET", server.url))
    client.send(Request("GET", server.url))

    assert "cookie" not in server.seen[1].headers


def test_proxies_netrc_and_certificate_variables_of_the_environment_are_ignored(
    server: Any, canary: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, canary.url)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password s3cret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))

    client_for(server).send(Request("GET", server.url))

    assert canary.seen == []
    assert set(server.seen[0].headers) == {"host", "accept", "accept-encoding", "user-agent"}


def test_a_connection_is_used_again_for_the_same_origin(server: Any) -> None:
    client = client_for(server)

    for _ in range(3):
        client.send(Request("POST", server.url, body=b"x"))
    client.close()
    client.send(Request("POST", server.url, body=b"x"))

    peers = [seen.peer for seen in server.seen]
    assert peers[0] == peers[1] == peers[2] != peers[3]


def test_a_connection_that_the_server_closed_is_replaced(server: Any) -> None:
    server.answer = lambda seen: (200, {"connection": "close"}, b"ok")
    client = client_for(server)

    assert [client.send(Request("POST", server.url, body=b"x")).status_code for _ in range(2)] == [200, 200]


def test_bytes_that_nobody_asked_for_do_not_answer_the_next_request(start_raw: Any) -> None:
    answers = [b"first", b"other"]

    def talk(connection: socket.socket) -> None:
        body = answers.pop(0)
        smuggled = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil" if body == b"first" else b""
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body + smuggled)
        connection.recv(1)

    host_port = start_raw(talk)
    client = OutgoingClient(frozenset({host_port}))

    assert client.send(Request("GET", f"http://{host_port}/")).body == b"first"
    assert client.send(Request("GET", f"http://{host_port}/")).body == b"other"


def resolve_to_loopback(host: str, port: int, **_: Any) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def test_tls_verifies_the_name_while_the_connection_goes_to_the_judged_address(start_server: Any, certify: Any) -> None:
    asked: list[str] = []
    certified = certify("api.example.com")
    certified.server.sni_callback = lambda sock, name, context: asked.append(name)
    server = start_server(context=certified.server)
    client = OutgoingClient(frozenset({f"api.example.com:{server.port}"}), resolve_to_loopback, ssl_context=certified.client)

    response = client.send(Request("POST", f"https://api.example.com:{server.port}/a", body=b"hello"))
    client.send(Request("POST", f"https://api.example.com:{server.port}/a", body=b"hello"))

    assert response.status_code == 200
    assert asked == ["api.example.com"]  # the second request went over the same connection
    assert server.seen[0].headers["host"] == f"api.example.com:{server.port}"
    assert server.seen[0].body == b"hello"


def test_tls_verifies_an_address(start_server: Any, certify: Any) -> None:
    certified = certify("api.example.com", "127.0.0.1")
    server = start_server(context=certified.server)
    client = OutgoingClient(frozenset({server.host_port}), ssl_context=certified.client)

    assert client.send(Request("GET", f"https://{server.host_port}/")).status_code == 200


def test_a_certificate_for_another_name_is_refused(start_server: Any, certify: Any) -> None:
    certified = certify("other.example.com")
    server = start_server(context=certified.server)
    client = OutgoingClient(frozenset({f"api.example.com:{server.port}"}), resolve_to_loopback, ssl_context=certified.client)

    with pytest.raises(OutgoingError) as caught:
        client.send(Request("GET", f"https://api.example.com:{server.port}/", secret_headers={"X-Key": "s3cret"}))

    assert (caught.value.kind, caught.value.retryable, caught.value.maybe_sent) == ("tls", False, False)
    assert server.seen == []


def test_an_unknown_authority_is_refused(start_server: Any, certify: Any) -> None:
    server = start_server(context=certify("api.example.com").server)
    client = OutgoingClient(frozenset({f"api.example.com:{server.port}"}), resolve_to_loopback)

    with pytest.raises(OutgoingError) as caught:
        client.send(Request("GET", f"https://api.example.com:{server.port}/"))

    assert caught.value.kind == "tls"
    assert server.seen == []


def test_a_server_without_tls_is_a_tls_error(server: Any) -> None:
    with pytest.raises(OutgoingError) as caught:
        client_for(server).send(Request("GET", f"https://{server.host_port}/"))

    assert caught.value.kind == "tls"


def test_secrets_do_not_follow_from_https_to_http(start_server: Any, certify: Any) -> None:
    certified = certify("api.example.com")
    secure, plain = start_server(context=certified.server), start_server()
    secure.answer = lambda seen: (302, {"location": f"http://api.example.com:{plain.port}/to"}, b"")
    hosts = frozenset({f"api.example.com:{secure.port}", f"api.example.com:{plain.port}"})
    client = OutgoingClient(hosts, resolve_to_loopback, ssl_context=certified.client)

    client.send(
        Request(
            "GET",
            f"https://api.example.com:{secure.port}/",
            follow_redirects=True,
            secret_headers={"X-Key": "s3cret"},
            allowed_hosts=hosts,
        )
    )

    assert secure.seen[0].headers["x-key"] == "s3cret"
    assert "x-key" not in plain.seen[0].headers


def test_validating_a_url_imports_neither_urllib3_nor_tls() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from flows.outgoing import check_url;"
        "check_url('https://example.com', allowed_private_hosts=frozenset());"
        "sys.exit(bool({'urllib3', 'requests', 'ssl', 'idna'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_header_names_go_out_as_they_were_written() -> None:
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                heads.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        port = listener.getsockname()[1]
        client = OutgoingClient(frozenset({f"127.0.0.1:{port}"}))
        headers = {"SOAPAction": "urn:x", "webhook-id": "1", "X-aB": "2"}
        client.send(Request("POST", f"http://127.0.0.1:{port}/", headers, b"x", secret_headers={"X-API-Key": "k"}))
        thread.join()
        client.close()

    names = [line.split(b":")[0].decode() for line in heads[0].split(b"\r\n\r\n")[0].split(b"\r\n")[1:]]
    assert {"SOAPAction", "webhook-id", "X-aB", "X-API-Key", "Host", "User-Agent", "Accept"} <= set(names)
    assert len({name.lower() for name in names}) == len(names)
