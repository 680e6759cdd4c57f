"""From inputs to a request: JSON with placeholders.

``"{name}"`` alone becomes the input's value with its type; within other text it becomes text. An input that was not given
drops the field (or the element) that names it, and an object or list that is empty for that reason. A key ``...`` merges an
object. ``{"$transform": ...}`` calls one of ``transforms``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from flows.connectors import transforms
from flows.connectors.paths import pick

MISSING: Final = object()
"""No value: what names it is left out."""

PLACEHOLDER = re.compile(r"\{(\+?[a-z_][a-z0-9_.]*)\}")


def render(template: Any, values: Mapping[str, Any]) -> Any:
    """Fill in a template.

    Args:
        template: JSON with placeholders.
        values: the inputs, settings and public parts of the credential.

    Returns:
        JSON, or :data:`MISSING`.
    """
    if isinstance(template, str):
        return _text(template, values)
    if isinstance(template, list):
        parts = [part for one in template if (part := render(one, values)) is not MISSING]
        return parts if parts or not template else MISSING
    if isinstance(template, Mapping):
        return _object(template, values)
    return template


def same_named(template: Any) -> Any:
    """``[a, b]`` as shorthand for ``{a: "{a}", b: "{b}"}``."""
    if isinstance(template, list):
        return {name: f"{{{name}}}" for name in template}
    return template


def placeholders(template: Any) -> set[str]:
    """The names that a template needs (for the check of the catalog)."""
    if isinstance(template, str):
        return {name.lstrip("+") for name in PLACEHOLDER.findall(template)}
    if isinstance(template, list):
        return {name for part in template for name in placeholders(part)}
    if isinstance(template, Mapping):
        if transforms.is_transform(template):
            return transforms.names(template, placeholders)
        return {name for part in template.values() for name in placeholders(part)}
    return set()


def _object(template: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    if transforms.is_transform(template):
        return transforms.apply(template, values, render, MISSING)
    found: dict[str, Any] = {}
    for key, part in template.items():
        value = render(part, values)
        if value is MISSING:
            continue
        if key == "...":
            found.update(value if isinstance(value, Mapping) else {})
        else:
            found[key] = value
    return found if found or not template else MISSING


def _text(template: str, values: Mapping[str, Any]) -> Any:
    whole = PLACEHOLDER.fullmatch(template)
    if whole:
        return pick(values, whole[1].lstrip("+"), MISSING)
    missing = False

    def fill(match: re.Match[str]) -> str:
        nonlocal missing
        value = pick(values, match[1].lstrip("+"), MISSING)
        if value is MISSING or value is None:
            missing = True
            return ""
        return as_text(value)

    filled = PLACEHOLDER.sub(fill, template)
    return MISSING if missing else filled


def as_text(value: Any) -> str:
    """A value as it stands in a query, a form or a path: ``true``, ``12``, text; lists and objects as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | dict):
        from flows import strict_json

        return strict_json.dumps(value)
    return "" if value is None else str(value)
