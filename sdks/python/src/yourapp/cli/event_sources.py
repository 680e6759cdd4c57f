"""Where ``webhooks listen`` has its events from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

from yourapp import Client, NotFoundError
from yourapp._request import utc_text
from yourapp.models import Execution, ExecutionSummary

END_EVENTS = {"completed": "workflow.executed", "failed": "workflow.failed", "cancelled": "workflow.cancelled"}
LOOK_BACK = timedelta(seconds=10)
"""Clocks differ, and lists lag behind a little."""


class Source(Protocol):
    """Something that events come from."""

    def poll(self) -> list[dict[str, Any]]:
        """Events that are new since the last call, oldest first."""
        ...


def wanted(event_type: str, patterns: Sequence[str]) -> bool:
    """Whether an event's type is among the patterns (``*``, ``workflow.*``, ``workflow.failed``)."""
    return any(
        pattern in ("*", event_type) or (pattern.endswith(".*") and event_type.startswith(pattern[:-1])) for pattern in patterns
    )


class Runs:
    """Runs that end, as the events that tell of it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._begin = datetime.now(timezone.utc)
        self._names: dict[str, str] = {}
        self._done: set[str] = set()
        # Runs that are under way now end later: they count; what has ended already does not.
        open_runs = [
            run for status in ("pending", "running", "waiting") for run in client.executions.list(status=status, limit=100).data
        ]
        self._from = min([self._begin - LOOK_BACK, *(run.started_at for run in open_runs)])

    def poll(self) -> list[dict[str, Any]]:
        runs = list(self._client.executions.list(from_=self._from, limit=100))
        ended = [run for run in reversed(runs) if run.is_final and run.id not in self._done]
        # What fails here is tried again at the next call: nothing is marked as done before all of it is read.
        events = [self._event(self._client.executions.get(run.id)) for run in ended if self._is_new(run)]
        self._done |= {run.id for run in ended}
        # Nothing before the oldest run that is still under way can change any more.
        still_open = [run.started_at for run in runs if not run.is_final]
        self._from = min([datetime.now(timezone.utc) - LOOK_BACK * 6, *still_open], default=self._from)
        return events

    def _is_new(self, run: ExecutionSummary) -> bool:
        return run.completed_at is None or run.completed_at >= self._begin

    def _event(self, run: Execution) -> dict[str, Any]:
        raw = run.to_dict()
        data: dict[str, Any] = {
            "execution_id": run.id,
            "workflow_id": run.workflow_id,
            "workflow_name": self._name(run.workflow_id),
            **{name: raw[name] for name in ("version", "status", "trigger", "started_at", "completed_at")},
        }
        if run.status == "completed":
            data["output"] = run.output
        if run.error is not None:
            data["error"] = raw["error"]
        return event(END_EVENTS[run.status], run.id, raw["completed_at"], data)

    def _name(self, workflow_id: str) -> str:
        if workflow_id not in self._names:
            try:
                self._names[workflow_id] = self._client.workflows.get(workflow_id).name
            except NotFoundError:  # deleted meanwhile
                self._names[workflow_id] = ""
        return self._names[workflow_id]


class Submissions:
    """A form's submissions, as ``form.submitted``."""

    def __init__(self, client: Client, form_id: str) -> None:
        self._client = client
        self._form_id = form_id
        self._done = {found.id for found in client.submissions.list(form_id, from_=datetime.now(timezone.utc) - LOOK_BACK * 6)}
        self._from = datetime.now(timezone.utc)

    def poll(self) -> list[dict[str, Any]]:
        now = datetime.now(timezone.utc)
        found = list(self._client.submissions.list(self._form_id, from_=self._from - LOOK_BACK * 6, limit=100))
        fresh = [submission for submission in reversed(found) if submission.id not in self._done]
        self._done |= {submission.id for submission in fresh}
        self._from = now
        return [self._event(submission.to_dict()) for submission in fresh]

    @staticmethod
    def _event(submission: dict[str, Any]) -> dict[str, Any]:
        data = {
            "form_id": submission["form_id"],
            "submission_id": submission["id"],
            "submitted_at": submission["submitted_at"],
            "data": submission["data"],
        }
        return event("form.submitted", submission["id"], submission["submitted_at"], data)


class Deliveries:
    """What is delivered to an endpoint, as it is."""

    def __init__(self, client: Client, webhook_id: str) -> None:
        self._client = client
        self._webhook_id = webhook_id
        self._done = {delivery.event_id for delivery in client.webhooks.deliveries.list(webhook_id, limit=100).data}

    def poll(self) -> list[dict[str, Any]]:
        fresh = []
        for delivery in self._client.webhooks.deliveries.list(self._webhook_id, limit=100):
            if delivery.event_id in self._done:
                break  # newest first: what follows is known
            fresh.append(delivery)
        details = [self._client.webhooks.deliveries.get(self._webhook_id, delivery.id) for delivery in reversed(fresh)]
        self._done |= {delivery.event_id for delivery in fresh}
        return [found.payload for found in details if isinstance(found.payload, dict)]


def event(event_type: str, seed: str, created_at: str | datetime, data: dict[str, Any]) -> dict[str, Any]:
    """An event of this command's own making; its id is the same whenever it is made again."""
    name = hashlib.sha256(f"{event_type}|{seed}".encode()).hexdigest()[:26]
    moment = utc_text(created_at) if isinstance(created_at, datetime) else created_at
    return {"id": f"evt_{name}", "type": event_type, "created_at": moment, "data": data}
