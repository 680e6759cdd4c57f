"""From the tables' streams: what must follow a write. Starts pending runs, puts events on the bus, keeps schedules in step."""

from __future__ import annotations

import json
import sys
from typing import Any

from flows.relay import relay


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Handle a batch of stream records.

    Args:
        event: DynamoDB Streams' records.
        context: Lambda's.

    Returns:
        ``batchItemFailures``: the first record that failed; Lambda delivers again from there on.
    """
    records = event["Records"]
    failed = relay(records)
    sys.stdout.write(json.dumps({"records": len(records), "failed": len(failed)}) + "\n")
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
