"""A run whose state machine failed, timed out or was stopped gets its final status."""

from __future__ import annotations

import json
import sys
from typing import Any

from flows.executions import settling


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Settle one run.

    Args:
        event: EventBridge's ``Step Functions Execution Status Change``.
        context: Lambda's.
    """
    detail = event["detail"]
    settled = settling.settle_from_machine(detail)
    sys.stdout.write(json.dumps({"machine": detail.get("name"), "status": detail.get("status"), "settled": settled}) + "\n")
    return {"settled": settled}
