"""What every route shares: envelope, checks, errors, headers, the log line."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from aws_lambda_powertools.event_handler.openapi.params import Query
from flows.api.answer import Answer, Raw, ok
from flows.api.app import Api
from flows.api.caller import caller
from flows.errors import NotFound
from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    url: str = Field(max_length=10)


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    count: int = 0
    parts: list[Part] = []
    anything: Any = None
    version: Literal["draft"] | int | None = None
    choices: list[str | Part] = []


class ThingView(BaseModel):
    id: str
    name: str


api = Api("things")
touched: list[str] = []


@api.get("/things", scope="forms:read")
def list_things(
    status: Literal["draft", "published"] | None = None, ratio: Annotated[int, Query(ge=1)] = 1
) -> Answer[list[ThingView]]:
    return ok([{"status": status, "ratio": ratio}])


@api.get("/things/<thing_id>", scope="forms:read")
def get_thing(thing_id: str) -> Answer[ThingView]:
    if thing_id == "gone":
        raise NotFound("No such thing")
    return ok(ThingView(id=thing_id, name="n"))


@api.post("/things", scope="forms:write", status=201)
def create_thing(body: Thing) -> Answer[ThingView]:
    touched.append(body.name)
    return ok({"id": caller().new_id("form"), "name": body.name, "anything": body.anything})


@api.post("/things/<thing_id>/close", scope="forms:write")
def close_thing(thing_id: str) -> Answer[ThingView]:
    return ok({"id": thing_id, "name": "closed"})


@api.post("/broken", scope="forms:write")
def broken(body: Thing) -> Answer[ThingView]:
    raise KeyError(body.name)


@api.get("/large", scope="forms:read")
def large() -> Answer[str]:
    return ok("x" * (5 * 1024 * 1024))


@api.get("/page", public=True)
def page() -> Raw:
    return Raw(200, {"Content-Type": "text/html", "Set-Cookie": ["a=1", "b=2"]}, b"\xff\x00")


def test_a_success_is_in_the_envelope_and_names_the_request(send):
    got = send(api, "POST", "/things", {"name": "a"})

    assert got.status == 201
    assert got.json["success"] is True
    assert got.data["id"].startswith("form_")
    assert len(got.headers["X-Request-Id"]) == 36


def test_the_version_is_part_of_the_path_behind_a_custom_domain_and_not_behind_a_stage(send):
    assert send(api, "GET", "/v1/things/t1").data == {"id": "t1", "name": "n"}
    assert send(api, "GET", "/things/t1").data == {"id": "t1", "name": "n"}
    assert send(api, "GET", "/v9/things/t1").status == 404


def test_every_problem_of_a_body_is_told_with_its_path_and_without_its_value(send):
    secret = "hunter2-is-the-secret"

    got = send(
        api, "POST", "/things", {"count": secret, "parts": [{"url": "ok"}, {"url": secret}], "account_id": "x", "plan": "y"}
    )

    assert got.status == 400
    assert got.error["code"] == "VALIDATION_ERROR"
    assert got.problems == {
        "name": "missing",
        "count": "int_type",
        "parts[1].url": "string_too_long",
        "account_id": "unknown_field",
        "plan": "unknown_field",
    }
    assert secret not in got.body


def test_what_may_be_of_several_kinds_is_told_once_and_at_its_own_place(send):
    body = {"name": "a", "version": "x", "choices": [1, {"url": 5}, {"url": "ok", "more": 1}]}

    got = send(api, "POST", "/things", body)

    assert {each["path"]: each["message"] for each in got.error["details"]} == {
        "version": "must be 'draft', or be a whole number",
        "choices[0]": "must be a string, or be an object",
        "choices[1].url": "must be a string",
        "choices[2].more": "unknown field",
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": 5}, "name: must be a string"),
        ({"name": "a", "count": "1"}, "count: must be a whole number"),
        ({"name": "a", "parts": {}}, "parts: must be a list"),
        ({"name": "a", "parts": [1]}, "parts[0]: must be an object"),
        ({"name": "a", "parts": [{"url": "x" * 11}]}, "parts[0].url: must have at most 10 characters"),
    ],
)
def test_messages_speak_of_json_and_not_of_the_language_behind(send, body, message):
    assert send(api, "POST", "/things", body).error["message"] == message


def test_every_problem_of_a_query_is_told_unknown_parameters_too(send):
    got = send(api, "GET", "/things", query={"status": "gone", "ratio": "0", "colour": "red"})

    assert got.problems == {
        "query.status": "literal_error",
        "query.ratio": "greater_than_equal",
        "query.colour": "unknown_parameter",
    }


def test_a_parameter_given_twice_is_no_single_value(send):
    assert send(api, "GET", "/things", query={"ratio": ["1", "2"]}).problems == {"query.ratio": "repeated_parameter"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\x00",
        b"\xff\xfe{}",
        b'{"name": "a", "name": "b"}',
        b'{"name": "a", "count": NaN}',
        b'{"name": "a", "count": Infinity}',
        b'{"name": "a", "count": 1e400}',
        b'{"name": "a", "count": ' + b"9" * 400 + b"}",
        b'{"name": "a", "count": ' + b"9" * 5000 + b"}",
        b'{"name": "\\ud800"}',
        b'{"name": "a", "anything": ' + b"[" * 1000 + b"]" * 1000 + b"}",
        b'{"name": "a", "anything": ' + b'{"a":' * 100_000,
        b'[{"name": "a"}]',
        b'"name"',
        b"null",
        b"12",
    ],
    ids=lambda body: repr(body[:30]),
)
def test_what_is_no_strict_json_object_is_refused_and_nothing_happens(send, body):
    touched.clear()

    got = send(api, "POST", "/things", body)

    assert got.status == 400
    assert got.error["code"] == "VALIDATION_ERROR"
    assert touched == []


def test_what_json_can_hold_comes_back_as_it_was(send):
    value = {"big": 2**80, "small": 1.5e-300, "text": "\u2028 \U0001f600 é", "deep": [[[{}]]], "zero": -0.0}

    assert send(api, "POST", "/things", {"name": "a", "anything": value}).data["anything"] == value


def test_a_null_character_is_refused_wherever_it_stands(send):
    touched.clear()

    got = send(api, "POST", "/things", {"name": "a\0", "anything": [{"x\0": 1}, "\0"]})

    assert got.problems == {"name": "null_character", 'anything[0]["x\\x00"]': "null_character", "anything[1]": "null_character"}
    assert touched == []


@pytest.mark.parametrize(("path", "status"), [("/things/t1", 200), ("/things/gone", 404), ("/nowhere", 404)])
def test_head_is_answered_as_get_without_its_body(send, path, status):
    head, get = send(api, "HEAD", path), send(api, "GET", path)

    assert (head.status, get.status, head.body) == (status, status, "")
    assert head.headers.get("Content-Type") == get.headers.get("Content-Type")


def test_no_body_is_told_as_such(send):
    got = send(api, "POST", "/things")

    assert (got.problems, got.error["message"]) == ({"": "missing"}, "a body is required: a JSON object")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_body_of_another_content_type_is_unsupported(send, content_type):
    got = send(api, "POST", "/things", {"name": "a"}, headers={"Content-Type": content_type})

    assert (got.status, got.error["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_taken_by_its_name_and_when_nothing_is_said(send, content_type):
    assert send(api, "POST", "/things", {"name": "a"}, headers={"Content-Type": content_type}).status == 201


def test_bodies_that_are_not_encoded_are_read_too(send):
    assert send(api, "POST", "/things", {"name": "a"}, encoded=False).status == 201


def test_a_body_over_4_mb_is_too_large(send):
    got = send(api, "POST", "/things", {"name": "x" * (4 * 1024 * 1024)}, plan="free")

    assert (got.status, got.error["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert got.headers["X-RateLimit-Limit"] == "60"


def test_a_route_without_a_body_takes_none_or_an_empty_object_and_names_fields(send):
    assert send(api, "POST", "/things/t/close").status == 200
    assert send(api, "POST", "/things/t/close", {}).status == 200
    assert send(api, "POST", "/things/t/close", {"force": True}).problems == {"force": "unknown_field"}


def test_a_missing_body_is_told(send):
    assert send(api, "POST", "/things").problems == {"": "missing"}


def test_a_missing_scope_is_forbidden_before_the_body_is_looked_at(send):
    got = send(api, "POST", "/things", b"{", scopes="forms:read workflows:write")

    assert (got.status, got.error["code"]) == (403, "FORBIDDEN")
    assert got.error["details"] == {"scope": "forms:write"}


def test_a_key_that_expired_since_the_authorizer_saw_it_is_refused(send):
    assert send(api, "GET", "/things/t", expires_at="2020-01-01T00:00:00Z").error["code"] == "UNAUTHORIZED"
    assert send(api, "GET", "/things/t", expires_at="2999-01-01T00:00:00Z").status == 200


def test_a_request_past_the_authorizer_is_refused(send):
    assert send(api, "GET", "/things/t", account=None).status == 401


def test_unknown_paths_and_methods_are_not_found(send):
    assert send(api, "GET", "/nothing").error["code"] == "NOT_FOUND"
    assert send(api, "PUT", "/things").error["code"] == "NOT_FOUND"
    assert send(api, "GET", "/things/gone").error["message"] == "No such thing"


def test_a_fault_of_ours_tells_nothing_and_logs_one_line_without_the_value(send, capsys):
    got = send(api, "POST", "/broken", {"name": "canary-4711\n\x1b[31m\u2028"})

    assert (got.status, got.error) == (500, {"code": "INTERNAL_ERROR", "message": "Server error", "details": None})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    record = json.loads(lines[0])
    assert "canary" not in lines[0]
    assert record["level"] == "ERROR"
    assert "KeyError at test_request_pipeline.py" in record["error"]
    assert record["request_id"] == got.headers["X-Request-Id"]


def test_each_request_is_one_line_with_its_account_route_status_time_and_cost(send, capsys):
    send(api, "GET", "/things/t1\u2028x", plan="free")

    (line,) = capsys.readouterr().out.splitlines()
    record = json.loads(line)
    assert line.isascii()
    assert record["account_id"].startswith("acct_")
    assert record["aws_calls"] == 1
    assert record["write_units"] > 0
    assert record["status"] in (200, 404)
    assert {"ms", "failed", "limited"} <= {metric["Name"] for metric in record["_aws"]["CloudWatchMetrics"][0]["Metrics"]}


def test_no_answer_is_over_5_mb(send):
    assert send(api, "GET", "/large").error["code"] == "PAYLOAD_TOO_LARGE"


def test_a_raw_answer_goes_out_as_it_is_beside_the_usual_headers(send, gateway_event):
    answer = api.handler(gateway_event("GET", "/page", account=None))

    assert answer["isBase64Encoded"] is True
    assert answer["multiValueHeaders"]["Set-Cookie"] == ["a=1", "b=2"]
    assert answer["multiValueHeaders"]["X-Request-Id"]


def test_cors_is_for_the_origins_of_the_parameter_only(send, monkeypatch):
    from flows.aws.settings import settings

    assert send(api, "GET", "/things/t").headers["Access-Control-Allow-Origin"] == "*"
    monkeypatch.setenv("CORS_ORIGINS", "https://app.example.com")
    settings.cache_clear()
    allowed = send(api, "GET", "/things/t", headers={"Origin": "https://app.example.com"}).headers
    other = send(api, "GET", "/things/t", headers={"Origin": "https://evil.example"}).headers
    assert allowed["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "Access-Control-Allow-Origin" not in other
    assert other["Vary"] == "Origin"


def test_a_route_needs_a_scope_or_is_public():
    with pytest.raises(ValueError, match="scope"):
        Api("x").get("/x")
