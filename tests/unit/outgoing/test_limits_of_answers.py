"""Time and size: nothing that a server sends holds a request longer, or makes it keep more, than its limits."""

import gzip
import socket
import time
import zlib
from typing import Any

import pytest
from flows.outgoing import OutgoingClient, OutgoingError, Request

MEBIBYTE = 1024 * 1024


def send(host_port: str, **settings: Any) -> Any:
    settings.setdefault("timeout_seconds", 5)
    return OutgoingClient(frozenset({host_port})).send(Request("GET", f"http://{host_port}/", **settings))


def failure(host_port: str, **settings: Any) -> OutgoingError:
    with pytest.raises(OutgoingError) as caught:
        send(host_port, **settings)
    return caught.value


def drip(piece: bytes, before: bytes = b"") -> Any:
    def talk(connection: socket.socket) -> None:
        connection.sendall(before)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)

    return talk


def say(data: bytes) -> Any:
    return lambda connection: connection.sendall(data)


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "talk",
    [
        drip(b"H"),
        drip(b"x", OK + b"X-Slow: "),
        drip(b"X-Slow: 1\r\n", OK),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(b"x", OK + b"Content-Length: 100000\r\n\r\n"),
        drip(b"1\r\nx\r\n", CHUNKED),
        drip(b"0", CHUNKED),
        drip(b"X-Trailer: 1\r\n", CHUNKED + b"0\r\n"),
        drip(b"x", OK + b"Connection: close\r\n\r\n"),
        drip(gzip.compress(b"x" * 10)[:1], OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 10)[:10]),
        lambda connection: connection.recv(1),
    ],
    ids=[
        "status", "header", "headers", "interim", "body", "chunks", "size", "trailers", "close", "gzip", "silence",
    ],
)  # fmt: skip
def test_a_slow_answer_ends_at_the_deadline(talk: Any, start_raw: Any) -> None:
    error = failure(start_raw(talk), timeout_seconds=0.3)

    assert (error.kind, error.retryable, error.maybe_sent) in {("timeout", True, True), ("connection", True, True)}
    assert error.kind == "timeout" or "HTTP" in error.message or "compressed" in error.message


def test_the_deadline_is_one_for_all_redirects(server: Any) -> None:
    def slow(seen: Any) -> Any:
        time.sleep(0.15)
        return 302, {"location": "/again"}, b""

    server.answer = slow

    error = failure(server.host_port, timeout_seconds=0.4, follow_redirects=True, max_redirects=50)

    assert error.kind == "timeout"
    assert len(server.seen) <= 3


def test_a_resolver_that_hangs_ends_at_the_deadline() -> None:
    def hanging(*args: Any, **kwargs: Any) -> list[Any]:
        time.sleep(1)
        return []

    with pytest.raises(OutgoingError) as caught:
        OutgoingClient(resolver=hanging).send(Request("GET", "https://slow.example.com/", timeout_seconds=0.1))

    assert (caught.value.kind, caught.value.maybe_sent) == ("timeout", False)


def test_a_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(server: Any) -> None:
    server.answer = lambda seen: (200, {}, b"x" * 1000)

    assert len(send(server.host_port, max_bytes=1000).body) == 1000
    assert failure(server.host_port, max_bytes=999).kind == "too_large"


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
        ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
    ],
    ids=["gzip", "deflate", "raw deflate", "gzip twice", "both"],
)
def test_a_compressed_body_is_decompressed_and_counted_so(encoding: str, compress: Any, server: Any) -> None:
    small, bomb = compress(b"x" * 5000), compress(b"\0" * (64 * MEBIBYTE))
    server.answer = lambda seen: (200, {"content-encoding": encoding}, small if len(server.seen) == 1 else bomb)

    response = send(server.host_port)

    assert response.body == b"x" * 5000
    assert response.headers["content-encoding"] == encoding
    assert failure(server.host_port).kind == "too_large"


