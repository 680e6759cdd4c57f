"""The walker behind the state machine: one turn of a run, its parking, or its settling."""

from __future__ import annotations

import json
import sys
from typing import Any

from flows.api import usage
from flows.executions import settling, walking


def handler(event: dict[str, Any], context: Any) -> Any:
    """Do what the state machine asks.

    Args:
        event: ``{operation: walk|park|settle, account_id, execution_id, ...}``.
        context: Lambda's.

    Returns:
        For ``walk`` what comes next; it is the machine's state, so it holds ids only.
    """
    operation = event["operation"]
    units = usage.begin()
    result: Any = None
    if operation == "walk":
        result = walking.walk(
            event,
            environment=lambda: walking.environment_of(lambda: context.get_remaining_time_in_millis() / 1000),
            units=lambda: (units.read_units, units.write_units),
        )
    elif operation == "park":
        walking.park(event)
    else:
        reason = f"The node runner could not be run ({event.get('error') or 'unknown error'})"
        result = {"settled": settling.settle(event["account_id"], event["execution_id"], reason)}
    sys.stdout.write(
        json.dumps(
            {
                "operation": operation,
                "account_id": event["account_id"],
                "execution_id": event["execution_id"],
                "next": result.get("next") if isinstance(result, dict) else None,
                "turn": event.get("turns"),
                "aws_calls": units.calls,
            }
        )
        + "\n"
    )
    return result
