"""One line of JSON a request: to find it by its X-Request-Id, and for metrics in CloudWatch's embedded metric format.

ASCII only: newlines, ANSI escapes and U+2028 in a value are escaped, so that a record is a line whatever came in.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from flows.api.usage import Usage
from flows.aws import clock

NAMESPACE = "Flows"
_METRICS = {
    "Namespace": NAMESPACE,
    "Dimensions": [["service"]],
    "Metrics": [
        {"Name": "ms", "Unit": "Milliseconds"},
        {"Name": "failed", "Unit": "Count"},
        {"Name": "limited", "Unit": "Count"},
        {"Name": "read_units", "Unit": "Count"},
        {"Name": "write_units", "Unit": "Count"},
    ],
}


def write(service: str, status: int, seconds: float, usage: Usage, **fields: Any) -> None:
    """Write the line of a request.

    Args:
        service: the function's name.
        status: of the answer.
        seconds: from the event's arrival to the answer.
        usage: AWS calls and units.
        fields: request_id, account_id, route and so on; never a body, a header or a query value.
    """
    record = {
        "level": "ERROR" if status >= 500 else "INFO",
        "service": service,
        **{name: value for name, value in fields.items() if value},
        "status": status,
        "ms": round(seconds * 1000, 1),
        "aws_calls": usage.calls,
        "read_units": usage.read_units,
        "write_units": usage.write_units,
        "failed": int(status >= 500),
        "limited": int(status == 429),
        "_aws": {"Timestamp": int(clock.now().timestamp() * 1000), "CloudWatchMetrics": [_METRICS]},
    }
    sys.stdout.write(json.dumps(record, separators=(",", ":"), default=str) + "\n")
    sys.stdout.flush()
