"""What tests of node types share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flows.aws.settings import settings


@pytest.fixture
def signing_secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stack with a signing secret."""
    monkeypatch.setenv("SIGNING_SECRET", "the-stack-s-signing-secret")
    settings.cache_clear()
    yield
    settings.cache_clear()
