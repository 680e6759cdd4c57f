"""Errors as nodes and runs carry them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flows.aws.clock import iso
from flows.engine.expressions.limits import Stopped
from flows.engine.graph import Node
from flows.engine.results import NodeFailure, shallow

PURE_SECONDS = 15.0
"""What is done on the main thread for one node - its expressions, and the work of a pure node - is stopped after this time."""


def pure_seconds(node: Node) -> float:
    """How long a node may hold the main thread; its ``timeout_seconds`` may say less."""
    return min(node.timeout_seconds or PURE_SECONDS, PURE_SECONDS)


def run_error(node_id: str | None, type: str, message: str, details: Any) -> dict[str, Any]:
    """The ``error`` of an execution."""
    return {"node_id": node_id, "type": type, "message": message, "details": shallow(details)}


def node_limit(node: Node, now: datetime) -> str | None:
    """When a node that waits, or a loop, that begins now must have ended by its own ``timeout_seconds``; None without one."""
    return iso(now + timedelta(seconds=node.timeout_seconds)) if node.timeout_seconds is not None else None


def over_time(node: Node) -> NodeFailure:
    """The failure of a node whose ``timeout_seconds`` are over."""
    return NodeFailure(
        "Timeout", f"The node {node.id!r} did not end within its timeout_seconds ({node.timeout_seconds:g})", retryable=True
    )


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
