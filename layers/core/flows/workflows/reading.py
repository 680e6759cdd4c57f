"""From a body as it was sent to a workflow's fields and definition, with everything that is wrong told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from flows import problems
from flows.engine import definition
from flows.errors import Problem, ValidationFailed

PARTS = tuple(definition.DEFAULTS)
"""The fields that are the definition."""

H = TypeVar("H", bound=BaseModel)

RequireScope = Callable[[str], None]
"""Raises Forbidden when the caller's key lacks the scope."""


def head(model: type[H], sent: Mapping[str, Any]) -> tuple[H, list[Problem]]:
    """The fields beside the definition, and what is wrong with them; where anything is, the fields are not to be used."""
    raw = {name: value for name, value in sent.items() if name not in PARTS}
    try:
        return model.model_validate(raw), []
    except ValidationError as error:
        return model.model_construct(), problems.of(error, raw)


def merged(before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """A whole definition: what was sent, and for the rest what there is."""
    return {part: sent.get(part, before[part]) for part in PARTS}


def check(whole: Mapping[str, Any], found: list[Problem], lookup: definition.Lookup, require: RequireScope) -> None:
    """Refuse a definition that is wrong.

    Args:
        whole: the definition.
        found: problems of the fields beside it.
        lookup: finds the ids that it names.
        require: the caller's scopes.

    Raises:
        Forbidden: it names a credential, and the caller may not use credentials.
        ValidationFailed: with every problem.
    """
    if definition.credential_ids(whole):
        require("credentials:use")
    found = found + definition.check(whole, lookup=lookup)
    if found:
        raise ValidationFailed(found)


def refuse(found: list[Problem]) -> None:
    """Raises ValidationFailed when there are problems."""
    if found:
        raise ValidationFailed(found)
