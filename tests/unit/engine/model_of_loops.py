"""The semantics of a run with loops and decisions as a few lines of plain Python; waiting changes nothing but the time."""

from __future__ import annotations

import json
from typing import Any

Graph = dict[str, Any]


class _Failed(Exception):
    """A node with ``on_error: fail`` failed: so does its graph."""


def outcome(graph: Graph, value: Any, mended: bool = False) -> dict[str, Any]:
    """What a run gives: ``{status, output}``.

    Args:
        graph: as ``test_walker_properties_of_loops`` makes them.
        value: the input.
        mended: no ``work`` node fails.
    """
    try:
        return {"status": "completed", "output": _run(graph, value, 0, mended, top=True)}
    except _Failed:
        return {"status": "failed"}


def _run(graph: Graph, value: Any, index: int, mended: bool, top: bool = False) -> Any:
    if not graph["nodes"]:
        return value
    ports: dict[str, str | None] = {}
    outputs: dict[str, Any] = {}
    failed = False
    for node in graph["nodes"]:
        incoming = [edge for edge in graph["edges"] if edge["target"] == node["id"]]
        live = list(dict.fromkeys(e["source"] for e in incoming if ports.get(e["source"]) == e.get("source_port", "main")))
        if incoming and not live:
            ports[node["id"]] = None
            continue
        given = value if not incoming else outputs[live[0]] if len(live) == 1 else {one: outputs[one] for one in live}
        try:
            ports[node["id"]], outputs[node["id"]] = _node(node, given, index, mended, top)
        except _Failed:
            rule = node.get("on_error", "fail")
            failed = failed or rule == "fail"
            ports[node["id"]] = None if rule == "fail" else "error" if rule == "route" else "main"
            outputs[node["id"]] = {"error": True, "input": given}
    if failed:
        raise _Failed
    out = [(edge["source"], edge.get("source_port", "main")) for edge in graph["edges"]]
    ends = [name for name, port in ports.items() if port is not None and (name, port) not in out]
    return None if not ends else outputs[ends[0]] if len(ends) == 1 else {end: outputs[end] for end in ends}


def _node(node: dict[str, Any], given: Any, index: int, mended: bool, top: bool) -> tuple[str, Any]:
    parameters = node["parameters"]
    if node["type"] == "set":
        return "main", {"at": node["id"], "got": given}
    if node["type"] == "if":
        return parameters["condition"], given
    if node["type"] == "approval":
        decision = {"approve": "approved", "reject": "rejected"}[node["notes"]]
        return decision, {"decision": decision}
    if node["type"] == "work":
        at_first = node["notes"] == "fail at first" and "retry" not in node
        if not mended and (node["notes"] == "fail" or at_first or (node["notes"] == "fail at 1" and not top and index == 1)):
            raise _Failed
        return "main", {"did": node["id"]}
    if node["type"] == "execute_workflow":
        if not mended and node["notes"] == "fail":
            raise _Failed
        return "main", {"called": node["id"]}
    if node["type"] == "foreach":
        return "main", _loop(parameters, mended)
    return "main", given


def _loop(parameters: dict[str, Any], mended: bool) -> list[Any]:
    text = parameters["items"]
    items = json.loads(text.replace("'", '"')) if "{" in text else list(range(int(text[4:-1]) + 1))
    outputs = []
    for index, item in enumerate(items):
        try:
            outputs.append(_run(parameters["body"], item, index, mended))
        except _Failed:
            if parameters["on_item_error"] == "fail":
                raise
            if parameters["on_item_error"] == "continue":
                outputs.append({"error": True})
    return outputs
