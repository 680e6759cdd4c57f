"""Time zones by their names in the IANA database."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
_NOT_ZONES = frozenset({"localtime", "posixrules", "Factory", "leapseconds", "posix", "right"})


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The time zone of that name.

    Raises:
        ValueError: there is none.
    """
    if name in _NOT_ZONES or not _NAME.fullmatch(name):
        raise ValueError("must be the name of a time zone, as Europe/Berlin or UTC")
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError("must be the name of a time zone, as Europe/Berlin or UTC") from None


def _check(name: str) -> str:
    zone(name)
    return name


TimeZone = Annotated[str, AfterValidator(_check)]
"""The name of a time zone."""
