"""What a value of each field type must look like. One function a type; each yields ``(type, message)`` for what is wrong.

The functions judge a value that is there: whether it had to be is :mod:`flows.forms.validation`'s question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any, TypeAlias

from flows.aws import ids
from flows.engine.expressions.regex import compile_regex
from flows.forms.models import FormField

Faults: TypeAlias = Iterator[tuple[str, str]]

MAX_URL = 2_048

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?")
_NATIONAL_TEL = re.compile(r"[(]?[0-9][0-9 ()./-]*")
_LONGEST_TEL = 40
_NUL = "\0"


def check(field: FormField, value: Any, phone_region: str | None = None) -> Faults:
    """What is wrong with a value of the field; nothing when it is right.

    Args:
        field: the field.
        value: JSON. Types are strict: a number is no text, a text no number, and null is neither.
        phone_region: ISO 3166 country of phone numbers that do not begin with +.
    """
    if field.type == "tel":
        yield from _tel(field, value, phone_region)
    else:
        yield from _CHECKS[field.type](field, value)


def takes_several(field: FormField) -> bool:
    """The value is a list of choices: a multiselect, or a group of checkboxes."""
    return field.type == "multiselect" or (field.type == "checkbox" and field.options is not None)


def is_text(field: FormField) -> bool:
    """The value is free text, which may be left empty when the field is not required."""
    return field.type in ("text", "textarea", "email", "tel", "url", "date", "time", "hidden")


def option_values(field: FormField) -> list[str]:
    """What may be chosen."""
    return [option if isinstance(option, str) else option.value for option in field.options or []]


def is_empty(value: Any) -> bool:
    """Nothing was answered: no text, no choice, an unchecked box."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is False or value == []


def parse_date(text: str) -> date | None:
    """``2024-02-29`` as a date; None when it is none."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """``09:30`` or ``09:30:15`` as a time; None when it is none."""
    try:
        return time.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        return None


def _text(field: FormField, value: Any) -> Faults:
    if not isinstance(value, str):
        yield "string_type", "must be text"
        return
    if _NUL in value:
        yield "characters", "must not hold a NUL character"
    if field.type in ("text", "email", "tel", "url") and ("\n" in value or "\r" in value):
        yield "single_line", "must be one line"
    yield from _lengths(field, value)
    if field.pattern is not None and not compile_regex(field.pattern).fullmatch(value):
        yield "pattern", "does not have the required format"


def _lengths(field: FormField, value: str) -> Faults:
    if field.min_length is not None and len(value) < field.min_length:
        yield "min_length", f"must have at least {_count(field.min_length, 'character')}"
    if field.max_length is not None and len(value) > field.max_length:
        yield "max_length", f"must have at most {_count(field.max_length, 'character')}"


def _email(field: FormField, value: Any) -> Faults:
    yield from _text(field, value)
    if not isinstance(value, str):
        return
    from email_validator import EmailNotValidError, validate_email

    try:
        # No look-up: a name server's trouble must not refuse a person. test_environment lets the reserved .test domain pass (RFC 2606).
        validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        yield "email", "must be an e-mail address, such as name@example.com"


def _tel(field: FormField, value: Any, region: str | None) -> Faults:
    yield from _text(field, value)
    if not isinstance(value, str):
        return
    # A longer text makes the library work for nothing: E.164 ends at 15 digits.
    if len(value) > _LONGEST_TEL or not (_is_in_plan(value, region) if region else _looks_like_tel(value)):
        yield "tel", "must be a phone number, such as +14155552671"


def _is_in_plan(value: str, region: str) -> bool:
    """Whether the number exists: in the region's plan, or with a + in that of its country."""
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(value, region))
    except phonenumbers.NumberParseException:
        return False


def _looks_like_tel(value: str) -> bool:
    """Whether it can be a phone number: with a + as long as those of its country, without one 7 to 15 digits, as people write them."""
    import phonenumbers
    from phonenumbers import ValidationResult

    if not value.lstrip().startswith("+"):
        return bool(_NATIONAL_TEL.fullmatch(value.strip())) and 7 <= sum(map(str.isdigit, value)) <= 15
    try:
        judged = phonenumbers.is_possible_number_with_reason(phonenumbers.parse(value, None))
    except phonenumbers.NumberParseException:
        return False
    return judged in (ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY)


