"""What the code emits, held against the catalogue. (The deployed stack's own events are, too: tests/e2e/test_webhooks.py.)"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from flows import strict_json
from flows.executions.ending import EVENTS, end_attributes
from flows.webhooks.catalogue import CATALOGUE
from jsonschema import Draft202012Validator

FLOWS = Path(__file__).parents[3] / "layers/core/flows"


def emitted_in_code() -> set[str]:
    """The names that ``new_event`` is called with, wherever they are written out."""
    found: set[str] = set()
    for file in FLOWS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "new_event"
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(node.args[0].value)
    return found


def test_every_event_that_the_code_names_is_in_the_catalogue():
    emitted = emitted_in_code()

    assert {"form.submitted", "workflow.published"} <= emitted
    assert emitted | set(EVENTS.values()) <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("status", "output", "error"),
    [
        ("completed", {"v": {"total": 1.5}}, None),
        ("completed", {"v": None}, None),
        ("completed", {"s3": "runs/x", "bytes": 5_000_000}, None),
        ("completed", {"v": "x" * 190_000}, None),
        ("failed", None, {"node_id": "a", "type": "HttpError", "message": "503", "details": {"status_code": 503}}),
        ("failed", None, {"node_id": None, "type": "Timeout", "message": "too long", "details": None}),
        ("cancelled", None, None),
    ],
)
def test_the_end_of_a_run_is_told_as_the_catalogue_says(status: str, output: Any, error: Any):
    run = {
        "account_id": "acct_01hmx5j3c8d2e6f0g4h8j2k6m0",
        "id": "exec_01hmx5j3c8d2e6f0g4h8j2k6m0",
        "workflow_id": "wf_01hmwz7a1b5c9d3e7f1g5h9j3k",
        "workflow_name": "W",
        "version": 1,
        "trigger": '{"type":"api"}',
        "started_at": "2026-01-01T00:00:00.000Z",
    }

    _, values = end_attributes(run, status, output, error, {})

    event = strict_json.loads(values[":event"])
    Draft202012Validator(CATALOGUE[event["type"]].schema()).validate(event)
    assert len(values[":event"]) < 250_000


def test_an_example_says_no_more_than_its_schema():
    for event in CATALOGUE.values():
        assert set(event.example) <= set(event.data["properties"]), event.type
