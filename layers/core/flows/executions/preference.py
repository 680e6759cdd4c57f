"""``Prefer: wait=20`` (RFC 7240): how long a caller would rather wait than look again."""

from __future__ import annotations

import re

from flows.executions.service import LONGEST_WAIT_SECONDS


def wait_seconds(header: str | None) -> int | None:
    """The seconds that a Prefer header asks to wait, at most 25; None when it asks for nothing of the kind.

    What cannot be read is left out of account, as the RFC wants it.
    """
    for preference in (header or "").split(","):
        found = re.fullmatch(r'\s*wait\s*=\s*"?([0-9]{1,9})"?\s*(?:;.*)?', preference, re.IGNORECASE)
        if found:
            return min(int(found[1]), int(LONGEST_WAIT_SECONDS))
    return None
