"""The node types as the API tells them: names, ports, the JSON Schema of their parameters, worked examples."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flows.engine import registry
from flows.engine.contract import Example, NodeType
from flows.engine.parameter_schema import written_schema


@lru_cache(maxsize=1)
def views() -> tuple[dict[str, Any], ...]:
    """Every node type, by category and name."""
    order = ("trigger", "flow", "data", "action")
    found = [view(node_type) for node_type in registry.all_types()]
    return tuple(sorted(found, key=lambda one: (order.index(one["category"]) if one["category"] in order else 9, one["type"])))


def view(node_type: NodeType) -> dict[str, Any]:
    """The public form of a node type."""
    ports = node_type.ports
    return {
        "type": node_type.type,
        "title": node_type.title,
        "description": node_type.description,
        "category": node_type.category,
        "trigger": node_type.trigger,
        "effect": node_type.effect,
        # None: the ports follow from the parameters (a switch has one for each case).
        "ports": None if callable(ports) else list(ports),
        "parameters_schema": written_schema(node_type),
        "examples": [_example(example) for example in node_type.examples],
    }


def _example(example: Example) -> dict[str, Any]:
    told: dict[str, Any] = {"description": example.description, "parameters": dict(example.parameters), "port": example.port}
    if example.inputs is not None:
        told["inputs"] = dict(example.inputs)
    else:
        told["input"] = example.input
    if not _varies(example.output):
        told["output"] = example.output
    return told


def _varies(value: Any) -> bool:
    """Whether an Ellipsis stands in it: an output that is another each time."""
    if isinstance(value, dict):
        return any(_varies(child) for child in value.values())
    if isinstance(value, list | tuple):
        return any(_varies(child) for child in value)
    return value is ...
