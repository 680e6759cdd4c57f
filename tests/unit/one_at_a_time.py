"""DynamoDB writes an item for one request at a time; moto, which is not made for threads, does with a lock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest


def lock_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let moto's writes of items wait for one another."""
    from moto.dynamodb.models import DynamoDBBackend

    lock = threading.RLock()

    def locked(method: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            with lock:
                return method(*arguments, **options)

        return run

    for name in ("update_item", "put_item", "delete_item", "transact_write_items"):
        monkeypatch.setattr(DynamoDBBackend, name, locked(getattr(DynamoDBBackend, name)))
