"""What is asked again and what is not, and what becomes of connections."""

from __future__ import annotations

import ssl
import threading
import zlib
from collections.abc import Callable

import pytest
from flows.aws import clients, tables
from flows.aws.connections import ConnectionFailed
from flows.aws.json_protocol import ATTEMPTS, CallFailed

from tests.unit.aws.json_endpoint import HANG_UP, answer, played

PointAt = Callable[[str], None]
FOUND = answer({"Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}})
ITEM = {"pk": "a", "sk": "b"}
BODY = b'{"Item": {"pk":{"S":"a"},"sk":{"S":"b"}}}'


@pytest.mark.parametrize(
    "wrong",
    [
        HANG_UP,
        answer({}, 500),
        answer(b"<html>", 503),
        answer({"__type": "x#ProvisionedThroughputExceededException"}, 400),
        answer({"__type": "ThrottlingException"}, 400),
        answer({}, x_amz_crc32="1"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        b"HTTP/1.1 200",
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 300 + b"\r\n",
    ],
    ids=[
        "hang up",
        "500",
        "503",
        "throughput",
        "throttling",
        "altered",
        "half a body",
        "half a line",
        "no HTTP",
        "headers for ever",
    ],
)
def test_what_may_succeed_is_asked_again(speaking_to: PointAt, pauses: list[float], wrong: bytes) -> None:
    with played(wrong, FOUND, closes_after_each=True) as endpoint:
        speaking_to(endpoint.url)

        assert tables.get("t", "a", "b") == ITEM

    assert len(endpoint.requests) == 2
    assert endpoint.requests[0].body == endpoint.requests[1].body
    assert len(pauses) == 1


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException", "ResourceNotFoundException"])
def test_what_cannot_succeed_is_told_at_once(speaking_to: PointAt, pauses: list[float], code: str) -> None:
    with played(answer({"__type": code, "message": "why"}, 400)) as endpoint:
        speaking_to(endpoint.url)
        with pytest.raises(CallFailed, match=f"GetItem: {code}: why"):
            tables.get("t", "a", "b")

    assert (len(endpoint.requests), pauses) == (1, [])


def test_after_four_attempts_the_last_failure_is_told(speaking_to: PointAt, pauses: list[float]) -> None:
    with played(answer({}, 500)) as endpoint:
        speaking_to(endpoint.url)
        with pytest.raises(CallFailed):
            tables.get("t", "a", "b")

    assert (len(endpoint.requests), len(pauses)) == (ATTEMPTS, ATTEMPTS - 1)
    with played(HANG_UP) as endpoint:
        speaking_to(endpoint.url)
        with pytest.raises(ConnectionFailed):
            tables.get("t", "a", "b")
    assert len(endpoint.requests) == ATTEMPTS


def test_nobody_listening_is_a_failure_that_says_where(speaking_to: PointAt) -> None:
    with played(FOUND) as endpoint:
        speaking_to(endpoint.url)

    with pytest.raises(ConnectionFailed, match=r"^127\.0\.0\.1: ConnectionRefusedError"):
        tables.get("t", "a", "b")


def test_an_altered_answer_is_told_from_a_whole_one(speaking_to: PointAt) -> None:
    with played(answer(BODY, x_amz_crc32=str(zlib.crc32(BODY)))) as endpoint:
        speaking_to(endpoint.url)

        assert tables.get("t", "a", "b") == ITEM

    assert len(endpoint.requests) == 1


def test_a_connection_serves_one_call_after_the_other(speaking_to: PointAt) -> None:
    with played(FOUND) as endpoint:
        speaking_to(endpoint.url)
        for _ in range(5):
            assert tables.get("t", "a", "b") == ITEM

    assert (len(endpoint.requests), endpoint.connections) == (5, 1)


def test_a_connection_that_was_closed_while_it_was_idle_is_noticed_before_a_call(
    speaking_to: PointAt, pauses: list[float]
) -> None:
    with played(FOUND, closes_after_each=True) as endpoint:
        speaking_to(endpoint.url)
        tables.get("t", "a", "b")
        _until_closed(endpoint.url)

        assert tables.get("t", "a", "b") == ITEM

    assert (len(endpoint.requests), pauses) == (2, [])


def _until_closed(url: str) -> None:
    """As a frozen function wakes up: the other side's end of the connection has arrived meanwhile."""
    idle = clients.client("dynamodb")._endpoint._idle
    ended = threading.Event()
    while idle and idle[-1].is_open():
        ended.wait(0.01)


@pytest.mark.parametrize(
    "told",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n%b\r\n21;x=y\r\n%b\r\n0\r\nTrailer: x\r\n\r\n"
        % (BODY[:8], BODY[8:]),
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 41\r\n\r\n" + BODY,
    ],
    ids=["chunks", "an interim answer"],
)
def test_other_ways_of_http_to_answer_are_understood(speaking_to: PointAt, told: bytes) -> None:
    with played(told) as endpoint:
        speaking_to(endpoint.url)

        assert [tables.get("t", "a", "b"), tables.get("t", "a", "b")] == [ITEM, ITEM]

    assert endpoint.connections == 1


@pytest.mark.parametrize(
    "told",
    [
        FOUND.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
        FOUND.replace(b"HTTP/1.1", b"HTTP/1.0"),
        b"HTTP/1.1 200 OK\r\n\r\n" + BODY,
    ],
    ids=["Connection: close", "HTTP/1.0", "until the end"],
)
def test_a_connection_that_ends_is_not_used_again(speaking_to: PointAt, told: bytes) -> None:
    with played(told, closes_after_each=True) as endpoint:
        speaking_to(endpoint.url)

        assert [tables.get("t", "a", "b"), tables.get("t", "a", "b")] == [ITEM, ITEM]

    assert endpoint.connections == len(endpoint.requests) == 2


def test_threads_share_a_client(speaking_to: PointAt) -> None:
    found: list[object] = []
    with played(FOUND) as endpoint:
        speaking_to(endpoint.url)
        threads = [threading.Thread(target=lambda: found.extend(tables.get("t", "a", "b") for _ in range(25))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found == [ITEM] * 200
    assert endpoint.connections <= 8


def test_a_slow_endpoint_is_given_up(speaking_to: PointAt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.aws.connections.READ_SECONDS", 0.05)
    with played(b"HTTP/1.1 200 OK\r\n") as endpoint:
        speaking_to(endpoint.url)
        with pytest.raises(ConnectionFailed, match="TimeoutError"):
            tables.get("t", "a", "b")


def test_a_stranger_with_a_certificate_of_its_own_is_refused() -> None:
    client = clients.client("kms")

    assert client._endpoint._tls.verify_mode == ssl.CERT_REQUIRED
    assert client._endpoint._tls.check_hostname


def test_counting_sees_every_call_and_what_it_consumed(speaking_to: PointAt) -> None:
    from flows.api import usage

    with played(
        answer({"ConsumedCapacity": {"CapacityUnits": 1.5}}), answer({"__type": "ConditionalCheckFailedException"}, 400)
    ) as endpoint:
        speaking_to(endpoint.url)
        counted = usage.begin()
        tables.get("t", "a", "b")
        with pytest.raises(tables.ConditionFailed):
            tables.put("t", dict(ITEM), "attribute_not_exists(pk)")

    assert (counted.calls, counted.read_units) == (2, 1.5)
    assert endpoint.requests[0].json["ReturnConsumedCapacity"] == "TOTAL"


def test_pauses_grow_and_are_never_long(speaking_to: PointAt, pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 1.0)
    with played(answer({"__type": "ThrottlingException"}, 400)) as endpoint:
        speaking_to(endpoint.url)
        with pytest.raises(CallFailed):
            tables.get("t", "a", "b")

    assert pauses == [0.5, 1.0, 2.0]


def test_a_write_that_meets_anothers_transaction_is_tried_again(speaking_to: PointAt, pauses: list[float]) -> None:
    conflict = answer({"__type": "com.amazonaws.dynamodb.v20120810#TransactionConflictException", "message": "under way"}, 400)
    with played(conflict, conflict, answer({})) as endpoint:
        speaking_to(endpoint.url)

        tables.put("t", dict(ITEM), "attribute_not_exists(pk)")

    assert (len(endpoint.requests), pauses) == (3, [0.05, 0.1])
    with played(conflict) as endpoint:
        speaking_to(endpoint.url)
        with pytest.raises(CallFailed):
            tables.update("t", "a", "b", "SET x = :x", {":x": 1})
    assert len(endpoint.requests) == 6
