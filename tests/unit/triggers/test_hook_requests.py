"""What a hook makes of a request: bodies, headers, methods, addresses, pages of other origins, repeats; and what a request costs."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from flows.api import usage
from flows.aws import clock
from flows.errors import Forbidden, ValidationFailed
from flows.triggers import hooks
from flows.triggers.hook_access import check_address
from flows.triggers.hook_request import body_of
from flows.workflows import pinning

from functions.hooks.handler import handler
from tests.unit.triggers.published import publish, runs_of, trigger


def event(
    token: str, body: bytes = b"", *, method: str = "POST", headers: dict[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    """A request as API Gateway hands it over."""
    return {
        "httpMethod": method,
        "path": f"/v1/hooks/{token}",
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "multiValueQueryStringParameters": more.get("query"),
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
        "requestContext": {"requestId": "r-1", "identity": {"sourceIp": more.get("address", "203.0.113.7")}},
    }


def token_of(account: str, workflow_id: str) -> str:
    return pinning.pinned(account, workflow_id).hook_tokens["on"]


def sent(account: str, workflow_id: str, body: bytes = b"", path: str = "", **more: Any) -> tuple[int, Any, dict[str, list[str]]]:
    """Status, body and headers of the answer to a request at the workflow's hook."""
    answer = handler(event(token_of(account, workflow_id) + path, body, **more))
    return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None, answer["multiValueHeaders"]


JSON = {"Content-Type": "application/json"}


def test_a_request_is_the_output_of_the_trigger(account: str) -> None:
    workflow_id = publish(account, trigger("webhook"))
    headers = {**JSON, "X-Custom": "yes", "Authorization": "Bearer x"}

    status, body, answered = sent(account, workflow_id, b'{"n": 1}', "/a/b", headers=headers, query={"q": ["1"], "t": ["x", "y"]})

    assert status == 202
    assert answered["X-Request-Id"] == ["r-1"]
    assert "X-RateLimit-Remaining" in answered
    (run,) = runs_of(account, workflow_id)
    assert body == {"success": True, "data": {"execution_id": run["id"], "status": "pending"}}
    received_at = run["input"].pop("received_at")
    assert received_at.endswith("Z")
    assert run["input"] == {
        "method": "POST",
        "headers": {"content-type": "application/json", "x-custom": "yes"},
        "query": {"q": "1", "t": ["x", "y"]},
        "body": {"n": 1},
        "path": "/a/b",
    }


def test_an_accepted_request_takes_few_calls_of_aws(account: str) -> None:
    workflow_id = publish(account, trigger("webhook"))
    sent(account, workflow_id)

    sent(account, workflow_id)

    assert usage.last().calls == 3  # the hook's item, the account's counter, the run


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("", b"", None),
        ("application/json", b'"text"', "text"),
        ("APPLICATION/JSON; charset=UTF-8", b"[1.0]", [1.0]),
        ("application/problem+json", b"{}", {}),
        ("application/x-www-form-urlencoded", b"a=1&a=2&b=", {"a": ["1", "2"], "b": ""}),
        ("text/plain; charset=iso-8859-1", b"gr\xfc\xdfe", "grüße"),
        ("text/plain; charset=nonsense", b"a", base64.b64encode(b"a").decode()),
        ("application/xml", b"<a/>", "<a/>"),
        ("", b"plain", "plain"),
        ("image/png", b"\x89PNG\xff", base64.b64encode(b"\x89PNG\xff").decode()),
    ],
)
def test_bodies_are_read_by_their_content_type(content_type: str, body: bytes, expected: Any) -> None:
    assert body_of(body, content_type) == expected


