"""The table Accounts, empty, in moto; and that of executions, which GET /account asks how many are under way."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from flows.api import usage
from flows.aws import clients, clock
from flows.aws.settings import settings
from moto import mock_aws


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "ACCOUNTS_TABLE": "accounts",
        "EXECUTIONS_TABLE": "executions",
        "SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    clients.reset()
    usage.begin()  # before the first client is made, so that its calls are counted
    with mock_aws():
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        for table in ("accounts", "executions"):
            boto3.client("dynamodb").create_table(
                TableName=table,
                KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
                BillingMode="PAY_PER_REQUEST",
            )
        yield "accounts"
    clock.set_now(None)
    settings.cache_clear()
    clients.reset()
