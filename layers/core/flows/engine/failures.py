"""Errors as nodes and runs carry them."""

from __future__ import annotations

from typing import Any

from flows.engine.contract import NodeFailure
from flows.engine.expressions.limits import Stopped
from flows.engine.graph import Node


def run_error(node_id: str | None, type: str, message: str, details: Any) -> dict[str, Any]:
    """The ``error`` of an execution."""
    return {"node_id": node_id, "type": type, "message": message, "details": details}


def as_failure(error: Exception, node: Node) -> NodeFailure:
    """Whatever a node raised, as its failure: an unknown exception says no more than its class (it may hold data)."""
    if isinstance(error, NodeFailure):
        return error
    if isinstance(error, Stopped):
        return NodeFailure("Timeout", f"The node {node.id!r} was stopped: {error.reason}")
    if isinstance(error, RecursionError):
        return NodeFailure("TooDeep", f"The data of {node.id!r} is nested too deeply")
    if isinstance(error, MemoryError):
        return NodeFailure("OutOfMemory", f"The data of {node.id!r} is too large")
    return NodeFailure("InternalError", f"The node {node.id!r} failed unexpectedly ({type(error).__name__})")
