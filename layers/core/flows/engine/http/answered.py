"""What comes of an HTTP answer's body."""

from __future__ import annotations

import base64
import codecs
import re
from typing import TYPE_CHECKING, Any

from flows import strict_json
from flows.engine.results import NodeFailure

if TYPE_CHECKING:
    from flows.outgoing import Response

_CHARSET = re.compile(r"""charset\s*=\s*"?([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_TEXT_TYPES = re.compile(
    r"text/.*|application/(?:.*\+)?(?:xml|yaml|x-yaml|javascript|x-javascript|ecmascript|x-www-form-urlencoded|graphql|toml|x-ndjson|jsonl|sql)"
)
_CODECS = re.compile(
    r"utf-8|utf-16.*|utf-32.*|ascii|iso8859.*|cp\d+|koi8.*|shift_jis.*|euc_.*|iso2022.*|gb.*|big5.*|mac.*|hz|johab"
)
"""Python knows codecs that are no character sets, and some that take quadratic time."""
_MAX_DETAIL = 64 * 1024


def body_of(response: Response, how: str) -> Any:
    """The body as JSON, as a text, or as base64.

    Args:
        how: ``auto`` (JSON and texts by their content type, anything else as base64), ``json``, ``text`` or ``base64``.

    Returns:
        null for an empty body, except as a text.

    Raises:
        NodeFailure: ``InvalidResponse``, JSON that is none.
    """
    content_type = response.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if how == "text":
        return _text(response.body, content_type)
    if how == "base64":
        return base64.b64encode(response.body).decode()
    if not response.body:
        return None
    if how == "json" or kind == "application/json" or kind.endswith("+json"):
        return _json(response)
    if not kind:
        return _guessed(response.body)
    if _TEXT_TYPES.fullmatch(kind) or _CHARSET.search(content_type):
        return _text(response.body, content_type)
    return base64.b64encode(response.body).decode()


def detail_of(response: Response) -> Any:
    """The body for an error's details: JSON when it is short JSON, else text, cut at 64 KB."""
    if len(response.body) <= _MAX_DETAIL:
        try:
            return body_of(response, "auto")
        except NodeFailure:
            return _text(response.body, response.headers.get("content-type", ""))
    return _text(response.body[:_MAX_DETAIL], response.headers.get("content-type", "")) + "… (cut)"


def _json(response: Response) -> Any:
    try:
        return strict_json.loads(response.body.removeprefix(codecs.BOM_UTF8))
    except strict_json.JsonError as error:
        raise NodeFailure(
            "InvalidResponse",
            f"The server's answer is no JSON ({error}); with response: text it is taken as it is",
            {"status_code": response.status_code, "headers": response.headers},
        ) from None


def _guessed(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    return base64.b64encode(body).decode() if "\0" in text else text


def _text(body: bytes, content_type: str) -> str:
    match = _CHARSET.search(content_type)
    codec = "utf-8"
    if match:
        try:
            named = codecs.lookup(match[1]).name
            codec = named if _CODECS.fullmatch(named) else codec
        except LookupError:
            codec = "utf-8"
    if codec == "utf-8":
        body = body.removeprefix(codecs.BOM_UTF8)
    return body.decode(codec, errors="replace")
