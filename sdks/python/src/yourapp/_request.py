"""One request of the API as a value: what both the blocking and the async client send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from typing import Any, Final
from urllib.parse import quote

from pydantic import BaseModel
from pydantic_core import to_jsonable_python


class NotGiven:
    """The type of :data:`NOT_GIVEN`: the argument was left out, which is not the same as ``None`` (null)."""

    def __repr__(self) -> str:
        return "NOT_GIVEN"

    def __bool__(self) -> bool:
        return False


NOT_GIVEN: Final = NotGiven()


@dataclass(frozen=True)
class Request:
    """What is asked of the API.

    Args:
        method: GET, POST, PATCH or DELETE.
        path: below the base URL, with a leading slash, escaped (see :func:`path`).
        query: parameters; those that are None are left out.
        body: what is sent as JSON; NOT_GIVEN: no body.
        headers: beside those that every request has.
        idempotency_key: the caller's own one; None: a POST gets a random one.
        extra_seconds: how much longer than usual the answer may take, because the API was asked to wait.
        follow: go where the API points to (303), without the API key.
    """

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = NOT_GIVEN
    headers: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str | None = None
    extra_seconds: float = 0.0
    follow: bool = False


def path(template: str, /, **values: str | int) -> str:
    """Fill a path's ``{names}``, each escaped so that it stays one segment.

    Raises:
        ValueError: a value is empty, blank, ``.`` or ``..``: the request would go to another route.
    """
    escaped = {}
    for name, value in values.items():
        text = str(value)
        if not isinstance(value, (str, int)) or not text.strip() or text in (".", ".."):
            raise ValueError(f"{name} must be a non-empty id, not {value!r}")
        escaped[name] = quote(text, safe="")
    return template.format(**escaped)


def given(**fields: Any) -> dict[str, Any]:
    """The fields that were given; null stays null."""
    return {name: value for name, value in fields.items() if value is not NOT_GIVEN}


def query_of(query: Mapping[str, Any]) -> dict[str, str]:
    """Query parameters as the URL carries them."""
    return {name: _query_value(value) for name, value in query.items() if value is not None and value is not NOT_GIVEN}


def _query_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def utc_text(moment: datetime) -> str:
    """ISO 8601 in UTC with a ``Z``; a time without zone is taken for UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def encode(body: Any) -> bytes:
    """A body as strict JSON.

    Models are sent with the fields that were set on them, so that what was read can be written back unchanged.

    Raises:
        ValueError: NaN or an infinity, which JSON does not have.
        TypeError: something that has no JSON form.
    """
    return json.dumps(body, default=_jsonable, allow_nan=False, separators=(",", ":")).encode()


def _jsonable(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, Mapping):
        return dict(value)
    try:
        return to_jsonable_python(value)
    except ValueError as problem:  # PydanticSerializationError
        raise TypeError(f"{type(value).__name__} has no JSON form") from problem
