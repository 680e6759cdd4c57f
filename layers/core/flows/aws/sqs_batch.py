"""A batch of SQS messages, message by message: what fails comes again, the rest does not (``ReportBatchItemFailures``).

powertools' batch processor does the same, for 230 ms of imports at every cold start.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Fields = Mapping[str, Any]


def handle(service: str, event: Mapping[str, Any], act: Callable[[str], Fields]) -> dict[str, Any]:
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

    def outcome(text: str) -> Fields | Exception:
        try:
            return act(text)
        except Exception as error:  # one message's failure is not the others'
            return error

    return handle_together(service, event, lambda texts: map(outcome, texts))


def handle_together(
    service: str, event: Mapping[str, Any], act: Callable[[Sequence[str]], Iterable[Fields | Exception]]
) -> dict[str, Any]:
    """Handle the messages of a batch in common: as :func:`handle`.

    Args:
        act: takes the bodies of all messages; gives for each what ``act`` of :func:`handle` does, or what it failed with.
    """
    failures: list[dict[str, str]] = []
    first: Exception | None = None
    records = event["Records"]
    begun = time.perf_counter()
    for record, outcome in zip(records, act([record["body"] for record in records]), strict=True):
        if isinstance(outcome, Exception):
            first = first or outcome
            failures.append({"itemIdentifier": record["messageId"]})
            _log(service, "ERROR", record, begun, {"error": type(outcome).__name__, "trace": _places(outcome)})
        else:
            _log(service, "INFO", record, begun, outcome)
        begun = time.perf_counter()
    if first is not None and len(failures) == len(records):
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
