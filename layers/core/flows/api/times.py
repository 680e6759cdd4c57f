"""Times in a request's query."""

from __future__ import annotations

import re
from datetime import datetime

from flows.aws import clock
from flows.errors import invalid


def query_time(name: str, text: str | None) -> datetime | None:
    """The time that a query parameter holds, None when it was not given. Raises ValidationFailed, naming the parameter."""
    if text is None:
        return None
    # A "+" that was not escaped in the URL arrives as a blank.
    mended = re.sub(r"(T.*) (\d\d:?\d\d)$", r"\1+\2", text)
    try:
        return clock.parse_iso(mended)
    except (ValueError, OverflowError):
        raise invalid(f"query.{name}", "must be a time or a date of ISO 8601, such as 2024-01-15T10:00:00Z", "time") from None
