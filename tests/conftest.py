"""Fixtures of the tests that need a deployed stack (see tests/stack.py). Unit tests use none of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache

import botocore.session
import moto.kms.models
import pytest

from tests.stack import Api, RunningStack, stack_for_tests

_started = ExitStack()

# Each boto3 session reads and parses the models of its services anew, a tenth of a second each; tests make thousands of sessions.
botocore.session.create_loader = cache(botocore.session.create_loader)

# moto makes an RSA key pair for each symmetric key, which uses none: a sixth of a second each time.
moto.kms.models.generate_private_key = cache(moto.kms.models.generate_private_key)


def pytest_configure(config: pytest.Config) -> None:
    """With several test processes, the one that starts them starts the stack, and they find it by STACK_FILE."""
    wants_stack = any("unit" not in str(argument) for argument in config.args)
    several = bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")
    if several and wants_stack and not os.environ.get("STACK_FILE"):
        os.environ["STACK_FILE"] = str(_started.enter_context(stack_for_tests()).file)


def pytest_unconfigure() -> None:
    _started.close()


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """The deployed stack: one for the whole session."""
    with stack_for_tests() as running:
        yield running


@pytest.fixture
def account(stack: RunningStack) -> tuple[str, str]:
    """A fresh account without limits: its id and its key."""
    return stack.make_account("unlimited")


@pytest.fixture
def api(stack: RunningStack, account: tuple[str, str]) -> Api:
    """The API as the fresh account's owner calls it."""
    return stack.api(account[1])
