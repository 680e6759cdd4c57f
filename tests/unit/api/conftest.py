"""A table of accounts in moto, and a way to call an Api as API Gateway does."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from flows.api.app import Api
from flows.aws import clients, clock
from flows.aws.settings import settings
from moto import mock_aws

from tests.unit.one_at_a_time import lock_writes

ACCOUNT = "acct_01hzzzzzzzzzzzzzzzzzzzzzzz"
NOON = datetime(2036, 3, 1, 12, 0, 30, tzinfo=UTC)
"""In the future, since what has expired by the real clock is not read."""


@dataclass(frozen=True)
class Got:
    """An answer, as a client would see it."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        return self.json["data"]

    @property
    def error(self) -> Any:
        return self.json["error"]

    @property
    def problems(self) -> dict[str, str]:
        """Each problem's path and type."""
        return {problem["path"]: problem["type"] for problem in self.error["details"]}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The table Accounts, empty."""
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "ACCOUNTS_TABLE": "accounts",
        "SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
        "CORS_ORIGINS": "*",
        "BASE_URL": "https://api.example.com/v1",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    clients.reset()
    with mock_aws():
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        boto3.client("dynamodb").create_table(
            TableName="accounts",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
            BillingMode="PAY_PER_REQUEST",
        )
        yield "accounts"
    clock.set_now(None)
    settings.cache_clear()
    clients.reset()


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """See ``tests.unit.one_at_a_time``."""
    lock_writes(monkeypatch)


@pytest.fixture
def at() -> Iterator[Callable[[datetime], None]]:
    """Set the clock."""
    yield lambda moment: clock.set_now(lambda: moment)
    clock.set_now(None)


def event(
    method: str,
    path: str,
    body: Any = None,
    *,
    query: dict[str, str | list[str]] | None = None,
    headers: dict[str, str] | None = None,
    account: str | None = ACCOUNT,
    plan: str = "unlimited",
    scopes: str = "*",
    expires_at: str = "",
    encoded: bool = True,
) -> dict[str, Any]:
    """API Gateway's proxy event; bodies arrive base64-encoded, as its BinaryMediaTypes say."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    sent = {"Content-Type": "application/json"} if raw else {}
    sent |= headers or {}
    many = {name: value if isinstance(value, list) else [value] for name, value in (query or {}).items()}
    context: dict[str, Any] = {
        "requestId": str(uuid.uuid4()),
        "stage": "v1",
        "path": f"/v1{path}",
        "identity": {"sourceIp": "203.0.113.7"},
    }
    if account:
        context["authorizer"] = {
            "account_id": account,
            "key_id": "key_01hzzzzzzzzzzzzzzzzzzzzzzz",
            "plan": plan,
            "scopes": scopes,
            "expires_at": expires_at,
        }
    return {
        "httpMethod": method,
        "path": path,
        "resource": path,
        "headers": dict(sent),
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": {name: values[-1] for name, values in many.items()} or None,
        "multiValueQueryStringParameters": many or None,
        "body": (base64.b64encode(raw).decode() if encoded else raw.decode()) if raw else None,
        "isBase64Encoded": bool(raw) and encoded,
        "requestContext": context,
    }


def call(api: Api, method: str, path: str, body: Any = None, **options: Any) -> Got:
    """Send a request to an Api; options as for :func:`event`."""
    answer = api.handler(event(method, path, body, **options))
    headers = {name: ", ".join(values) for name, values in answer["multiValueHeaders"].items()}
    text = base64.b64decode(answer["body"]).decode() if answer["isBase64Encoded"] else answer["body"]
    return Got(answer["statusCode"], headers, text)


@pytest.fixture
def send(table: str) -> Callable[..., Got]:
    """:func:`call`, with the table there."""
    return call


@pytest.fixture
def gateway_event() -> Callable[..., dict[str, Any]]:
    """:func:`event`."""
    return event