def test_a_multipart_form_gives_its_texts_and_files() -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhello\r\n'
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xc3\xa4\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: image/png\r\n\r\n\x00\xff\r\n--x--\r\n'
    )

    assert body_of(body, "multipart/form-data; boundary=x") == {
        "text": ["hello", "ä"],
        "file": {"filename": "a.bin", "content_type": "image/png", "base64": base64.b64encode(b"\x00\xff").decode()},
    }


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b'{"a": NaN}'),
        ("application/json", b'{"a": 1, "a": 2}'),
        ("application/json", b"\xff"),
        ("application/json", b"[" * 500 + b"]" * 500),
        ("application/x-www-form-urlencoded", b"a=%ff"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(3_000))),
        ("multipart/form-data; boundary=x", b"nothing"),
        ("multipart/form-data", b"--x"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(ValidationFailed):
        body_of(body, content_type)


def test_a_body_that_cannot_be_read_starts_nothing(account: str) -> None:
    workflow_id = publish(account, trigger("webhook"))

    status, body, _ = sent(account, workflow_id, b"{", headers=JSON)

    assert (status, body["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert runs_of(account, workflow_id) == []


@pytest.mark.parametrize(
    ("address", "allowed", "is_allowed"),
    [
        ("203.0.113.7", [], True),
        ("203.0.113.7", ["203.0.113.0/24"], True),
        ("203.0.114.7", ["203.0.113.0/24"], False),
        ("::ffff:203.0.113.7", ["203.0.113.7/32"], True),
        ("2001:db8::1", ["203.0.113.0/24", "2001:db8::/32"], True),
        ("", ["203.0.113.0/24"], False),
    ],
)
def test_only_listed_addresses_may_call(address: str, allowed: list[str], is_allowed: bool) -> None:
    if is_allowed:
        check_address(address, allowed)
        return
    with pytest.raises(Forbidden):
        check_address(address, allowed)


def test_a_method_that_is_not_taken_and_an_unknown_token_are_not_found(account: str) -> None:
    workflow_id = publish(account, trigger("webhook", methods=["PUT"]))

    assert sent(account, workflow_id)[0] == 404
    assert sent(account, workflow_id, method="PUT")[0] == 202
    assert handler(event("x" * 32))["statusCode"] == 404
    assert handler(event("x.y"))["statusCode"] == 404


def test_an_address_that_guesses_is_limited(account: str) -> None:
    now = clock.now()
    clock.set_now(lambda: now)  # one minute for all of them

    statuses = [handler(event(f"{number:032d}", address="198.51.100.9"))["statusCode"] for number in range(125)]

    assert statuses[:120] == [404] * 120
    assert set(statuses[120:]) == {429}
    assert sent(account, publish(account, trigger("webhook")), address="198.51.100.9")[0] == 202


def test_pages_of_listed_origins_only_may_read_answers(account: str) -> None:
    workflow_id = publish(account, trigger("webhook", cors={"origins": ["https://shop.example"], "headers": ["X-A"]}))
    closed = publish(account, trigger("webhook"))

    status, _, preflight = sent(account, workflow_id, method="OPTIONS", headers={"Origin": "https://shop.example"})
    _, _, refused = sent(account, workflow_id, headers={"Origin": "https://evil.example"})
    _, _, without = sent(account, closed, headers={"Origin": "https://shop.example"})

    assert status == 204
    assert preflight["Access-Control-Allow-Origin"] == ["https://shop.example"]
    assert preflight["Access-Control-Allow-Headers"] == ["X-A"]
    assert "Access-Control-Allow-Origin" not in refused
    assert "Access-Control-Allow-Origin" not in without


def test_a_value_is_forgotten_after_a_day(account: str) -> None:
    workflow_id = publish(account, trigger("webhook", deduplicate_by="body.id"))
    begin = clock.now()

    first, second = (sent(account, workflow_id, b'{"id": 7}', headers=JSON)[1]["data"] for _ in range(2))
    clock.set_now(lambda: begin + timedelta(hours=25))
    third = sent(account, workflow_id, b'{"id": 7}', headers=JSON)[1]["data"]

    assert second == {**first, "duplicate": True}
    assert third["execution_id"] != first["execution_id"]
    assert len(runs_of(account, workflow_id)) == 2


def test_a_value_that_fails_to_be_found_drops_no_request(account: str) -> None:
    workflow_id = publish(account, trigger("webhook", deduplicate_by="$number(body.id)"))

    statuses = [sent(account, workflow_id, b'{"id": "x"}', headers=JSON)[0] for _ in range(2)]

    assert statuses == [202, 202]
    assert len(runs_of(account, workflow_id)) == 2


def test_what_comes_from_outside_is_never_an_expression(account: str) -> None:
    workflow_id = publish(account, trigger("webhook"))

    sent(account, workflow_id, b'{"a": "{{ 1+1 }}"}', headers={**JSON, "X-A": "{{ 1+1 }}"})

    (run,) = runs_of(account, workflow_id)
    assert run["input"]["body"] == {"a": "{{ 1+1 }}"}
    assert run["input"]["headers"]["x-a"] == "{{ 1+1 }}"


def test_a_test_link_is_its_workflows_and_its_nodes_alone(account: str) -> None:
    workflow_id = publish(account, trigger("webhook"))
    token = hooks.test_token(account, workflow_id, "on")

    assert handler(event(token))["statusCode"] == 202
    assert handler(event(hooks.test_token(account, workflow_id, "other")))["statusCode"] == 404
    assert handler(event(token[:-2] + ("AA" if token[-2:] != "AA" else "BB")))["statusCode"] == 404
    (run,) = runs_of(account, workflow_id)
    assert run["trigger"]["draft"] is True
