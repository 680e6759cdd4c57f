"""Functions on time. Pictures are the library's."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jsonata.functions import Functions
from jsonata.jexception import JException

if TYPE_CHECKING:
    from flows.engine.expressions.evaluator import Evaluator

_ISO = re.compile(
    r"(\d{4})(?:-([01]\d))?(?:-([0-3]\d))?"
    r"(?:T([0-2]\d):([0-5]\d):([0-5]\d)(?:\.(\d+))?(Z|[+-][0-2]\d:?[0-5]\d)?)?"
)


_WIDE = re.compile(r",[^\]]*\d{3}")
_MAX_TIMESTAMP = 100


def _checked(picture: Any) -> Any:
    """The picture, unless it asks the library for texts of any width."""
    if picture is not None and _WIDE.search(picture):
        raise JException("D3137", -1, "a width in a date/time picture has at most two digits")
    return picture


def _written(millis: Any, picture: Any, timezone: Any) -> Any:
    offset = "+0000" if timezone == "Z" else timezone and timezone.replace(":", "")
    try:
        return Functions.datetime_from_millis(millis, _checked(picture), offset)
    except (ValueError, OverflowError) as error:
        raise JException("D3137", -1, "the time is out of range (years 1 to 9999), or the offset is not valid") from error


def to_millis(evaluator: Evaluator, timestamp: Any, picture: Any) -> Any:
    """`$toMillis`: ISO 8601, or as the picture says. Without an offset it is UTC."""
    if timestamp is None:
        return None
    if len(timestamp) > _MAX_TIMESTAMP:
        raise JException("D3110", -1, timestamp[:_MAX_TIMESTAMP])
    if picture is not None:
        try:
            return Functions.datetime_to_millis(timestamp, _checked(picture))
        except (KeyError, ValueError, RuntimeError) as error:
            if isinstance(error, JException):
                raise
            raise JException("D3136", -1) from error
    found = _ISO.fullmatch(timestamp)
    if found is None:
        raise JException("D3110", -1, timestamp)
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    zone = "+00:00" if offset in (None, "Z") else offset
    micros = ((fraction or "") + "000000")[:6]
    try:
        moment = datetime.fromisoformat(
            f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}.{micros}{zone}"
        )
    except ValueError as error:
        raise JException("D3110", -1, timestamp) from error
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000


def from_millis(evaluator: Evaluator, millis: Any, picture: Any, timezone: Any) -> Any:
    """`$fromMillis`"""
    return None if millis is None else _written(millis, picture, timezone)


def now(evaluator: Evaluator, picture: Any, timezone: Any) -> Any:
    """`$now`: when the evaluation began."""
    return _written(evaluator.timestamp, picture, timezone)


def millis(evaluator: Evaluator) -> int:
    """`$millis`: when the evaluation began."""
    return int(evaluator.timestamp)
