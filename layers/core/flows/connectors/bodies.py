"""Bodies of requests: JSON, forms, raw text, multipart/related."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from flows import strict_json
from flows.connectors.mapping import MISSING, as_text, render, same_named
from flows.connectors.schema import Body


def encode(body: Body, values: Mapping[str, Any]) -> tuple[bytes, str]:
    """The body's bytes and its content type.

    Raises:
        ValueError: the inputs do not make such a body.
    """
    given = body.model_fields_set
    if "json_" in given:
        value = render(same_named(body.json_), values)
        return strict_json.dumps({} if value is MISSING else value).encode(), "application/json"
    if "form" in given:
        value = render(same_named(body.form), values)
        pairs = list(form_pairs({} if value is MISSING else value, body.form_style))
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    if "raw" in given:
        return _raw(body.raw, values), _content_type(body.content_type, values)
    return _related(body.related or [], values)


def form_pairs(value: Mapping[str, Any], style: str) -> Iterator[tuple[str, str]]:
    """Name and text of each field; nested values by the style (see ``Body.form_style``)."""
    for name, part in value.items():
        yield from _flattened(name, part, style)


def _flattened(name: str, value: Any, style: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and style == "brackets":
        for key, part in value.items():
            yield from _flattened(f"{name}[{key}]", part, style)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _flattened(f"{name}[{index}]" if style == "brackets" else name, part, style)
    else:
        yield name, as_text(value)


def _raw(template: Any, values: Mapping[str, Any]) -> bytes:
    value = render(template, values)
    return b"" if value is MISSING else as_text(value).encode()


def _content_type(template: str, values: Mapping[str, Any]) -> str:
    value = render(template, values)
    text = "text/plain; charset=utf-8" if value is MISSING or not value else str(value)
    if not text.isprintable() or not text.isascii():
        raise ValueError("the content type holds a character that no header can carry")
    return text


def _related(parts: list[Mapping[str, Any]], values: Mapping[str, Any]) -> tuple[bytes, str]:
    encoded = [_part(part, values) for part in parts]
    # The same request has the same boundary, so that a repeat under one idempotency key has the same body.
    boundary = hashlib.sha256(b"\0".join(body for body, _ in encoded)).hexdigest()[:32]
    chunks = [b"--%s\r\nContent-Type: %s\r\n\r\n%s\r\n" % (boundary.encode(), kind.encode(), body) for body, kind in encoded]
    return b"".join([*chunks, b"--%s--\r\n" % boundary.encode()]), f"multipart/related; boundary={boundary}"


def _part(part: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[bytes, str]:
    if "json" in part:
        value = render(same_named(part["json"]), values)
        return strict_json.dumps({} if value is MISSING else value).encode(), "application/json; charset=UTF-8"
    return _raw(part["raw"], values), _content_type(part.get("content_type", ""), values)
