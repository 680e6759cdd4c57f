"""Functions on text."""

from __future__ import annotations

import base64
import binascii
import re
import urllib.parse
from typing import TYPE_CHECKING, Any

from jsonata.jexception import JException

from flows.engine.expressions import values

if TYPE_CHECKING:
    from flows.engine.expressions.evaluator import Evaluator

_SPACE = re.compile("[ \t\n\r]+")
_BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_RESERVED_ESCAPE = re.compile("%(?=3B|2F|3F|3A|40|26|3D|2B|24|2C|23)", re.IGNORECASE)


def string(evaluator: Evaluator, value: Any, prettify: Any) -> Any:
    """`$string`"""
    return None if value is None else values.text(value, evaluator.budget, pretty=bool(prettify))


def substring(evaluator: Evaluator, subject: Any, start: Any, length: Any) -> Any:
    """`$substring`: a negative start counts from the end."""
    if subject is None:
        return None
    if start is None:
        return subject if length is None else ""
    if len(subject) + start < 0:
        start = 0
    if length is None:
        return subject[int(start) :]
    if length <= 0:
        return ""
    end = start + length if start >= 0 else len(subject) + start + length
    return subject[int(start) : int(end)]


def substring_before(evaluator: Evaluator, subject: Any, token: Any) -> Any:
    """`$substringBefore`"""
    if subject is None or token is None:
        return subject
    return subject.partition(token)[0] if token else ""


def substring_after(evaluator: Evaluator, subject: Any, token: Any) -> Any:
    """`$substringAfter`"""
    if subject is None or not token:
        return subject
    _, found, rest = subject.partition(token)
    return rest if found else subject


def lowercase(evaluator: Evaluator, subject: Any) -> Any:
    """`$lowercase`"""
    return None if subject is None else subject.lower()


def uppercase(evaluator: Evaluator, subject: Any) -> Any:
    """`$uppercase`"""
    return None if subject is None else subject.upper()


def length(evaluator: Evaluator, subject: Any) -> Any:
    """`$length`, in characters."""
    return None if subject is None else len(subject)


def trim(evaluator: Evaluator, subject: Any) -> Any:
    """`$trim`: runs of white space become one space, those at the ends go."""
    return None if subject is None else _SPACE.sub(" ", subject).strip(" ")


def pad(evaluator: Evaluator, subject: Any, width: Any, fill: Any) -> Any:
    """`$pad`: to the right, or with a negative width to the left."""
    if subject is None or width is None:
        return subject
    missing = abs(int(width)) - len(subject)
    if missing <= 0:
        return subject
    evaluator.budget.text(missing + len(subject))
    fill = fill or " "
    padding = (fill * (missing // len(fill) + 1))[:missing]
    return subject + padding if width > 0 else padding + subject


def join(evaluator: Evaluator, parts: Any, separator: Any) -> Any:
    """`$join`"""
    if parts is None:
        return None
    separator = separator or ""
    evaluator.budget.text(sum(map(len, parts)) + len(separator) * max(0, len(parts) - 1))
    return separator.join(parts)


def base64_encode(evaluator: Evaluator, subject: Any) -> Any:
    """`$base64encode` of the text's UTF-8."""
    return None if subject is None else base64.b64encode(subject.encode()).decode()


def base64_decode(evaluator: Evaluator, subject: Any) -> Any:
    """`$base64decode` to text: UTF-8, or one character a byte when it is none. Padding may be missing."""
    if subject is None:
        return None
    letters = subject.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        data = base64.b64decode(letters + "=" * (-len(letters) % 4))
    except (binascii.Error, ValueError) as error:
        raise JException("D3137", -1, "$base64decode was given text that is not base64") from error
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def encode_url_component(evaluator: Evaluator, subject: Any) -> Any:
    """`$encodeUrlComponent`"""
    return None if subject is None else _quoted(subject, "~()*!.'", "encodeUrlComponent")


def encode_url(evaluator: Evaluator, subject: Any) -> Any:
    """`$encodeUrl`"""
    return None if subject is None else _quoted(subject, "~@#$&()*!+=:;,.?/'", "encodeUrl")


def decode_url_component(evaluator: Evaluator, subject: Any) -> Any:
    """`$decodeUrlComponent`"""
    return None if subject is None else _unquoted(subject, "decodeUrlComponent")


def decode_url(evaluator: Evaluator, subject: Any) -> Any:
    """`$decodeUrl`: escapes of characters that have a meaning in a URL stay."""
    return None if subject is None else _unquoted(_RESERVED_ESCAPE.sub("%25", subject), "decodeUrl")


def _quoted(subject: str, safe: str, function: str) -> str:
    try:
        return urllib.parse.quote(subject, safe=safe)
    except UnicodeEncodeError as error:
        raise JException("D3140", -1, function, subject) from error


def _unquoted(subject: str, function: str) -> str:
    if _BAD_ESCAPE.search(subject):
        raise JException("D3140", -1, function, subject)
    try:
        return urllib.parse.unquote(subject, errors="strict")
    except UnicodeDecodeError as error:
        raise JException("D3140", -1, function, subject) from error
