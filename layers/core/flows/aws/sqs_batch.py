"""A batch of SQS messages, message by message: what fails comes again, the rest does not (``ReportBatchItemFailures``).

powertools' batch processor does the same, for 230 ms of imports at every cold start.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any


def handle(service: str, event: Mapping[str, Any], act: Callable[[str], Mapping[str, Any]]) -> dict[str, Any]:
    """Handle every message, whatever becomes of the others.

    Args:
        service: the function's name, for its log line.
        event: what Lambda got from the queue.
        act: handles the body of one message and returns fields for its log line: ids and outcomes, nothing that was sent.

    Returns:
        ``{"batchItemFailures": [{"itemIdentifier"}]}``.

    Raises:
        what ``act`` raised, when no message could be handled: so the function's errors are counted.
    """
    failures: list[dict[str, str]] = []
    first: Exception | None = None
    for record in event["Records"]:
        begun = time.perf_counter()
        try:
            fields = dict(act(record["body"]))
            level = "INFO"
        except Exception as error:  # one message's failure is not the others'
            first = first or error
            failures.append({"itemIdentifier": record["messageId"]})
            level = "ERROR"
            fields = {"error": type(error).__name__, "trace": _places(error)}
        _log(service, level, record, begun, fields)
    if first is not None and len(failures) == len(event["Records"]):
        raise first
    return {"batchItemFailures": failures}


def _places(error: BaseException) -> list[str]:
    """Where it happened, without the message: it may quote what was sent."""
    return [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ][-8:]


def _log(service: str, level: str, record: Mapping[str, Any], begun: float, fields: Mapping[str, Any]) -> None:
    line = {
        "level": level,
        "service": service,
        "message_id": record["messageId"],
        "receives": int(record.get("attributes", {}).get("ApproximateReceiveCount", 1)),
        **fields,
        "ms": round((time.perf_counter() - begun) * 1000, 1),
    }
    # ASCII: a record is one line, whatever is in it.
    sys.stdout.write(json.dumps(line, separators=(",", ":"), default=str) + "\n")
    sys.stdout.flush()
