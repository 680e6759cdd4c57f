"""Which statuses an HTTP node takes for success, and which may be better later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

_PATTERN = re.compile(r"[1-5]xx|[1-5]\d\d(?:-[1-5]\d\d)?")


def _check(pattern: str) -> str:
    if not _PATTERN.fullmatch(pattern):
        raise ValueError("must be a status (404), a class (2xx) or a range (200-299)")
    if "-" in pattern and pattern[:3] > pattern[4:]:
        raise ValueError("is a range that ends before it begins")
    return pattern


def _text(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip().lower() if isinstance(value, str) else value


StatusPattern = Annotated[str, BeforeValidator(_text, json_schema_input_type=int | str), AfterValidator(_check)]
"""``404``, ``2xx`` or ``200-299``."""


def is_expected(status: int, patterns: Sequence[str]) -> bool:
    """Whether one of the patterns takes the status."""
    text = str(status)
    for pattern in patterns:
        low, _, high = pattern.replace("xx", "00").partition("-")
        high = high or (pattern[0] + "99" if pattern.endswith("xx") else low)
        if low <= text <= high:
            return True
    return False


def is_temporary(status: int) -> bool:
    """Whether the same request could succeed later (RFC 9110: 408, 5xx; RFC 6585: 429; RFC 8470: 425)."""
    return status in (408, 425, 429) or status >= 500


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` header asks for (RFC 9110 10.2.3: a number or a date); None when there is none that can be read."""
    if not value:
        return None
    text = value.strip()
    if re.fullmatch(r"\d{1,9}(?:\.\d{1,6})?", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, (moment - now).total_seconds())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
