"""The forms table and the data bucket, in moto, with a clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flows.aws import clients, clock
from flows.aws.settings import settings
from moto import mock_aws

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "SIGNING_SECRET": "s" * 40,
    "BASE_URL": "https://api.example.com/v1",
    "FORMS_TABLE": "forms",
    "ACCOUNTS_TABLE": "accounts",
    "EXECUTIONS_TABLE": "executions",
    "DATA_BUCKET": "data",
}


@pytest.fixture(scope="module")
def fresh_clients() -> Iterator[None]:
    """Clients of this module's own, made once: making them takes longer than most tests."""
    clients.reset()
    yield
    clients.reset()


@pytest.fixture
def aws(fresh_clients: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with mock_aws():
        dynamodb = clients.client("dynamodb")
        for table in ("forms", "accounts", "executions"):
            dynamodb.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", "lpk", "lsk")],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                GlobalSecondaryIndexes=[
                    {
                        "IndexName": "list",
                        "KeySchema": [
                            {"AttributeName": "lpk", "KeyType": "HASH"},
                            {"AttributeName": "lsk", "KeyType": "RANGE"},
                        ],
                        "Projection": {"ProjectionType": "ALL"},
                    }
                ],
            )
        clients.client("s3").create_bucket(Bucket="data")
        yield
    settings.cache_clear()
    clock.set_now(None)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC).replace(microsecond=0)
        clock.set_now(lambda: self.moment)

    def pass_seconds(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def time(aws: None) -> Clock:
    return Clock()
