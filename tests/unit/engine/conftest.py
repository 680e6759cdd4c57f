"""The walker needs no AWS; links of approvals need a secret to be signed with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flows.aws.settings import settings


@pytest.fixture(autouse=True)
def signing_secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SIGNING_SECRET", "s" * 40)
    settings.cache_clear()
    yield
    settings.cache_clear()
