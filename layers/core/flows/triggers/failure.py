"""What an error trigger gives: which run of which workflow failed, at which node, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.errors import NotFound
from flows.workflows import pinning


def failure_of(account_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The output of an error trigger.

    Args:
        account_id: whose.
        data: of the event ``workflow.failed``.
    """
    error = data.get("error") or None
    node_id = error.get("node_id") if error else None
    return {
        "execution": {
            "id": data["execution_id"],
            "status": data["status"],
            "started_at": data["started_at"],
            "completed_at": data["completed_at"],
            "trigger": data.get("trigger"),
        },
        "workflow": {"id": data["workflow_id"], "name": data.get("workflow_name", ""), "version": data["version"]},
        "node": {"id": node_id, "type": _type_of(account_id, data, node_id)} if node_id else None,
        "error": {name: error.get(name) for name in ("type", "message", "details")} if error else None,
    }


def _type_of(account_id: str, data: Mapping[str, Any], node_id: str) -> str | None:
    try:
        nodes = pinning.load(account_id, data["workflow_id"], data["version"]).definition["nodes"]
    except NotFound:
        return None
    return next((node["type"] for node in _all(nodes) if node["id"] == node_id), None)


def _all(nodes: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Nodes, and those in the bodies of loops."""
    for node in nodes:
        yield node
        body = (node.get("parameters") or {}).get("body")
        if node["type"] == "foreach" and isinstance(body, Mapping):
            yield from _all(body.get("nodes") or [])
