"""What an HTTP answer means: the envelope's data, or an error of the right class."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel
from pydantic import ValidationError as ModelMismatch

from yourapp.errors import BY_STATUS, APIError, InvalidResponseError, RateLimitError, ServerError

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Answer:
    """A good answer.

    Args:
        data: the envelope's ``data``.
        meta: the envelope's ``meta``.
        response: httpx's response.
    """

    data: Any
    meta: Mapping[str, Any]
    response: httpx.Response


def read(response: httpx.Response) -> Answer:
    """Take an answer apart.

    Raises:
        APIError: it tells of an error.
        InvalidResponseError: it is no JSON of the API.
    """
    if not response.is_success:
        raise error_of(response)
    body = _json(response)
    if not isinstance(body, dict) or "data" not in body:
        raise invalid(response, "The answer is not the API's (is the base URL right, and no proxy in between?)")
    meta = body.get("meta")
    return Answer(body["data"], meta if isinstance(meta, dict) else {}, response)


def parsed(model: type[M], data: Any, response: httpx.Response) -> M:
    """Data as a model.

    Raises:
        InvalidResponseError: it does not fit.
    """
    try:
        return model.model_validate(data)
    except ModelMismatch as mismatch:
        raise invalid(response, f"The answer is no {model.__name__}: {mismatch}") from mismatch


def parsed_list(model: type[M], data: Any, response: httpx.Response) -> list[M]:
    """A list of models; as :func:`parsed`."""
    if not isinstance(data, list):
        raise invalid(response, f"The answer is no list of {model.__name__}")
    return [parsed(model, item, response) for item in data]


def error_of(response: httpx.Response) -> APIError:
    """The error that an answer tells of, whoever made it: the API, or a gateway on the way."""
    body = _json(response)
    told = body.get("error") if isinstance(body, dict) else None
    error: Mapping[str, Any] = told if isinstance(told, dict) else {}
    kind = BY_STATUS.get(response.status_code) or (ServerError if response.status_code >= 500 else APIError)
    made = kind(
        str(error.get("message") or response.reason_phrase or "no reason given"),
        response=response,
        code=error.get("code"),
        details=error.get("details"),
        request_id=request_id(response),
    )
    if isinstance(made, RateLimitError):
        made.retry_after = retry_after(response.headers)
    return made


def request_id(response: httpx.Response) -> str | None:
    """The id that the API gave the request."""
    value: str | None = response.headers.get("x-request-id")
    return value


def retry_after(headers: httpx.Headers) -> float | None:
    """``Retry-After`` in seconds from now: RFC 9110 has it as seconds or as a date. None when there is none to be read."""
    text = headers.get("retry-after", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time()
        except ValueError:
            return None
    return max(0.0, seconds) if seconds < float("inf") else None


def invalid(response: httpx.Response, message: str) -> InvalidResponseError:
    """An InvalidResponseError of this answer."""
    return InvalidResponseError(message, response=response, request_id=request_id(response))


def _json(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except ValueError:
        return None
