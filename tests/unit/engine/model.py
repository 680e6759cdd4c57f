"""The semantics of a run as a few lines of plain Python: no journal, no turns, no threads. The walker is held against it."""

from __future__ import annotations

from typing import Any

Definition = dict[str, Any]


def outcome(definition: Definition, value: Any, behaviour: dict[str, str]) -> dict[str, Any]:
    """What a run gives.

    Args:
        definition: nodes of the types ``noop``, ``set``, ``if``, ``work``; in an order in which each comes after its predecessors.
        value: the input.
        behaviour: of ``work`` nodes by id: ``ok`` or ``fail``.

    Returns:
        ``{status, output, failed}``; a failed run tells which nodes may have failed it.
    """
    ports: dict[str, str | None] = {}
    outputs: dict[str, Any] = {}
    failed: set[str] = set()
    for node in definition["nodes"]:
        incoming = [edge for edge in definition["edges"] if edge["target"] == node["id"]]
        live = [edge["source"] for edge in incoming if ports.get(edge["source"]) == edge.get("source_port", "main")]
        live = list(dict.fromkeys(live))
        if incoming and not live:
            ports[node["id"]] = None
            continue
        given = value if not incoming else outputs[live[0]] if len(live) == 1 else {one: outputs[one] for one in live}
        port, output = _run(node, given, behaviour)
        if port is None:
            failed.add(node["id"])
        ports[node["id"]], outputs[node["id"]] = port, output
    if failed:
        return {"status": "failed", "failed": failed}
    ends = [
        node["id"]
        for node in definition["nodes"]
        if ports[node["id"]] is not None
        and not any(
            edge["source"] == node["id"] and edge.get("source_port", "main") == ports[node["id"]] for edge in definition["edges"]
        )
    ]
    if not definition["nodes"]:
        output = value
    elif len(ends) == 1:
        output = outputs[ends[0]]
    else:
        output = {end: outputs[end] for end in ends} if ends else None
    return {"status": "completed", "output": output}


def _run(node: dict[str, Any], given: Any, behaviour: dict[str, str]) -> tuple[str | None, Any]:
    if node.get("disabled") or node["type"] == "noop":
        return "main", given
    if node["type"] == "set":
        return "main", dict(node["parameters"]["values"])
    if node["type"] == "if":
        return node["parameters"]["condition"], given
    if behaviour[node["id"]] == "ok":
        return "main", {"did": node["id"]}
    rule = node.get("on_error", "fail")
    if rule == "fail":
        return None, None
    error = {"error": {"type": "Broken", "message": "no", "details": None}, "input": given}
    return ("error" if rule == "route" else "main"), error
