"""What is wrong with the fields of a form, all of it at once, when the form is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from flows import strict_json
from flows.engine.expressions import ExpressionError
from flows.engine.expressions import check as check_expression
from flows.engine.expressions.regex import UnsupportedRegex, compile_regex
from flows.errors import Problem
from flows.forms import field_types, limits, uploads
from flows.forms.models import FieldType, FormField, FormSettings
from flows.forms.redirects import host_pattern_problem, redirect_problem
from flows.forms.visibility import rule as visibility_rule

_TEXTS = frozenset({"text", "textarea", "email", "tel", "url", "hidden"})

_USED_BY = {
    "options": frozenset({"select", "multiselect", "radio", "checkbox"}),
    "min": frozenset({"number", "rating", "date", "time", "multiselect", "checkbox"}),
    "max": frozenset({"number", "rating", "date", "time", "multiselect", "checkbox"}),
    "min_length": _TEXTS,
    "max_length": _TEXTS,
    "pattern": _TEXTS,
    "accept": frozenset({"file"}),
    "max_size": frozenset({"file"}),
    "default": frozenset(get_args(FieldType)) - {"file"},
    "placeholder": frozenset(get_args(FieldType)) - {"file"},
}
"""Which types know a rule. On any other type it would be silently without effect, so it is refused."""


def check(fields: Sequence[FormField], settings: FormSettings) -> list[Problem]:
    """Every problem of a form's fields and settings, with paths such as ``fields[2].pattern``."""
    problems: list[Problem] = []
    seen: set[str] = set()
    for index, field in enumerate(fields):
        place = f"fields[{index}]"
        if field.name in seen:
            problems.append(Problem(f"{place}.name", "another field has this name", "duplicate"))
        if field.name.startswith("__"):
            problems.append(Problem(f"{place}.name", "names that begin with __ are the page's own", "reserved"))
        seen.add(field.name)
        problems += [Problem(f"{place}.{path}", message, kind) for path, kind, message in _field(field, settings)]
    size = strict_json.size([field.model_dump() for field in fields])
    if size > limits.MAX_FORM_BYTES:
        problems.append(
            Problem("fields", f"the fields take {size} bytes; at most {limits.MAX_FORM_BYTES} are allowed", "too_large")
        )
    return problems + list(_settings(settings))


def _field(field: FormField, settings: FormSettings) -> Iterator[tuple[str, str, str]]:
    for rule, types in _USED_BY.items():
        if getattr(field, rule) is not None and field.type not in types:
            yield rule, "unused", f"has no meaning for the type {field.type}"
    faults = [*_options(field), *_bounds(field), *_pattern(field), *_accept(field), *_visible_if(field)]
    yield from faults
    if field.default is not None and field.type in _USED_BY["default"] and not faults:
        # A default is a submission's value before anybody typed: the same rules.
        for kind, message in field_types.check(field, field.default, settings.phone_region):
            yield "default", kind, message


def _options(field: FormField) -> Iterator[tuple[str, str, str]]:
    if field.type in ("select", "multiselect", "radio") and not field.options:
        yield "options", "missing", f"a {field.type} needs at least one option"
    elif field.options == []:
        yield "options", "missing", "needs at least one option"
    values = field_types.option_values(field)
    for index, value in enumerate(values):
        if value in values[:index]:
            yield f"options[{index}]", "duplicate", "another option has this value"


def _bounds(field: FormField) -> Iterator[tuple[str, str, str]]:
    if field.type in _USED_BY["min"]:
        wrong = False
        for rule in ("min", "max"):
            bound = getattr(field, rule)
            if bound is not None and (message := _bound_fault(field, bound)):
                wrong = True
                yield rule, "bound", message
        if not wrong:
            lowest, highest = (
                field_types.rating_range(field) if field.type == "rating" else (_comparable(field.min), _comparable(field.max))
            )
            if lowest is not None and highest is not None and lowest > highest:
                yield "max", "bound", "must not be less than min"
    if field.min_length is not None and field.max_length is not None and field.min_length > field.max_length:
        yield "max_length", "bound", "must not be less than min_length"


def _bound_fault(field: FormField, bound: Any) -> str | None:
    if field.type == "date":
        return None if isinstance(bound, str) and field_types.parse_date(bound) else "must be a date, such as 2024-01-31"
    if field.type == "time":
        return None if isinstance(bound, str) and field_types.parse_time(bound) else "must be a time of day, such as 09:30"
    if field.type == "number":
        return None if not isinstance(bound, str) else "must be a number"
    if not isinstance(bound, int):
        return "must be a whole number"
    if field.type == "rating":
        return None if 0 <= bound <= limits.MAX_RATING else f"must be from 0 to {limits.MAX_RATING}"
    if not field_types.takes_several(field):
        return "has no meaning without options"
    return None if 0 <= bound <= limits.MAX_OPTIONS else f"must be from 0 to {limits.MAX_OPTIONS}"


def _comparable(bound: Any) -> Any:
    # 09:30 and 09:30:00 are the same time; dates and numbers compare as they are.
    return f"{bound}:00" if isinstance(bound, str) and len(bound) == 5 else bound


def _pattern(field: FormField) -> Iterator[tuple[str, str, str]]:
    if field.pattern is not None:
        try:
            compile_regex(field.pattern)
        except UnsupportedRegex as error:
            yield "pattern", "pattern", str(error)


def _accept(field: FormField) -> Iterator[tuple[str, str, str]]:
    for index, media_type in enumerate(field.accept or []):
        if not uploads.is_media_type(media_type, wildcard=True):
            yield f"accept[{index}]", "media_type", "must be a media type in lower case, such as application/pdf or image/*"


def _visible_if(field: FormField) -> Iterator[tuple[str, str, str]]:
    if field.visible_if is not None:
        try:
            check_expression(visibility_rule(field.visible_if))
        except (ExpressionError, ValueError) as error:
            yield "visible_if", "expression", str(error)


def _settings(settings: FormSettings) -> Iterator[Problem]:
    for name in ("redirect_hosts", "embed_hosts"):
        for index, host in enumerate(getattr(settings, name)):
            if message := host_pattern_problem(host):
                yield Problem(f"settings.{name}[{index}]", message, "host")
    if settings.redirect_url is not None and (message := redirect_problem(settings.redirect_url, settings.redirect_hosts)):
        yield Problem("settings.redirect_url", message, "redirect")
    if settings.phone_region is not None:
        import phonenumbers

        if settings.phone_region not in phonenumbers.SUPPORTED_REGIONS:
            yield Problem("settings.phone_region", "must be an ISO 3166 country, such as US", "region")
