"""One submission's data against its form: the data to keep, or every problem at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows import strict_json
from flows.errors import PayloadTooLarge, Problem, ValidationFailed
from flows.forms import field_types, limits
from flows.forms.models import FormField, FormSettings
from flows.forms.visibility import hidden_fields


def validate(
    fields: Sequence[FormField], settings: FormSettings, data: Mapping[str, Any], *, use_defaults: bool = True
) -> dict[str, Any]:
    """Check a submission.

    Args:
        fields: the form's fields.
        settings: the form's settings.
        data: what was sent, JSON by field name.
        use_defaults: whether a field that was not sent takes its default. (A page shows the defaults: what comes back empty was emptied.)

    Returns:
        The data to keep, in the order of the fields: without fields that a rule hides.

    Raises:
        ValidationFailed: all problems, with paths such as ``data.email``.
        PayloadTooLarge: the data is greater than a submission may be.
    """
    if strict_json.size(data) > limits.MAX_SUBMISSION_BYTES:
        limit = limits.MAX_SUBMISSION_BYTES
        raise PayloadTooLarge(f"The data of a submission may take {limit:,} bytes", {"limit_bytes": limit})
    known = {field.name for field in fields}
    problems = [
        Problem(f"data.{name[:100]}", "the form has no such field", "unknown_field") for name in data if name not in known
    ]
    given = {name: value for name, value in data.items() if name in known}
    if use_defaults:
        given |= {field.name: field.default for field in fields if field.default is not None and field.name not in given}
    hidden, failed = hidden_fields(fields, given)
    kept: dict[str, Any] = {}
    for field in fields:
        if field.name in hidden:
            continue
        required = field.required and field.name not in failed
        if field.name in given:
            kept[field.name] = given[field.name]
            problems += _judge(field, given[field.name], required, settings)
        elif required:
            problems.append(_missing(field))
    if problems:
        raise ValidationFailed(problems)
    return kept


def _judge(field: FormField, value: Any, required: bool, settings: FormSettings) -> list[Problem]:
    if isinstance(value, str) and not value.strip() and field_types.is_text(field):
        # Left empty: no e-mail address and no date, but nothing that must be one either.
        if required:
            return [_missing(field)]
        if not value:
            return []
    problems = [Problem(f"data.{field.name}", message, kind) for kind, message in _faults(field, value, settings)]
    if not problems and required and field_types.is_empty(value):
        problems.append(_missing(field))
    return problems


def _faults(field: FormField, value: Any, settings: FormSettings) -> list[tuple[str, str]]:
    return list(field_types.check(field, value, settings.phone_region))


def _missing(field: FormField) -> Problem:
    if field.type == "checkbox" and field.options is None:
        return Problem(f"data.{field.name}", "must be checked", "missing")
    return Problem(f"data.{field.name}", "is required", "missing")