def test_an_encoding_that_was_not_asked_for_is_not_expanded(server: Any) -> None:
    server.answer = lambda seen: (200, {"content-encoding": "x-unknown"}, b"as it is")

    assert send(server.host_port).body == b"as it is"
    assert server.seen[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (OK + b"".join(b"X-%d: 1\r\n" % n for n in range(200)) + b"\r\n", {"connection"}),
        (OK + b"X-Long: " + b"x" * 70_000 + b"\r\n\r\n", {"connection"}),
        (OK + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 3000) for n in range(90)) + b"\r\n", {"too_large"}),
        (OK + b"Content-Length: 99999999999\r\n\r\n", {"too_large"}),
        (CHUNKED + b"-1\r\n" + b"x" * (4 * MEBIBYTE), {"connection", "too_large"}),
        (CHUNKED + b"zz\r\nx", {"connection"}),
        (CHUNKED + b"5\r\nabc", {"connection"}),
        (CHUNKED + b"1\r\nx\r\n" * 600_000, {"too_large"}),
        (CHUNKED + b"0\r\n" + b"X-Trailer: 1\r\n" * 400_000, {"too_large"}),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 200_000, {"too_large"}),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 200_000, {"too_large"}),
        (OK + b"Content-Length: 10\r\n\r\nabc", {"connection"}),
        (OK + b"Content-Encoding: gzip\r\n\r\nnot gzip", {"connection"}),
        (b"SSH-2.0-OpenSSH_9.6\r\n", {"connection"}),
        (b"", {"connection"}),
    ],
    ids=[
        "many headers", "long header", "large headers", "huge length", "negative chunk", "bad chunk", "cut chunk",
        "tiny chunks", "trailers", "interim answers", "hints", "cut body", "not gzip", "not http", "nothing",
    ],
)  # fmt: skip
def test_a_broken_or_boundless_answer_is_an_error_of_ours(data: bytes, kinds: set[str], start_raw: Any) -> None:
    error = failure(start_raw(say(data)), max_bytes=MEBIBYTE // 4)

    assert error.kind in kinds
    assert error.maybe_sent


def test_the_answer_behind_interim_ones_counts(start_raw: Any) -> None:
    interim = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-Hint: 1\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    )
    host = start_raw(say(interim + OK + b"Content-Length: 2\r\n\r\nok"))

    answer = send(host)

    assert (answer.status_code, answer.body) == (200, b"ok")
    assert "x-hint" not in answer.headers


def test_a_refused_connection_may_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    error = failure(f"127.0.0.1:{port}")

    assert (error.kind, error.retryable, error.maybe_sent) == ("connection", True, False)
    assert str(port) not in error.message


def test_the_next_address_is_tried_when_the_first_does_not_answer(server: Any) -> None:
    def resolver(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in ("127.0.0.9", "127.0.0.1")]

    client = OutgoingClient(frozenset({f"two.example.com:{server.port}"}), resolver=resolver)

    assert client.send(Request("GET", f"http://two.example.com:{server.port}/")).status_code == 200


def test_an_early_answer_to_a_large_body_is_read(start_raw: Any) -> None:
    host_port = start_raw(say(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig"))

    def outcome() -> tuple[Any, ...]:
        try:
            found = OutgoingClient(frozenset({host_port})).send(
                Request("POST", f"http://{host_port}/", body=b"x" * 20 * MEBIBYTE)
            )
        except OutgoingError as error:  # the kernel may drop an answer when the connection is reset
            return (error.kind,)
        return found.status_code, found.body

    assert outcome() in ((413, b"big"), ("connection",))


@pytest.mark.parametrize("seconds", [0, -1, 901, float("nan"), float("inf")])
def test_a_time_limit_must_be_a_sensible_number(seconds: float) -> None:
    with pytest.raises(OutgoingError) as caught:
        OutgoingClient().send(Request("GET", "https://example.com", timeout_seconds=seconds))

    assert caught.value.kind == "bad_request"
