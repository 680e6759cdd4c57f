"""``Prefer: wait`` as RFC 7240 writes it."""

from __future__ import annotations

import pytest
from flows.executions.preference import wait_seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=20", 20),
        ("respond-async, wait=5", 5),
        ('Wait = "7"', 7),
        ("wait=3; foo=bar", 3),
        ("wait=100", 25),
        ("wait=0", 0),
        (None, None),
        ("", None),
        ("respond-async", None),
        ("wait=soon", None),
        ("wait=-1", None),
        ("wait", None),
    ],
)
def test_what_is_asked_for(header: str | None, seconds: int | None) -> None:
    assert wait_seconds(header) == seconds
