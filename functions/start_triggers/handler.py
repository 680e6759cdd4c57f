"""Events start the workflows that listen for them."""

from __future__ import annotations

from typing import Any

from flows import strict_json
from flows.aws import sqs_batch
from flows.triggers.dispatch import dispatch
from flows.webhooks.events import MAX_DEPTH


def handler(event: dict[str, Any], _context: Any = None) -> dict[str, Any]:
    """Lambda entry point: entries of the event bus, from the queue of triggers."""

    def act(text: str) -> dict[str, Any]:
        detail = strict_json.loads(text, MAX_DEPTH)["detail"]
        return {"account_id": detail["account_id"], "event_id": detail["event"]["id"], "executions": len(dispatch(detail))}

    return sqs_batch.handle("start_triggers", event, act)
