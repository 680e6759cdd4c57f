"""A range of time over submissions, as a range of their keys: ids begin with their time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.aws import ids

FIRST = "SUB#"
LAST = "SUB#~"


@dataclass(frozen=True)
class Range:
    """Submissions from a moment on, and before another; None is open."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def is_all(self) -> bool:
        return self.start is None and self.end is None

    def keys(self) -> tuple[str, str]:
        """The first sort key and the last: ids begin with their time. The floor of an id is none itself, so the end is left out."""
        first = f"SUB#{ids.floor_id('sub', self.start)}" if self.start else FIRST
        last = f"SUB#{ids.floor_id('sub', self.end)}" if self.end else LAST
        return first, last

    @property
    def is_empty(self) -> bool:
        first, last = self.keys()
        return first >= last
