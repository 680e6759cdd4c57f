"""The workflows API on moto's DynamoDB: requests as API Gateway hands them over, answers as the caller reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from flows.aws import clients, clock, ids
from flows.aws.settings import settings
from flows.workflows import service
from moto import mock_aws

TABLES = ("accounts", "workflows", "executions", "forms", "credentials")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "SIGNING_SECRET": "s" * 40,
    "BASE_URL": "https://api.example.com/v1",
    **{f"{name.upper()}_TABLE": name for name in TABLES},
}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        for table in TABLES:
            dynamodb.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            )
        settings.cache_clear()
        clients.reset()
        service.load.cache_clear()
        yield
    settings.cache_clear()
    clients.reset()
    clock.set_now(None)


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def data(self) -> Any:
        assert self.body["success"] is True, self.body
        return self.body["data"]

    @property
    def error(self) -> Any:
        assert self.body["success"] is False, self.body
        return self.body["error"]

    @property
    def paths(self) -> set[str]:
        assert self.error["code"] == "VALIDATION_ERROR", self.error
        return {problem["path"] for problem in self.error["details"]}


class Client:
    """One account's caller of one function."""

    def __init__(self, handler: Any, scopes: str = "*", account_id: str | None = None) -> None:
        self.handler = handler
        self.scopes = scopes
        self.account_id = account_id or ids.new_id("acct")

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
        path, _, query = path.partition("?")
        event = {
            "httpMethod": method,
            "path": f"/v1{path}",
            "headers": {"Content-Type": "application/json", **(headers or {})},
            "queryStringParameters": dict(part.split("=", 1) for part in query.split("&")) if query else None,
            "body": json.dumps(body) if body is not None else None,
            "requestContext": {
                "requestId": "request",
                "authorizer": {
                    "account_id": self.account_id,
                    "key_id": "key_1",
                    "plan": "unlimited",
                    "scopes": self.scopes,
                },
            },
        }
        answer = self.handler(event, None)
        told = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
        return Reply(answer["statusCode"], json.loads(answer["body"]), told)

    def get(self, path: str, **options: Any) -> Reply:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.call("POST", path, body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> Reply:
        return self.call("PATCH", path, body, **options)

    def delete(self, path: str) -> Reply:
        return self.call("DELETE", path)

    def make(self, **fields: Any) -> Any:
        """A new workflow."""
        made = self.post("/workflows", {"name": "Made", **fields})
        assert made.status == 201, made.body
        return made.data


@pytest.fixture
def api() -> Client:
    from functions.workflows import handler

    return Client(handler.handler)


@pytest.fixture
def other(api: Client) -> Client:
    """Another account."""
    return Client(api.handler)


def stored(pk: str, sk: str) -> Any:
    """An item of the workflows table, or None."""
    from flows.aws import tables

    return tables.get("workflows", pk, sk, consistent=True)


@pytest.fixture
def calls() -> list[str]:
    """The names of the AWS calls since it was last cleared."""
    made: list[str] = []
    clients.client("dynamodb").meta.events.register("before-call.*.*", lambda model, **_: made.append(model.name))
    return made
