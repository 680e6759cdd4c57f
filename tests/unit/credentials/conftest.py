"""A KMS key and the tables, in moto."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from flows.aws import clients, clock
from flows.aws.settings import settings
from moto import mock_aws

TABLES = ("ACCOUNTS_TABLE", "CREDENTIALS_TABLE", "WORKFLOWS_TABLE")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "SIGNING_SECRET": "s" * 40,
        "BASE_URL": "https://api.example.com/v1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        for name in TABLES:
            monkeypatch.setenv(name, name.lower())
            dynamodb.create_table(
                TableName=name.lower(),
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            )
        key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        monkeypatch.setenv("CREDENTIALS_KEY", key)
        settings.cache_clear()
        clients.reset()
        yield
    settings.cache_clear()
    clients.reset()
    clock.set_now(None)
