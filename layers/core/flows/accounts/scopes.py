"""What an API key may be allowed to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

Scope: TypeAlias = Literal[
    "*",
    "workflows:read",
    "workflows:write",
    "workflows:execute",
    "executions:read",
    "forms:read",
    "forms:write",
    "credentials:read",
    "credentials:write",
    "credentials:use",
    "integrations:read",
    "integrations:write",
    "webhooks:read",
    "webhooks:write",
    "keys:read",
    "keys:write",
    "account:read",
]

SCOPES: frozenset[str] = frozenset(get_args(Scope))


def missing(wanted: Iterable[str], held: frozenset[str]) -> list[str]:
    """The wanted scopes that the holder has not, sorted; ``*`` can be given only by one who has it."""
    return [] if "*" in held else sorted(set(wanted) - held)
