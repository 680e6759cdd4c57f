"""The nodes of a definition that something outside can fire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TOLD = {"webhook": ("methods",), "schedule": ("cron", "timezone", "every", "start_at", "end_at", "missed")}
"""By type, the parameters that are told of a trigger without its definition."""


def trigger_nodes(definition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Enabled triggers other than ``manual``."""
    from flows.engine.definition_graph import starts_runs

    return [node for node in definition.get("nodes") or [] if starts_runs(node) and not node.get("disabled")]


def outlines(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same as far as lists of triggers tell them: ``{id, type, parameters}``. A definition has at most 20 (``MAX_TRIGGERS``)."""
    return [_outline(node) for node in trigger_nodes(definition)]


def _outline(node: Mapping[str, Any]) -> dict[str, Any]:
    given = node.get("parameters") or {}
    told = {name: given[name] for name in _TOLD.get(node["type"], ()) if name in given}
    return {"id": node["id"], "type": node["type"], "parameters": told}
