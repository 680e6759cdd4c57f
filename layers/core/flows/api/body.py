"""The body of a request: judged before anything looks at it."""

from __future__ import annotations

from typing import Any

from flows import strict_json
from flows.api.problems import path_of
from flows.api.request import Request
from flows.errors import PayloadTooLarge, Problem, UnsupportedMediaType, ValidationFailed, invalid

MAX_BYTES = 4 * 1024 * 1024
_MOST_PLACES = 20


def check_size(request: Request) -> None:
    """Raises PayloadTooLarge for a body over 4 MB."""
    if len(request.body) > MAX_BYTES:
        raise PayloadTooLarge(f"The body is larger than {MAX_BYTES // 1024 // 1024} MB", {"limit_bytes": MAX_BYTES})


def read_json(request: Request) -> dict[str, Any] | None:
    """The body as a JSON object, or None when there is no body.

    A missing content type is taken for JSON; any other than ``application/json`` is refused (RFC 9110 section 15.5.16).

    Raises:
        UnsupportedMediaType, ValidationFailed.
    """
    if not request.body:
        return None
    content_type = request.header("content-type") or ""
    media, _, parameters = content_type.partition(";")
    if media.strip().lower() not in ("", "application/json"):
        raise UnsupportedMediaType("The body must be JSON, with the content type application/json")
    charset = parameters.strip().lower().replace('"', "")
    if charset.startswith("charset=") and charset not in ("charset=utf-8", "charset=utf8", "charset=us-ascii"):
        raise UnsupportedMediaType("JSON is UTF-8 (RFC 8259 section 8.1)")
    try:
        value = strict_json.loads(request.body)
    except strict_json.JsonError as error:
        raise invalid("", f"the body is not JSON: {error}", "json_invalid") from None
    if not isinstance(value, dict):
        raise invalid("", "the body must be a JSON object", "object_expected")
    if b"\\u0000" in request.body and (places := _null_characters(value)):
        raise ValidationFailed([Problem(path, "must not hold a null character", "null_character") for path in places])
    return value


def _null_characters(value: Any) -> list[str]:
    """The paths of strings with the character U+0000, which ends a text in many of the systems that a workflow talks to."""
    found: list[str] = []
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while stack and len(found) < _MOST_PLACES:
        steps, current = stack.pop()
        if isinstance(current, str) and "\0" in current:
            found.append(path_of(steps))
        elif isinstance(current, list):
            stack.extend(((*steps, index), item) for index, item in enumerate(current))
        elif isinstance(current, dict):
            found.extend(path_of((*steps, name)) for name in current if "\0" in name)
            stack.extend(((*steps, name), item) for name, item in current.items())
    return found


def refuse_fields(value: dict[str, Any] | None) -> None:
    """For routes that take no body: an empty object is let through, its fields are named.

    Raises:
        ValidationFailed.
    """
    if value:
        raise ValidationFailed([Problem(path_of((name,)), "unknown field", "unknown_field") for name in value])
