"""The webhooks API, as API Gateway calls its function."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.webhooks import signing

from functions.webhooks.handler import handler

from .conftest import ACCOUNT, Platform

SAMPLE = {
    "url": "https://yoursite.com/webhook",
    "events": ["workflow.executed", "form.submitted"],
    "secret": "your-webhook-secret",
}

Call = Callable[..., Any]


@pytest.fixture
def call(aws: Platform) -> Call:
    """``call(method, path, body, query=..., account=..., scopes=..., key=...) -> (status, body)``."""

    def call(
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        account: str = ACCOUNT,
        scopes: str = "*",
        key: str | None = None,
    ) -> tuple[int, Any]:
        headers = {"Content-Type": ["application/json"]} | ({"Idempotency-Key": [key]} if key else {})
        raw = b"" if body is None else json.dumps(body).encode()
        event = {
            "httpMethod": method,
            "path": path,
            "multiValueHeaders": headers,
            "multiValueQueryStringParameters": {name: [str(value)] for name, value in (query or {}).items()} or None,
            "queryStringParameters": {name: str(value) for name, value in (query or {}).items()} or None,
            "headers": {name: values[0] for name, values in headers.items()},
            "body": base64.b64encode(raw).decode(),
            "isBase64Encoded": True,
            "requestContext": {
                "requestId": "r",
                "authorizer": {"account_id": account, "key_id": "key_1", "plan": "unlimited", "scopes": scopes},
            },
        }
        answer = handler(event)
        return answer["statusCode"], json.loads(answer["body"])

    return call


def make(call: Call, **more: Any) -> Any:
    status, body = call("POST", "/v1/webhooks", {**SAMPLE, **more})
    assert status == 201, body
    return body["data"]


def problems(body: Any) -> dict[str, str]:
    return {problem["path"]: problem["type"] for problem in body["error"]["details"]}


def test_the_sample_of_the_reference(call: Call):
    status, body = call("POST", "/v1/webhooks", SAMPLE)

    assert status == 201
    assert body["success"] is True
    made = body["data"]
    assert made["id"].startswith("wh_")
    assert (made["url"], made["events"], made["enabled"]) == (SAMPLE["url"], SAMPLE["events"], True)
    assert "your-webhook-secret" not in json.dumps(body)

    status, body = call("GET", "/v1/webhooks")
    assert (status, [webhook["id"] for webhook in body["data"]], body["meta"]["total"]) == (200, [made["id"]], 1)

    assert call("DELETE", f"/v1/webhooks/{made['id']}") == (200, {"success": True, "data": {"id": made["id"], "deleted": True}})
    assert call("DELETE", f"/v1/webhooks/{made['id']}")[0] == 404
    assert call("GET", "/v1/webhooks")[1]["meta"]["total"] == 0


def test_a_secret_that_is_not_given_is_made_and_shown_once(call: Call):
    status, body = call("POST", "/v1/webhooks", {"url": SAMPLE["url"], "events": ["*"]})

    secret = body["data"]["secret"]
    assert status == 201
    assert len(signing.key_bytes(secret)) == 32
    for path in ("/v1/webhooks", f"/v1/webhooks/{body['data']['id']}"):
        assert secret not in json.dumps(call("GET", path)[1])


def test_secrets_and_header_values_are_nowhere_in_the_table(call: Call):
    canaries = ["canary-secret-0123456789", "canary-header-0123456789"]
    made = make(call, secret=canaries[0], headers={"X-Key": canaries[1]})
    call("POST", f"/v1/webhooks/{made['id']}/rotate-secret", {"secret": "canary-rotated-0123456789"})

    stored = str(client("dynamodb").scan(TableName="webhooks")["Items"])
    stored += str(client("dynamodb").scan(TableName="accounts")["Items"])

    assert "canary" not in stored
    assert base64.b64encode(b"canary-secret-01").decode() not in stored


def test_a_repeated_create_makes_one_endpoint_and_shows_the_same_secret(call: Call):
    wanted = {"url": SAMPLE["url"], "events": ["*"]}

    first = call("POST", "/v1/webhooks", wanted, key="k1")
    again = call("POST", "/v1/webhooks", wanted, key="k1")

    assert first == again
    assert call("GET", "/v1/webhooks")[1]["meta"]["total"] == 1
    assert call("POST", "/v1/webhooks", {**wanted, "events": ["webhook.*"]}, key="k1")[0] == 409


def test_every_problem_is_told_at_once_and_no_value_is_echoed(call: Call):
    status, body = call(
        "POST",
        "/v1/webhooks",
        {
            "url": "http://10.0.0.1/",
            "events": ["workflow.executed", "no.such", "nothing.*"],
            "secret": "whsec_%%%%%%",
            "filter": "data.(",
            "fields": ["a..b"],
            "headers": {"webhook-signature": "x", "Host": "x", "X-Bad": "canary\r\nX-Evil: 1", "content-length": "3"},
        },
    )

    assert status == 400
    assert set(problems(body)) == {
        "url",
        "events[1]",
        "events[2]",
        "secret",
        "filter",
        "fields[0]",
        'headers["webhook-signature"]',
        'headers["Host"]',
        'headers["X-Bad"]',
        'headers["content-length"]',
    }
    assert "canary" not in json.dumps(body)


@pytest.mark.parametrize(
    "url",
    [
        "http://yoursite.com/webhook",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://user:pass@example.com/",
        "https://example.com\\@evil.example/",
        "ftp://example.com/",
        "https://example.com:22/",
        "",
        "nonsense",
    ],
)
def test_an_address_that_may_not_be_reached_is_refused(call: Call, url: str):
    status, body = call("POST", "/v1/webhooks", {**SAMPLE, "url": url})

    assert status == 400
    assert list(problems(body)) == ["url"]


def test_http_goes_to_a_host_that_the_operator_opened_only(call: Call, receiver: Any):
    assert make(call, url=receiver.url)["url"] == receiver.url
    assert call("POST", "/v1/webhooks", {**SAMPLE, "url": receiver.url.replace(f":{receiver.port}", ":1024")})[0] == 400


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({**SAMPLE, "events": []}, "events"),
        ({**SAMPLE, "events": "workflow.executed"}, "events"),
        ({**SAMPLE, "events": [7]}, "events[0]"),
        ({"url": SAMPLE["url"]}, "events"),
        ({"events": ["*"]}, "url"),
        ({**SAMPLE, "account_id": "acct_x"}, "account_id"),
        ({**SAMPLE, "id": "wh_x"}, "id"),
        ({**SAMPLE, "status": "disabled"}, "status"),
        ({**SAMPLE, "enabled": "yes"}, "enabled"),
        ({**SAMPLE, "throttle": 0}, "throttle"),
        ({**SAMPLE, "throttle": "5"}, "throttle"),
        ({**SAMPLE, "secret": ""}, "secret"),
        ({**SAMPLE, "headers": {"X-A": 5}}, "headers.X-A"),
    ],
)
def test_a_wrong_field_is_named(call: Call, body: Any, path: str):
    status, answer = call("POST", "/v1/webhooks", body)

    assert status == 400
    assert path in problems(answer)


@pytest.mark.parametrize(
    ("body", "message"),
    [({"events": []}, "must not be empty"), ({"throttle": "5"}, "must be a number"), ({"filter": 5}, "must be a string")],
)
def test_what_may_be_null_or_left_out_is_told_of_by_what_was_meant(call: Call, body: Any, message: str):
    status, answer = call("PATCH", f"/v1/webhooks/{make(call)['id']}", body)

    assert status == 400
    assert [problem["message"] for problem in answer["error"]["details"]] == [message]


def test_a_filter_in_braces_is_told_to_go_without(call: Call):
    status, answer = call("POST", "/v1/webhooks", {**SAMPLE, "filter": '{{ data.status = "failed" }}'})

    assert status == 400
    assert "without {{ }}" in answer["error"]["details"][0]["message"]


def test_an_account_has_at_most_fifty(call: Call):
    for _ in range(50):
        make(call)

    status, body = call("POST", "/v1/webhooks", SAMPLE)
    assert (status, body["error"]["code"], body["error"]["details"]) == (409, "CONFLICT", {"limit": 50})

    [first] = call("GET", "/v1/webhooks", query={"limit": 1})[1]["data"]
    call("DELETE", f"/v1/webhooks/{first['id']}")
    make(call)


def test_how_many_an_account_may_have_is_a_setting(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAX_WEBHOOKS", "1")
    settings.cache_clear()
    make(call)

    status, body = call("POST", "/v1/webhooks", SAMPLE)

    assert (status, body["error"]["details"]) == (409, {"limit": 1})


def test_lists_go_by_page_and_by_cursor(call: Call):
    made = [make(call)["id"] for _ in range(5)]

    first = call("GET", "/v1/webhooks", query={"limit": 2})[1]
    second = call("GET", "/v1/webhooks", query={"limit": 2, "cursor": first["meta"]["next_cursor"]})[1]
    third = call("GET", "/v1/webhooks", query={"limit": 2, "page": 3})[1]

    assert [webhook["id"] for page in (first, second, third) for webhook in page["data"]] == sorted(made, reverse=True)
    assert third["meta"] == {"page": 3, "limit": 2, "total": 5}


def test_a_patch_changes_what_is_sent_and_null_takes_away(call: Call):
    made = make(call, filter="data.a", fields=["a"], throttle=2.5, headers={"X-A": "1"}, description="old")
    path = f"/v1/webhooks/{made['id']}"

    status, body = call("PATCH", path, {"description": "new", "events": ["*"], "throttle": 5})
    assert status == 200
    assert body["data"]["description"] == "new"
    assert (body["data"]["events"], body["data"]["throttle"], body["data"]["filter"]) == (["*"], 5.0, "data.a")
    assert (body["data"]["fields"], body["data"]["headers"]) == (["a"], {"X-A": "***"})

    body = call("PATCH", path, {"filter": None, "fields": None, "throttle": None, "headers": None})[1]
    assert (body["data"]["filter"], body["data"]["fields"], body["data"]["throttle"], body["data"]["headers"]) == (
        None,
        None,
        None,
        {},
    )

    assert call("PATCH", path, {})[0] == 200
    for wrong in ({"url": None}, {"events": None}, {"secret": "new-secret"}, {"url": "http://example.com/"}, {"events": ["x"]}):
        assert call("PATCH", path, wrong)[0] == 400


def test_switching_off_and_on(call: Call):
    path = f"/v1/webhooks/{make(call)['id']}"

    off = call("PATCH", path, {"enabled": False})[1]["data"]
    assert (off["enabled"], off["status"], off["disabled_reason"]) == (False, "disabled", "manual")
    assert off["notice"]
    on = call("PATCH", path, {"enabled": True})[1]["data"]
    assert (on["enabled"], on["status"], on["disabled_reason"], on["notice"]) == (True, "enabled", None, None)


def test_an_endpoint_tells_its_statistics(call: Call):
    assert call("GET", f"/v1/webhooks/{make(call)['id']}")[1]["data"]["statistics"] == {
        "since": "2100-02-28T11:00:00.000Z",
        "attempts": 0,
        "succeeded": 0,
        "failed": 0,
        "success_rate": None,
        "latency_p50_ms": None,
        "latency_p95_ms": None,
    }


def test_rotating_shows_a_made_secret_once_and_never_a_given_one(call: Call):
    path = f"/v1/webhooks/{make(call)['id']}"

    status, made = call("POST", f"{path}/rotate-secret")
    assert status == 200
    assert made["data"]["secret"].startswith("whsec_")
    assert made["data"]["previous_secret_expires_at"] == "2100-03-02T10:00:00.000Z"
    assert call("POST", f"{path}/rotate-secret", {"secret": "another-secret"})[1]["data"]["secret"] is None
    assert call("POST", f"{path}/rotate-secret", {"secret": "whsec_"})[0] == 400
    assert call("GET", path)[1]["data"]["previous_secret_expires_at"] == "2100-03-02T10:00:00.000Z"


def test_the_catalogue_tells_schema_and_example_of_every_event(call: Call):
    from jsonschema import Draft202012Validator

    status, body = call("GET", "/v1/webhooks/events")

    assert status == 200
    types = [event["type"] for event in body["data"]]
    assert {
        "workflow.executed",
        "workflow.failed",
        "workflow.published",
        "form.submitted",
        "execution.waiting",
        "webhook.test",
    } <= set(types)
    for event in body["data"]:
        Draft202012Validator.check_schema(event["schema"])
        Draft202012Validator(event["schema"]).validate(event["example"])
        assert event["example"]["type"] == event["type"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {}),
        ("DELETE", "", None),
        ("POST", "/test", {}),
        ("POST", "/rotate-secret", {}),
        ("POST", "/redeliver", {"since": "2026-01-01"}),
        ("GET", "/deliveries", None),
        ("GET", "/deliveries/dlv_01hmx5j8yq3v7k2n9p4r6s8t0w", None),
        ("POST", "/deliveries/dlv_01hmx5j8yq3v7k2n9p4r6s8t0w/redeliver", None),
    ],
)
def test_anothers_endpoint_is_answered_as_one_that_is_not_there(call: Call, method: str, path: str, body: Any):
    mine = make(call)["id"]
    other = "acct_01hmx5j8yq3v7k2n9p4r6s8t0x"

    answers = [
        call(method, f"/v1/webhooks/{webhook}{path}", body, account=other)
        for webhook in (mine, "wh_01hmx5j8yq3v7k2n9p4r6s8t0w", "nonsense", "COUNTS")
    ]

    assert [status for status, _ in answers] == [404] * 4
    assert all(answer["error"] == answers[0][1]["error"] for _, answer in answers)
    assert call("GET", f"/v1/webhooks/{mine}")[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "/v1/webhooks", "webhooks:read"),
        ("POST", "/v1/webhooks", "webhooks:write"),
        ("GET", "/v1/webhooks/events", "webhooks:read"),
        ("DELETE", "/v1/webhooks/wh_01hmx5j8yq3v7k2n9p4r6s8t0w", "webhooks:write"),
    ],
)
def test_a_scope_is_needed(call: Call, method: str, path: str, needed: str):
    lacking = "webhooks:write" if needed.endswith("read") else "webhooks:read"

    assert call(method, path, {} if method == "POST" else None, scopes=lacking)[0] == 403
    assert call(method, path, {} if method == "POST" else None, scopes=needed)[0] != 403
