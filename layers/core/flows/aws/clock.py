"""Time: the only module that asks what time it is. Tests set :func:`set_now`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - replaced as a whole by set_now


def now() -> datetime:
    """The present moment, in UTC."""
    return _source()


def epoch() -> int:
    """Whole seconds since 1970."""
    return int(_source().timestamp())


def set_now(source: Callable[[], datetime] | None) -> None:
    """Replace the clock (tests); None puts the real one back."""
    global _source  # noqa: PLW0603 - the one process-wide clock
    _source = source or (lambda: datetime.now(UTC))


def iso(moment: datetime) -> str:
    """``2024-01-15T10:00:00.123Z``: UTC, milliseconds, sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def now_iso() -> str:
    return iso(now())


def parse_iso(text: str) -> datetime:
    """Read an ISO 8601 time or date; one without a zone is UTC.

    Raises:
        ValueError: not such a time.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
