"""A tick of a schedule starts its workflow."""

from __future__ import annotations

import json
import sys
from typing import Any

from flows.triggers.ticking import tick


def handler(event: dict[str, Any], _context: Any = None) -> dict[str, Any]:
    """Lambda entry point: the input of an EventBridge Scheduler schedule. What it raises makes Lambda try again."""
    outcome = tick(event)
    sys.stdout.write(json.dumps({"level": "INFO", "service": "scheduled", **outcome}, separators=(",", ":")) + "\n")
    return outcome
