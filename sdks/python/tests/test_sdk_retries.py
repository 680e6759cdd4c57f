"""What is sent again, when, and that nothing happens twice by it."""

from __future__ import annotations

import time
from email.utils import formatdate

import httpx
import pytest
from conftest import Use
from sdk_server import Reply, Server, error, ok

from yourapp import APIConnectionError, APITimeoutError, Client, RateLimitError, ServerError, ValidationError
from yourapp._answers import retry_after
from yourapp._retries import backoff, delay_after

NOW = "2024-01-15T10:00:00Z"
STARTED = ok({"execution_id": "exec_1", "status": "pending", "started_at": NOW}, status=202)
LIMITED = error(429, "RATE_LIMITED", Retry_After="0")
UNAVAILABLE = Reply(503, b"<html>", {"Retry-After": "0"})


@pytest.mark.parametrize(
    "trouble", [LIMITED, UNAVAILABLE, error(500, "INTERNAL_ERROR", Retry_After="0"), Reply(502, b"", {"Retry-After": "0"})]
)
def test_429_and_5xx_are_tried_again_until_it_works(use: Use, server: Server, trouble: Reply) -> None:
    server.will(trouble, trouble, STARTED)

    started = use(lambda client: client.workflows.execute("wf_1", input={}))

    assert started.id == "exec_1"
    assert len(server.asked) == 3


def test_every_attempt_carries_the_same_idempotency_key_and_body(use: Use, server: Server) -> None:
    server.will(Reply(drop=True), UNAVAILABLE, STARTED, STARTED)

    use(lambda client: client.workflows.execute("wf_1", input={"a": 1}))
    use(lambda client: client.workflows.execute("wf_1", input={"a": 1}))

    *first, second = server.asked
    assert len(first) == 3
    assert len({asked.headers["Idempotency-Key"] for asked in first}) == 1
    assert len({asked.body for asked in first}) == 1
    assert second.headers["Idempotency-Key"] != first[0].headers["Idempotency-Key"]


def test_a_callers_own_idempotency_key_is_sent(use: Use, server: Server) -> None:
    server.will(STARTED)

    use(lambda client: client.workflows.execute("wf_1", input={}, idempotency_key="order-17"))

    assert server.asked[0].headers["Idempotency-Key"] == "order-17"


def test_a_broken_connection_is_tried_again(use: Use, server: Server) -> None:
    server.will(Reply(drop=True), ok([], limit=20, page=1, total=0))

    assert not use(lambda client: client.workflows.list())
    assert len(server.asked) == 2


def test_what_the_caller_did_wrong_is_not_tried_again(use: Use, server: Server) -> None:
    server.will(error(400, "VALIDATION_ERROR"))

    with pytest.raises(ValidationError):
        use(lambda client: client.workflows.execute("wf_1", input={}))

    assert len(server.asked) == 1


def test_retries_end(use: Use, server: Server) -> None:
    server.will(UNAVAILABLE)

    with pytest.raises(ServerError):
        use(lambda client: client.workflows.get("wf_1"), max_retries=2)

    assert len(server.asked) == 3


def test_no_retries_when_none_are_wanted(use: Use, server: Server) -> None:
    server.will(LIMITED)

    with pytest.raises(RateLimitError) as caught:
        use(lambda client: client.workflows.get("wf_1"), max_retries=0)

    assert caught.value.retry_after == 0
    assert len(server.asked) == 1


def test_a_limit_that_lasts_long_is_told_and_not_waited_for(use: Use, server: Server) -> None:
    server.will(error(429, "RATE_LIMITED", details={"window": "day"}, Retry_After="7200"))

    with pytest.raises(RateLimitError) as caught:
        use(lambda client: client.workflows.get("wf_1"))

    assert caught.value.retry_after == 7200
    assert caught.value.details == {"window": "day"}
    assert len(server.asked) == 1


def test_retry_after_is_honoured(use: Use, server: Server) -> None:
    server.will(error(429, "RATE_LIMITED", Retry_After="1"), STARTED)
    began = time.monotonic()

    use(lambda client: client.workflows.execute("wf_1", input={}))

    assert time.monotonic() - began >= 1


def test_an_answer_that_does_not_come_in_time(use: Use, server: Server) -> None:
    server.will(Reply(200, {}, delay=0.6))

    with pytest.raises(APITimeoutError):
        use(lambda client: client.workflows.get("wf_1"), timeout=0.1, max_retries=1)

    assert len(server.asked) == 2


def test_nobody_there() -> None:
    with Client("k", base_url="http://127.0.0.1:9/v1", max_retries=0) as client, pytest.raises(APIConnectionError) as caught:
        client.workflows.list()
    assert not isinstance(caught.value, APITimeoutError)
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


def test_backoff_doubles_with_jitter_up_to_eight_seconds() -> None:
    for attempt, longest in enumerate([0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]):
        delays = [backoff(attempt) for _ in range(200)]
        assert all(longest / 2 <= delay <= longest for delay in delays)
        assert len(set(delays)) > 100


def test_what_is_tried_again() -> None:
    retried = {status for status in range(200, 600) if delay_after(httpx.Response(status), 0) is not None}
    assert retried == {408, 429, 500, 502, 503, 504}


@pytest.mark.parametrize(
    ("text", "seconds"), [("5", 5), ("0", 0), ("-3", 0), ("1.5", 1.5), ("soon", None), ("", None), ("inf", None), ("nan", None)]
)
def test_retry_after_in_seconds(text: str, seconds: float | None) -> None:
    assert retry_after(httpx.Headers({"Retry-After": text})) == seconds


def test_retry_after_as_a_date() -> None:
    soon = retry_after(httpx.Headers({"Retry-After": formatdate(time.time() + 30, usegmt=True)}))
    assert soon is not None
    assert 20 < soon <= 30
    assert retry_after(httpx.Headers({"Retry-After": formatdate(time.time() - 30, usegmt=True)})) == 0
