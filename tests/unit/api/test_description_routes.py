"""The function ``docs``: the document, the page, node types, expressions to try, preflights, unknown paths."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from openapi_spec_validator import validate

from functions.docs.handler import api


def test_the_document_needs_no_key(send):
    got = send(api, "GET", "/openapi.json", account=None)

    assert got.status == 200
    assert got.headers["Content-Type"] == "application/json"
    assert int(got.headers["X-RateLimit-Remaining"]) > 0
    validate(got.json)


def test_the_page_needs_no_key_and_its_policy_names_what_stands_in_it(send):
    got = send(api, "GET", "/v1/docs", account=None)

    policy = got.headers["Content-Security-Policy"]
    assert got.headers["Content-Type"].startswith("text/html")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", got.body, re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not re.search(r"(src|href)=\"?https?:", got.body)
    assert "innerHTML" not in got.body


def test_the_page_has_a_limit_by_address(send, monkeypatch):
    from flows.api import public_limit
    from flows.aws import clock

    now = clock.now()
    clock.set_now(lambda: now)  # one minute for all of them
    for _ in range(3):
        assert send(api, "GET", "/docs", account=None).status == 200
    monkeypatch.setattr(public_limit, "ADDRESS_PER_MINUTE", 3)

    assert send(api, "GET", "/docs", account=None).error["code"] == "RATE_LIMITED"


def test_node_types_come_all_at_once_with_schema_and_examples(send):
    got = send(api, "GET", "/node-types").json

    by_type = {one["type"]: one for one in got["data"]}
    assert {"manual", "set", "if", "merge", "noop", "stop", "http_request"} <= set(by_type)
    assert got["meta"]["total"] == len(got["data"])
    assert by_type["set"]["parameters_schema"]["properties"]["values"]
    assert by_type["if"]["ports"] == ["true", "false"]
    assert by_type["set"]["examples"][0]["output"] == {"name": "Ada Lovelace", "total": 42}


def test_node_types_go_by_page_too(send):
    got = send(api, "GET", "/node-types", query={"limit": "2", "page": "2"}).json

    assert len(got["data"]) == 2
    assert got["meta"]["page"] == 2


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("a + 1", 3),
        ("$input.a", 2),
        ("missing", None),
        ("{{ a }}", 2),
        ("a is {{ a }}", "a is 2"),
        ("$variables.v & $nodes.n.output", "vo"),
    ],
)
def test_an_expression_is_evaluated_as_a_node_would(send, expression, result):
    body = {"expression": expression, "input": {"a": 2}, "variables": {"v": "v"}, "nodes": {"n": {"output": "o"}}}

    assert send(api, "POST", "/expressions/evaluate", body).data == {"result": result}


def test_an_expression_that_fails_says_where_and_why(send):
    got = send(api, "POST", "/expressions/evaluate", {"expression": "a +", "input": {}})

    assert (got.status, got.problems) == (400, {"expression": "expression"})
    assert "character" in got.error["message"]


def test_an_input_that_looks_like_an_expression_stays_text(send):
    got = send(api, "POST", "/expressions/evaluate", {"expression": "{{ a }}!", "input": {"a": "{{ 1+1 }}"}})

    assert got.data == {"result": "{{ 1+1 }}!"}


def test_a_preflight_is_answered_for_any_path_without_a_key(send):
    got = send(api, "OPTIONS", "/v1/workflows/wf_1/execute", account=None, headers={"Origin": "https://app.example.com"})

    assert got.status == 204
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert "PATCH" in got.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in got.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["/", "/v9/workflows", "/v1", "/nothing/at/all", "/workflows/x/y/z"])
def test_unknown_paths_are_not_found_in_the_envelope(send, path):
    got = send(api, "GET", path, account=None)

    assert (got.status, got.error["code"]) == (404, "NOT_FOUND")
    assert got.headers["X-Request-Id"]
