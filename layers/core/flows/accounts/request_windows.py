"""Where an account's requests are counted: one item a UTC day, an attribute for the day and one for each minute."""

from __future__ import annotations

from datetime import datetime


def day_key(moment: datetime) -> str:
    """The sort key of the day's counter item."""
    return f"LIMIT#{moment:%Y-%m-%d}"


def minute_attribute(moment: datetime) -> str:
    """The attribute that counts the minute: ``m541`` from 09:01 on."""
    return f"m{moment.hour * 60 + moment.minute}"


def minute_end(moment: datetime) -> int:
    """When the minute ends, in seconds since 1970."""
    return int(moment.timestamp()) // 60 * 60 + 60


def day_end(moment: datetime) -> int:
    """When the UTC day ends, in seconds since 1970."""
    return int(moment.timestamp()) // 86_400 * 86_400 + 86_400
