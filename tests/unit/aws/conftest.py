"""What Lambda gives a function: credentials, Region and name in its environment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from flows.aws import clients

LAMBDA = {
    "AWS_LAMBDA_FUNCTION_NAME": "test",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "a session's token/+==",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
}


@pytest.fixture(autouse=True)
def function(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in LAMBDA.items():
        monkeypatch.setenv(name, value)
    clients.reset()
    yield
    clients.reset()


@pytest.fixture
def speaking_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Calls go to this address."""

    def point(url: str) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        clients.reset()

    return point


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between attempts: told and not waited for."""
    taken: list[float] = []
    monkeypatch.setattr(time, "sleep", taken.append)
    return taken
