"""Each minute: what is due and was not taken up: lost starts, answers that woke nobody, dead machines, late deliveries,
unfinished deletions of forms."""

from __future__ import annotations

import json
import sys
from typing import Any

from flows.aws import clock
from flows.executions import sweeping
from flows.forms import sweeping as forms_sweeping
from flows.webhooks import due


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sweep once.

    Args:
        event: EventBridge Scheduler's; nothing of it is used.
        context: Lambda's.
    """
    done = {"executions": sweeping.sweep(), "deliveries": due.sweep(clock.now()), "forms": forms_sweeping.sweep(15.0)}
    sys.stdout.write(json.dumps({"swept": done}) + "\n")
    return done
