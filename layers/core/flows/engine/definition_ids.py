"""The ids in a definition: what it names of the account's credentials, workflows and forms, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.engine import registry
from flows.engine.parameter_places import bodies, places

_KINDS = {"credential_id": "credential", "workflow_id": "workflow", "workflow_ids": "workflow", "form_id": "form"}
"""Fields of parameter models that hold an id. Free JSON (an HTTP body) may have fields of such names too, which mean nothing."""


@dataclass(frozen=True)
class IdPlace:
    """An id and where it stands.

    Args:
        kind: ``credential``, ``workflow`` or ``form``.
        id: as written; with ``{{`` in it, it is known at run time only.
        path: such as ``nodes[0].credential_id``.
    """

    kind: str
    id: str
    path: str

    @property
    def is_made_by_expression(self) -> bool:
        return "{{" in self.id


def named_ids(definition: Mapping[str, Any]) -> Iterator[IdPlace]:
    """Every id of the definition, bodies and settings included."""
    nodes = definition.get("nodes")
    if isinstance(nodes, list):
        yield from _of_nodes(nodes, "")
    settings = definition.get("settings")
    if isinstance(settings, dict) and isinstance(settings.get("on_failure_workflow_id"), str):
        yield IdPlace("workflow", settings["on_failure_workflow_id"], "settings.on_failure_workflow_id")


def id_places(definition: Mapping[str, Any]) -> Iterator[IdPlace]:
    """The ids that are known when the definition is written."""
    return (place for place in named_ids(definition) if not place.is_made_by_expression)


def credential_ids(definition: Mapping[str, Any]) -> frozenset[str]:
    """The credentials that the definition names, also by an expression: anything here needs the scope ``credentials:use``."""
    return frozenset(place.id for place in named_ids(definition) if place.kind == "credential")


def _of_nodes(nodes: Sequence[Any], prefix: str) -> Iterator[IdPlace]:
    for index, raw in enumerate(nodes):
        if not isinstance(raw, dict):
            continue
        path = f"{prefix}nodes[{index}]"
        if isinstance(raw.get("credential_id"), str):
            yield IdPlace("credential", raw["credential_id"], f"{path}.credential_id")
        kind = registry.node_type(raw["type"]) if isinstance(raw.get("type"), str) else None
        parameters = raw.get("parameters")
        if kind and isinstance(parameters, dict):
            for place in places(kind.parameters, parameters):
                if place.field in _KINDS and isinstance(place.value, str) and place.value:
                    yield IdPlace(_KINDS[place.field], place.value, f"{path}.parameters.{place.path}")
        for below, body in bodies(raw):
            if isinstance(body, dict) and isinstance(body.get("nodes"), list):
                yield from _of_nodes(body["nodes"], f"{path}.parameters.{below}.")
