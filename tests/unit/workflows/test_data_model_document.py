"""docs/data-model.md tells the AWS calls of each workflow route: they are counted here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flows.workflows import service

from .conftest import Client

DOCUMENT = Path(__file__).parents[3] / "docs" / "data-model.md"
ROW = re.compile(r"^\| `(GET|POST|PATCH|DELETE) (/workflows[^`]*)` \| ([A-Za-z, ]+) \| .* \| .* \|$", re.MULTILINE)
ROWS = [(method, path, [] if calls == "none" else calls.split(", ")) for method, path, calls in ROW.findall(DOCUMENT.read_text())]
BODIES: dict[str, Any] = {
    "POST /workflows": {"name": "x"},
    "POST /workflows/validate": {},
    "PATCH /workflows/{id}": {"nodes": [], "status": "published"},
}


def test_the_document_has_the_routes() -> None:
    assert len(ROWS) == 13


@pytest.mark.parametrize(("method", "path", "expected"), ROWS)
def test_a_route_makes_the_calls_that_the_document_tells(
    api: Client, calls: list[str], method: str, path: str, expected: list[str]
) -> None:
    made = api.make(nodes=[{"id": "a", "type": "noop"}])
    api.patch(f"/workflows/{made['id']}", {"nodes": [{"id": "b", "type": "noop"}]})
    service.load.cache_clear()
    calls.clear()

    reply = api.call(method, path.replace("{id}", made["id"]).replace("{version}", "1"), BODIES.get(f"{method} {path}"))

    assert reply.status < 300, reply.body
    assert calls == expected
