"""What an HTTP node sends: URL with query, headers, body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flows import strict_json
from flows.engine.results import NodeFailure

_MAX_BODY = 10 * 1024 * 1024


def url_with_query(url: str, query: Mapping[str, Any]) -> str:
    """The URL with parameters after those that it has; null ones are left out, a list repeats its name.

    Raises:
        NodeFailure: a value that is no text, number, boolean or list of these.
    """
    pairs = [pair for name, value in query.items() for pair in _pairs(name, value, f"query.{name}")]
    if not pairs:
        return url
    base, _, _ = url.partition("#")
    separator = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    return base + separator + urlencode(pairs, quote_via=quote, safe="")


def body_of(kind: str, value: Any) -> tuple[bytes, str]:
    """The bytes of a body and its content type.

    Args:
        kind: ``json``, ``form`` (an object) or ``raw`` (a text).

    Raises:
        NodeFailure: the value is not what the kind takes, or more than 10 MB.
    """
    if kind == "json":
        data, content_type = strict_json.dumps(value).encode(), "application/json"
    elif kind == "form":
        if not isinstance(value, dict):
            raise NodeFailure("InvalidParameters", "body.value: a form is an object of names and values")
        pairs = [pair for name, entry in value.items() for pair in _pairs(name, entry, f"body.value.{name}")]
        data, content_type = urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    else:
        text = strict_json.dumps(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
        if not isinstance(text, str):
            raise NodeFailure("InvalidParameters", "body.value: a raw body is a text; type json sends objects and lists")
        data, content_type = text.encode(), "text/plain; charset=utf-8"
    if len(data) > _MAX_BODY:
        raise NodeFailure("TooLarge", f"body.value: {len(data)} bytes are more than the {_MAX_BODY} that are sent")
    return data, content_type


def _pairs(name: str, value: Any, path: str) -> list[tuple[str, str]]:
    found = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, (dict, list)):
            raise NodeFailure("InvalidParameters", f"{path}: must be a text, a number, a boolean or a list of these")
        if item is not None:
            found.append((name, item if isinstance(item, str) else strict_json.dumps(item)))
    return found
