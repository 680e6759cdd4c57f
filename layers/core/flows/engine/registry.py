"""Node types by name. A module of ``flows.engine.nodes`` is imported when its type is first used."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache, lru_cache

from flows.engine import nodes
from flows.engine.contract import NodeType


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The names of all node types."""
    return frozenset(module.name for module in pkgutil.iter_modules(nodes.__path__))


@cache
def node_type(name: str) -> NodeType | None:
    """The node type of that name, or None."""
    if name not in names():
        return None
    module = importlib.import_module(f"flows.engine.nodes.{name}")
    found: NodeType = module.NODE
    return found


def all_types() -> Iterator[NodeType]:
    """Every node type, by name."""
    for name in sorted(names()):
        found = node_type(name)
        if found:
            yield found
