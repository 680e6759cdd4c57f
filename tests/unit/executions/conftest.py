"""Runs on moto's DynamoDB, S3 and a state machine played by a loop: what is ours is real."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from flows.aws import clients, clock, ids
from flows.aws.settings import settings
from flows.executions import launching, waking, walking
from flows.workflows import pinning
from moto import mock_aws

from tests.template import create_tables
from tests.unit.executions.machine import Machine

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "SIGNING_SECRET": "s" * 40,
    "BASE_URL": "https://api.example.com/v1",
    "DATA_BUCKET": "data",
    "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:test-execution",
}


@pytest.fixture
def account() -> str:
    return ids.new_id("acct")


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        for name, value in create_tables(boto3.client("dynamodb")).items():
            monkeypatch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="data")
        settings.cache_clear()
        clients.reset()
        pinning.load.cache_clear()
        walking._plan.cache_clear()
        played = Machine()
        # Step Functions is the one part that is played: moto's does not run this machine's callbacks.
        monkeypatch.setattr(launching, "start_machine", played.start)
        monkeypatch.setattr(waking, "send", played.answer_token)
        yield played
    settings.cache_clear()
    clients.reset()
    clock.set_now(None)


def anything(*_: Any) -> None:
    """Grants every scope."""
