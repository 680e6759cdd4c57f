"""A KMS key and the tables, in moto: made once a module, emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from flows.aws import clients, clock
from flows.aws.settings import settings
from moto import mock_aws

TABLES = ("ACCOUNTS_TABLE", "CREDENTIALS_TABLE", "WORKFLOWS_TABLE")


@pytest.fixture(scope="module")
def moto_tables() -> Iterator[Any]:
    """moto with the tables; gives DynamoDB's client."""
    patch = pytest.MonkeyPatch()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "SIGNING_SECRET": "s" * 40,
        "BASE_URL": "https://api.example.com/v1",
        **{name: name.lower() for name in TABLES},
    }.items():
        patch.setenv(name, value)
    with mock_aws():
        clients.reset()
        dynamodb = clients.client("dynamodb")
        for name in TABLES:
            dynamodb.create_table(
                TableName=name.lower(),
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            )
        patch.setenv("CREDENTIALS_KEY", boto3.client("kms").create_key()["KeyMetadata"]["Arn"])
        yield dynamodb
    patch.undo()
    clients.reset()


@pytest.fixture
def aws(moto_tables: Any) -> Iterator[None]:
    """Empty tables, and settings as the module's environment says."""
    settings.cache_clear()
    for name in TABLES:
        for item in moto_tables.scan(TableName=name.lower())["Items"]:
            moto_tables.delete_item(TableName=name.lower(), Key={"pk": item["pk"], "sk": item["sk"]})
    yield
    settings.cache_clear()
    clock.set_now(None)
