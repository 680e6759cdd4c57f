"""A route that will go away: said in its answers for at least a year before (docs/versioning.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime


@dataclass(frozen=True)
class Deprecation:
    """The end of a route.

    Args:
        since: the day from which it is deprecated.
        sunset: the day from which it may be gone; at least twelve months later.
        guide: URL of the migration guide.

    Raises:
        ValueError: less than twelve months.
    """

    since: date
    sunset: date
    guide: str

    def __post_init__(self) -> None:
        months = (self.sunset.year - self.since.year) * 12 + self.sunset.month - self.since.month
        if months < 12 or (months == 12 and self.sunset.day < self.since.day):
            raise ValueError("a route is announced at least 12 months before its end (the reference's deprecation policy)")

    def headers(self) -> dict[str, str]:
        """``Deprecation`` (RFC 9745), ``Sunset`` (RFC 8594) and ``Link``."""
        since = datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC)
        sunset = datetime(self.sunset.year, self.sunset.month, self.sunset.day, tzinfo=UTC)
        return {
            "Deprecation": f"@{int(since.timestamp())}",
            "Sunset": format_datetime(sunset, usegmt=True),
            "Link": f'<{self.guide}>; rel="deprecation"; type="text/html", <{self.guide}>; rel="sunset"; type="text/html"',
        }
