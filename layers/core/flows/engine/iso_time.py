"""Times in parameters: ISO 8601."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from flows.aws import clock


def _check(text: str) -> str:
    try:
        clock.parse_iso(text)
    except (ValueError, OverflowError):
        raise ValueError("must be a time in ISO 8601, as 2026-01-31T09:00:00Z; without a zone it is UTC") from None
    return text


IsoTime = Annotated[str, AfterValidator(_check)]
"""A time in ISO 8601; without a zone it is UTC."""
