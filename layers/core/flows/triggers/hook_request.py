"""A request at a hook, as the workflow gets it: ``{method, headers, query, body, path, received_at}``."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from flows import strict_json
from flows.aws import clock
from flows.errors import invalid

MAX_FIELDS = 2_000
"""Fields of a form."""

MAX_DEPTH = strict_json.MAX_DEPTH - 20
"""Levels of a JSON body: it travels inside of other values."""

_JSON = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json|text/json")
_NEVER = frozenset({"authorization", "proxy-authorization"})
"""Headers that no workflow sees: its logs would keep them."""


@dataclass(frozen=True)
class HookRequest:
    """A request.

    Args:
        method: in capitals.
        path: behind the token, with its slash: ``/`` or ``/orders/17``.
        headers: names in lower case.
        query: each parameter's values.
        body: the bytes as they came; signatures are made over them.
        address: the client's IP address, as API Gateway says it.
        received_at: when.
    """

    method: str
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, list[str]] = field(default_factory=dict)
    body: bytes = b""
    address: str = ""
    received_at: datetime = field(default_factory=clock.now)


def output_of(request: HookRequest, secret_headers: Collection[str] = ()) -> dict[str, Any]:
    """The output of a ``webhook`` or ``wait_for_webhook`` node.

    Args:
        request: what came.
        secret_headers: names in lower case of headers that held a secret.

    Raises:
        ValidationFailed: the body is not what its content type says.
    """
    hidden = _NEVER.union(secret_headers)
    return {
        "method": request.method,
        "headers": {name: _text(value) for name, value in request.headers.items() if name not in hidden},
        "query": {_text(name): _one_or_all([_text(value) for value in values]) for name, values in request.query.items()},
        "body": body_of(request.body, request.headers.get("content-type", "")),
        "path": _text(request.path),
        "received_at": clock.iso(request.received_at),
    }


def body_of(body: bytes, content_type: str) -> Any:
    """The body by its content type: JSON as its value, a form as an object, text as text, other bytes as base64; None when empty.

    Raises:
        ValidationFailed: JSON or a form that cannot be read.
    """
    if not body:
        return None
    header = Message()
    header["content-type"] = content_type or "application/octet-stream"
    kind = header.get_content_type()
    if _JSON.fullmatch(kind):
        return _json(body)
    if kind == "application/x-www-form-urlencoded":
        return _form(body)
    if kind == "multipart/form-data":
        return _multipart(body, content_type)
    charset = header.get_content_charset("utf-8")
    try:
        return body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return base64.b64encode(body).decode()


def _json(body: bytes) -> Any:
    try:
        return strict_json.loads(body, MAX_DEPTH)
    except strict_json.JsonError as error:
        raise invalid("", f"the body is not JSON: {error}", "json_invalid") from None


def _form(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise invalid("", f"the form cannot be read, or has more than {MAX_FIELDS:,} fields", "form_invalid") from None
    return _grouped(pairs)


def _multipart(body: bytes, content_type: str) -> dict[str, Any]:
    """Fields as texts; a file as ``{filename, content_type, base64}``."""
    from email import policy
    from email.parser import BytesParser

    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    parts = list(message.iter_parts()) if message.is_multipart() else []
    if not parts or len(parts) > MAX_FIELDS:
        raise invalid("", "the form has no parts that can be read", "form_invalid")
    pairs: list[tuple[str, Any]] = []
    for part in parts:
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            raise invalid("", "a part of the form has no name", "form_invalid")
        content = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        filename = part.get_filename()
        if filename is None:
            pairs.append((_text(name), data.decode("utf-8", "replace")))
        else:
            encoded = base64.b64encode(data).decode()
            pairs.append((_text(name), {"filename": _text(filename), "content_type": part.get_content_type(), "base64": encoded}))
    return _grouped(pairs)


def _grouped(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that stands several times has the list of its values."""
    grouped: dict[str, list[Any]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return {name: _one_or_all(values) for name, values in grouped.items()}


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _text(value: str) -> str:
    """Without halves of surrogate pairs, which no JSON text may hold."""
    return value.encode("utf-8", "replace").decode() if not value.isascii() else value
