"""A server that plays every service, and a connection to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flows.aws import clock
from flows.aws.settings import settings

from tests.unit.connectors.recording_server import Server, recording


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with recording() as server:
        monkeypatch.setenv("ALLOWED_PRIVATE_HOSTS", server.host)
        settings.cache_clear()
        yield server
    settings.cache_clear()
    clock.set_now(None)
