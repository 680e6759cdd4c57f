"""Short ways to run workflows over HTTP."""

from __future__ import annotations

import time
from typing import Any

from tests.stack import Api

FINAL = ("completed", "failed", "cancelled")


def node(id: str, type: str = "noop", **fields: Any) -> dict[str, Any]:
    """A node; keywords that are no fields of a node are its parameters."""
    names = ("retry", "on_error", "disabled", "timeout_seconds", "credential_id")
    known = {name: fields.pop(name) for name in list(fields) if name in names}
    return {"id": id, "type": type, "parameters": fields, **known}


def edges(*pairs: str) -> list[dict[str, str]]:
    """``edges("a>b", "if:true>c")``."""
    made = []
    for pair in pairs:
        source, target = pair.split(">")
        source, _, port = source.partition(":")
        made.append({"source": source, "target": target, **({"source_port": port} if port else {})})
    return made


def create(api: Api, nodes: list[dict[str, Any]], connections: list[dict[str, str]] | None = None, **more: Any) -> str:
    """A workflow that is stored and published; its id."""
    answer = api.post("/workflows", {"name": "Test", "nodes": nodes, "edges": connections or [], **more})
    assert answer.status == 201, answer.text
    workflow_id: str = answer.data["id"]
    published = api.patch(f"/workflows/{workflow_id}", {"status": "published"})
    assert published.status == 200, published.text
    return workflow_id


def start(api: Api, workflow_id: str, input: Any = None) -> str:
    """Start a run; its id."""
    answer = api.post(f"/workflows/{workflow_id}/execute", {"input": input})
    assert answer.status == 202, answer.text
    execution_id: str = answer.data["execution_id"]
    return execution_id


def until(api: Api, execution_id: str, *statuses: str, seconds: float = 60) -> dict[str, Any]:
    """The execution once it has one of the statuses (default: a final one)."""
    wanted = statuses or FINAL
    end = time.monotonic() + seconds
    while True:
        execution: dict[str, Any] = api.get(f"/executions/{execution_id}").data
        if execution["status"] in wanted:
            return execution
        assert time.monotonic() < end, f"still {execution['status']}: {execution}"
        time.sleep(0.1)


def run(
    api: Api, nodes: list[dict[str, Any]], connections: list[dict[str, str]] | None = None, input: Any = None, **more: Any
) -> dict[str, Any]:
    """Create, publish, execute, wait."""
    return until(api, start(api, create(api, nodes, connections, **more), input))


def log_of(execution: dict[str, Any], node_id: str) -> dict[str, Any]:
    """The log entry of a node of the workflow's own graph."""
    (entry,) = [entry for entry in execution["logs"] if entry["node_id"] == node_id and entry["scope"] == []]
    found: dict[str, Any] = entry
    return found
