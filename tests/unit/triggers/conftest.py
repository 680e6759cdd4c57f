"""Triggers on moto's DynamoDB and Scheduler; runs are written, and nothing walks them."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from flows.api import usage
from flows.aws import clients, clock
from flows.aws.settings import settings
from moto import mock_aws

from tests.template import create_tables
from tests.unit.triggers.published import forget, make_account

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "SIGNING_SECRET": "s" * 40,
    "BASE_URL": "https://api.example.com/v1",
    "DATA_BUCKET": "data",
    "SCHEDULE_GROUP": "triggers",
    "SCHEDULE_ROLE_ARN": "arn:aws:iam::123456789012:role/schedules",
    "SCHEDULE_TARGET_ARN": "arn:aws:lambda:us-east-1:123456789012:function:scheduled",
    "SCHEDULE_DEAD_LETTER_ARN": "arn:aws:sqs:us-east-1:123456789012:dead",
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        for name, value in create_tables(boto3.client("dynamodb")).items():
            monkeypatch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="data")
        boto3.client("scheduler").create_schedule_group(Name="triggers")
        settings.cache_clear()
        clients.reset()
        usage.begin()  # before the first client: it counts their calls
        forget()
        yield
    settings.cache_clear()
    clients.reset()
    clock.set_now(None)


@pytest.fixture
def account(aws: None) -> str:
    return make_account()
