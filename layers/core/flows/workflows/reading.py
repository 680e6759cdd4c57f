"""From a body as it was sent to a workflow's fields and definition, with everything that is wrong told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from flows import problems
from flows.aws.tables import Write
from flows.engine import definition
from flows.errors import Problem, ValidationFailed
from flows.workflows.lookup import AccountLookup, Presumed

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


def check(
    account_id: str, workflow_id: str, whole: Mapping[str, Any], found: list[Problem], require: RequireScope
) -> list[Write]:
    """Refuse a definition that is wrong.

    Args:
        account_id: whose.
        workflow_id: of the workflow, when it is there already.
        whole: the definition.
        found: problems of the fields beside it.
        require: the caller's scopes.

    Returns:
        Checks that belong into the transaction that writes it: they fail when something that it names is not there (:func:`look_up` tells what).

    Raises:
        Forbidden: it names a credential, and the caller may not use credentials.
        ValidationFailed: with every problem.
    """
    if definition.credential_ids(whole):
        require("credentials:use")
    presumed = Presumed(account_id, workflow_id)
    if found or definition.check(whole, lookup=presumed) or not presumed.is_few:
        refuse(found + definition.check(whole, lookup=AccountLookup(account_id)))
        return []
    return presumed.checks()


def check_named(account_id: str, workflow_id: str, whole: Mapping[str, Any], found: list[Problem]) -> list[Write]:
    """Refuse a definition, which was right when it was written, when something that it names is gone. See :func:`check`."""
    presumed = Presumed(account_id, workflow_id)
    definition.missing_ids(whole, presumed)
    if found or not presumed.is_few:
        refuse(found + definition.missing_ids(whole, AccountLookup(account_id)))
        return []
    return presumed.checks()


def look_up(account_id: str, whole: Mapping[str, Any]) -> None:
    """Raises ValidationFailed when the definition names what is not there."""
    refuse(definition.missing_ids(whole, AccountLookup(account_id)))


def refuse(found: list[Problem]) -> None:
    """Raises ValidationFailed when there are problems."""
    if found:
        raise ValidationFailed(found)
