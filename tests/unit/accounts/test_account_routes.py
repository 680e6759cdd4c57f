"""``/api-keys`` and ``/account`` as a client meets them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flows.accounts import keys, service
from flows.aws.clients import client

from functions.api_keys.handler import api
from functions.authorizer.handler import handler as authorizer


def send(text: str, method: str, path: str, body=None, query=None, headers=None):
    """A request with a key, through the authorizer as API Gateway would."""
    arn = "arn:aws:execute-api:eu-west-1:1:a/v1/GET/x"
    context = authorizer({"authorizationToken": f"Bearer {text}", "methodArn": arn}, None)["context"]
    answer = api.handler(
        {
            "httpMethod": method,
            "path": path,
            "headers": {"Content-Type": "application/json", **(headers or {})},
            "queryStringParameters": query,
            "body": json.dumps(body) if body is not None else None,
            "requestContext": {"requestId": "r", "authorizer": context},
        }
    )
    return (
        answer["statusCode"],
        json.loads(answer["body"]),
        {name: values[0] for name, values in answer["multiValueHeaders"].items()},
    )


@pytest.fixture
def account(table):
    return service.create_account("acme", "free")


def test_a_key_is_made_shown_once_listed_without_itself_and_revoked(account):
    _, first, text = account

    status, made, _ = send(
        text, "POST", "/api-keys", {"name": "ci", "scopes": ["workflows:read"], "expires_at": "2036-01-01T00:00:00Z"}
    )
    assert status == 201
    assert set(made["data"]) == {"id", "name", "key", "scopes", "expires_at", "created_at"}
    assert keys.is_well_formed(made["data"]["key"])
    assert made["data"]["scopes"] == ["workflows:read"]

    _, listed, _ = send(text, "GET", "/api-keys")
    assert [one["id"] for one in listed["data"]] == [first.id, made["data"]["id"]]
    assert listed["data"][0]["last_used_at"]
    assert listed["data"][1]["last_used_at"] is None
    assert listed["meta"]["total"] == 2
    assert made["data"]["key"] not in json.dumps(listed)

    assert send(text, "DELETE", f"/api-keys/{made['data']['id']}")[:2] == (
        200,
        {"success": True, "data": {"id": made["data"]["id"], "deleted": True}},
    )
    assert send(text, "DELETE", f"/api-keys/{made['data']['id']}")[0] == 404
    with pytest.raises(Exception, match="Unauthorized"):
        send(made["data"]["key"], "GET", "/account")


def test_more_scopes_than_its_own_are_forbidden_over_http_too(account):
    _, _, text = account
    _, made, _ = send(text, "POST", "/api-keys", {"name": "limited", "scopes": ["keys:write"]})
    limited = made["data"]["key"]

    assert send(limited, "POST", "/api-keys", {"name": "x", "scopes": ["workflows:read"]})[1]["error"]["code"] == "FORBIDDEN"
    assert send(limited, "POST", "/api-keys", {"name": "x"})[1]["data"]["scopes"] == ["keys:write"]
    assert send(limited, "GET", "/api-keys")[1]["error"]["code"] == "FORBIDDEN"
    assert send(limited, "GET", "/account")[1]["error"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": 1}, "name"),
        ({"name": "x", "scopes": ["everything"]}, "scopes[0]"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "key": "mine"}, "key"),
        ({"name": "x", "account_id": "acct_1"}, "account_id"),
        ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
    ],
)
def test_what_is_wrong_with_a_new_key_is_named(account, body, path):
    status, answer, _ = send(account[2], "POST", "/api-keys", body)

    assert status == 400
    assert [problem["path"] for problem in answer["error"]["details"]] == [path]


def test_a_repeated_creation_shows_the_same_key_and_stores_it_nowhere(account, table):
    again = {"Idempotency-Key": "make-ci"}

    first = send(account[2], "POST", "/api-keys", {"name": "ci"}, headers=again)[1]
    second = send(account[2], "POST", "/api-keys", {"name": "ci"}, headers=again)[1]

    assert first == second
    assert send(account[2], "GET", "/api-keys")[1]["meta"]["total"] == 2
    assert first["data"]["key"] not in str(client("dynamodb").scan(TableName=table)["Items"])


def test_the_account_tells_plan_limits_and_usage(account):
    owner, _, text = account
    send(text, "GET", "/account")

    status, answer, headers = send(text, "GET", "/account")

    data = answer["data"]
    assert status == 200
    assert (data["id"], data["name"], data["plan"]) == (owner.id, "acme", "free")
    assert data["limits"]["requests_per_minute"] == 60
    assert data["limits"]["requests_per_day"] == 1000
    assert data["usage"]["day"]["used"] == 2
    assert data["usage"]["day"]["limit"] == 1000
    assert data["usage"]["api_keys"] == 1
    assert int(headers["X-RateLimit-Remaining"]) == 60 - data["usage"]["minute"]["used"]


DOCUMENT = Path(__file__).parents[3] / "docs" / "data-model.md"
ROW = re.compile(r"^\| `(GET|POST|DELETE) (/(?:api-keys|account)[^`]*)` \| ([A-Za-z, ]+) \|", re.MULTILINE)
ROWS = ROW.findall(DOCUMENT.read_text())


def test_the_document_tells_the_calls_of_each_route(account, monkeypatch):
    assert len(ROWS) == 4
    text = account[2]
    made = send(text, "POST", "/api-keys", {"name": "a"})[1]["data"]["id"]
    calls: list[str] = []
    client("dynamodb").meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    for method, path, told in ROWS:
        calls.clear()

        status, _, _ = send(text, method, path.replace("{key_id}", made), {"name": "b"} if method == "POST" else None)

        authorizing, counting, *rest = calls
        assert status < 300
        assert (authorizing, counting) == ("UpdateItem", "UpdateItem")
        assert rest == told.split(", "), f"{method} {path}"
        assert len(rest) <= 2
