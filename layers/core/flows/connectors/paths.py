"""Dotted paths into JSON: ``data.items``, ``errors.0.message``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def pick(value: Any, path: str, default: Any = None) -> Any:
    """What is at the path; ``default`` when it is not there. An empty path is the value itself."""
    if not path:
        return value
    for name in path.split("."):
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return default
    return value
