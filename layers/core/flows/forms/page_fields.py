"""A form's fields as the page's template shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flows import strict_json
from flows.errors import Problem
from flows.forms import field_types, uploads
from flows.forms.models import FormField
from flows.forms.records import StoredForm

_KINDS = {"select": "select", "radio": "radios", "rating": "rating", "textarea": "textarea", "hidden": "hidden"}

_SAME_IN_BROWSERS = re.compile(r"(?:[\w \-@.,:/#]|\\[dwsDWS.+*?()\[\]{}|^$\\/-]|[\^$.*+?()|{}]|\[\^?[\w \-@.,:#]+\])+")
"""Patterns that RE2 and JavaScript read alike. Any other is left to the server: a browser must not refuse what we would take."""


def shown(form: StoredForm, typed: Mapping[str, Sequence[str]] | None, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """The fields for the template.

    Args:
        form: the form.
        typed: the texts that were sent, to be shown again; None: the page is opened, and shows the defaults.
        problems: what was wrong with them.
    """
    errors: dict[str, str] = {}
    for problem in problems:
        errors.setdefault(problem.path.removeprefix("data."), problem.message)
    fields = []
    for field in form.fields:
        texts = list(typed.get(field.name, ())) if typed is not None else _default(field)
        error = f"This {errors[field.name]}." if field.name in errors else None
        fields.append(_shown(field, texts, error, form.rules.get(field.name)))
    return fields


def sentence(field: FormField, message: str) -> str:
    """A problem for people who do not look at the field: ``“Your e-mail” is required.``"""
    return f"“{label(field)}” {message}."


def target(field: FormField) -> str | None:
    """The id of the control that an error leads to; None for one that is not seen."""
    if field.type == "hidden":
        return None
    grouped = field.type in ("radio", "rating") or field_types.takes_several(field)
    return f"field-{field.name}-0" if grouped else f"field-{field.name}"


def label(field: FormField) -> str:
    """What people read: the label, else the name made readable."""
    return field.label or re.sub(r"[_-]+", " ", field.name).strip().capitalize() or field.name


def _shown(field: FormField, texts: list[str], error: str | None, rule: Any) -> dict[str, Any]:
    identity = f"field-{field.name}"
    notes = [f"{identity}-{note}" for note, there in (("help", field.help), ("error", error)) if there]
    return {
        "id": identity,
        "name": field.name,
        "kind": _kind(field),
        "type": _script_type(field),
        "label": label(field),
        "help": field.help,
        "error": error,
        "described_by": " ".join(notes),
        "required": field.required,
        # A field that may not be asked cannot be demanded by the browser: with JavaScript the script does, else the server.
        "native_required": field.required and field.visible_if is None,
        "conditional": field.visible_if is not None,
        "rule": strict_json.dumps(rule) if rule is not None else None,
        "value": texts[0] if texts else "",
        "chosen": bool(texts),
        "options": _options(field, identity, texts),
        "attributes": _attributes(field),
        "max_size": uploads.greatest(field),
    }


def _kind(field: FormField) -> str:
    if field_types.takes_several(field):
        return "choices"
    return _KINDS.get(field.type, field.type)


def _script_type(field: FormField) -> str:
    if field_types.takes_several(field):
        return "several"
    return {"checkbox": "boolean", "number": "number", "rating": "number", "textarea": "textarea", "file": "file"}.get(
        field.type, "text"
    )


def _options(field: FormField, identity: str, texts: list[str]) -> list[dict[str, Any]]:
    if field.type == "rating":
        lowest, highest = field_types.rating_range(field)
        pairs = [(str(number), str(number)) for number in range(lowest, highest + 1)]
    else:
        pairs = [(part, part) if isinstance(part, str) else (part.value, part.label) for part in field.options or []]
    return [
        {"id": f"{identity}-{index}", "value": value, "label": text, "chosen": value in texts}
        for index, (value, text) in enumerate(pairs)
    ]


def _attributes(field: FormField) -> dict[str, Any]:
    """Attributes that let the browser help; the server checks all of it again."""
    attributes: dict[str, Any] = {}
    if field.type in ("number", "date", "time"):
        attributes |= {"min": field.min, "max": field.max}
    if field.type == "number":
        attributes |= {"step": "any", "inputmode": "decimal"}
    if field.type in ("email", "tel", "url"):
        attributes["autocomplete"] = field.type
    if field.type == "file":
        attributes["accept"] = ",".join(field.accept) if field.accept else None
    attributes |= {"minlength": field.min_length, "maxlength": field.max_length, "placeholder": field.placeholder}
    if field.pattern and field.type != "textarea" and _SAME_IN_BROWSERS.fullmatch(field.pattern):
        attributes |= {"pattern": field.pattern, "title": field.help}
    return attributes


def _default(field: FormField) -> list[str]:
    default = field.default
    if default is None or default is False:
        return []
    if isinstance(default, list):
        return list(default)
    return ["true"] if default is True else [default if isinstance(default, str) else strict_json.dumps(default)]
