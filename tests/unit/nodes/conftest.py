"""What tests of node types share."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest
from flows.aws.settings import settings

# A busy machine makes no test fail: examples have no time limit of their own.
hypothesis.settings.register_profile("unhurried", deadline=None, max_examples=60)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture
def signing_secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stack with a signing secret."""
    monkeypatch.setenv("SIGNING_SECRET", "the-stack-s-signing-secret")
    settings.cache_clear()
    yield
    settings.cache_clear()
