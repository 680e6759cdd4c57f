"""pydantic's errors as problems: paths as ``nodes[2].parameters.url``, messages that never echo what was sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flows.errors import Problem

_PLAIN = re.compile(r"[A-Za-z_][\w-]{0,79}")
_NOISE = re.compile(r"(function-|tagged-union|union\[|list\[|dict\[|constrained-|nullable|json-or-python|lax-or-strict|model\[)")
_PLACES = ("query", "header", "cookie", "path")
_MAX_PROBLEMS = 100

_MESSAGES = {
    "missing": ("a value is required", "missing"),
    "extra_forbidden": ("unknown field", "unknown_field"),
    "union_tag_invalid": ("not one of the known types", "unknown_type"),
    "union_tag_not_found": ("a type is required", "missing"),
}


def problems(errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Problems of pydantic's ``errors()``; their first place is ``body``, ``query``, ``header``, ``cookie`` or ``path``.

    Two members of a union often complain about the same place: each complaint is told once.
    """
    found: dict[Problem, None] = {}
    for error in errors:
        kind = str(error.get("type", "invalid"))
        message, kind = _MESSAGES.get(kind, (_clean(str(error.get("msg", "invalid"))), kind))
        found.setdefault(Problem(path_of(_place(error.get("loc", ()))), message, kind))
        if len(found) >= _MAX_PROBLEMS:
            break
    return list(found)


def path_of(parts: Sequence[Any]) -> str:
    """``("nodes", 2, "parameters")`` as ``nodes[2].parameters``; a name with odd characters as ``["..."]``."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif _PLAIN.fullmatch(str(part)):
            path += f".{part}" if path else str(part)
        else:
            path += "[" + ascii(str(part)[:80]).replace("'", '"') + "]"
    return path


def _place(loc: Sequence[Any]) -> list[Any]:
    parts = [part for part in loc if not (isinstance(part, str) and _NOISE.match(part))]
    if parts and parts[0] == "body":
        return parts[1:]
    if parts and parts[0] in _PLACES and len(parts) > 2 and parts[1] == parts[0]:
        return parts[1:]
    return parts


def _clean(message: str) -> str:
    # pydantic puts "Value error, " before what a validator of ours said, and "Input" for the value.
    message = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return message.replace("Input should be", "must be").replace("Input should", "must")[:300]
