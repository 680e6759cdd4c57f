"""DynamoDB's typed attribute values, from plain values and back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any


def marshal(values: Mapping[str, Any]) -> dict[str, Any]:
    """A plain dict as DynamoDB's typed values. Floats are refused: JSON with fractions is kept as text."""
    return {key: _marshal(value) for key, value in values.items()}


def unmarshal(item: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's typed values as a plain dict."""
    return {key: _unmarshal(value) for key, value in item.items()}


def _marshal(value: Any) -> dict[str, Any]:
    if value is None:
        return {"NULL": True}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, set | frozenset):
        return {"SS": sorted(value)}
    if isinstance(value, list | tuple):
        return {"L": [_marshal(part) for part in value]}
    if isinstance(value, Mapping):
        return {"M": marshal(value)}
    raise TypeError(f"no DynamoDB value: {type(value).__name__}")


def _unmarshal(value: Mapping[str, Any]) -> Any:
    kind, raw = next(iter(value.items()))
    if kind == "N":
        return int(raw) if raw.lstrip("-").isdigit() else float(raw)
    if kind == "NULL":
        return None
    if kind == "L":
        return [_unmarshal(part) for part in raw]
    if kind == "M":
        return unmarshal(raw)
    if kind == "SS":
        return set(raw)
    if kind == "B":
        # In the stream records that Lambda hands over, binary values are base64 text.
        return base64.b64decode(raw) if isinstance(raw, str) else bytes(raw)
    return raw