def _url(field: FormField, value: Any) -> Faults:
    yield from _text(field, value)
    if isinstance(value, str) and not is_web_url(value):
        yield "url", "must be a web address that begins with http:// or https://"


def is_web_url(value: str) -> bool:
    """An absolute http or https URL as the WHATWG URL standard parses it, without what readers disagree on."""
    from pydantic import HttpUrl, TypeAdapter, ValidationError

    if len(value) > MAX_URL or not re.match(r"(?i)https?://[^/]", value) or re.search(r"[\s\\\x00-\x1f\x7f]", value):
        return False
    try:
        url = TypeAdapter(HttpUrl).validate_python(value)
    except ValidationError:
        return False
    host = url.host or ""
    return all(label and not label.startswith("-") and not label.endswith("-") for label in host.removesuffix(".").split("."))


def _number(field: FormField, value: Any) -> Faults:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield "number_type", "must be a number"
        return
    yield from _range(field, value)


def _rating(field: FormField, value: Any) -> Faults:
    if isinstance(value, bool) or not isinstance(value, int):
        yield "integer_type", "must be a whole number"
        return
    lowest, highest = rating_range(field)
    if not lowest <= value <= highest:
        yield "rating", f"must be from {lowest} to {highest}"


def rating_range(field: FormField) -> tuple[int, int]:
    """The lowest and the highest rating: 1 to 5 where the field says nothing."""
    lowest = field.min if isinstance(field.min, int) else 1
    return lowest, field.max if isinstance(field.max, int) else 5


def _date(field: FormField, value: Any) -> Faults:
    if not isinstance(value, str):
        yield "string_type", "must be a date as text, such as 2024-01-31"
    elif parse_date(value) is None:
        yield "date", "must be a date, such as 2024-01-31"
    else:
        yield from _range(field, value)


def _time(field: FormField, value: Any) -> Faults:
    if not isinstance(value, str):
        yield "string_type", "must be a time as text, such as 09:30"
    elif parse_time(value) is None:
        yield "time", "must be a time of day, such as 09:30"
    else:
        # With their seconds written out, times compare as text.
        yield from _range(field, value, lambda text: text if len(text) == 8 else f"{text}:00")


def _range(field: FormField, value: Any, key: Callable[[Any], Any] = lambda bound: bound) -> Faults:
    if field.min is not None and key(value) < key(field.min):
        yield "min", f"must be {field.min} or {'later' if isinstance(value, str) else 'more'}"
    if field.max is not None and key(value) > key(field.max):
        yield "max", f"must be {field.max} or {'earlier' if isinstance(value, str) else 'less'}"


def _choice(field: FormField, value: Any) -> Faults:
    if not isinstance(value, str):
        yield "string_type", "must be one of the options, as text"
    elif value not in option_values(field):
        yield "option", "must be one of the options"


def _choices(field: FormField, value: Any) -> Faults:
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        yield "list_type", "must be a list of options"
        return
    allowed = set(option_values(field))
    if any(part not in allowed for part in value):
        yield "option", "must hold nothing but the options"
    if len(set(value)) != len(value):
        yield "unique", "must not hold an option twice"
    if isinstance(field.min, int) and value and len(value) < field.min:
        yield "min", f"choose at least {field.min}"
    if isinstance(field.max, int) and len(value) > field.max:
        yield "max", f"choose at most {field.max}"


def _checkbox(field: FormField, value: Any) -> Faults:
    if field.options is not None:
        yield from _choices(field, value)
    elif not isinstance(value, bool):
        yield "boolean_type", "must be true or false"


def _file(field: FormField, value: Any) -> Faults:
    # Whether it is there, and what it is, is asked of S3 when everything else is right (flows.forms.uploads).
    if not isinstance(value, str) or not ids.is_id("up", value):
        yield "upload", "must be the id of an upload"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


_CHECKS: dict[str, Callable[[FormField, Any], Faults]] = {
    "text": _text,
    "textarea": _text,
    "hidden": _text,
    "email": _email,
    "url": _url,
    "number": _number,
    "rating": _rating,
    "date": _date,
    "time": _time,
    "select": _choice,
    "radio": _choice,
    "multiselect": _choices,
    "checkbox": _checkbox,
    "file": _file,
}
