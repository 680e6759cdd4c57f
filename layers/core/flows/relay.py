"""What follows a write, taken from the tables' streams, so that nothing that was written is without its consequence.

Each record may come more than once: a machine's name is taken once, events keep their id, schedules are set to what they should be.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

from flows import strict_json
from flows.aws.attribute_values import unmarshal
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.aws.tables import Item
from flows.executions import aftermath, launching, waking
from flows.executions.records import FINAL, PENDING, RUN, RUNNING, WAITING
from flows.webhooks.events import MAX_DEPTH

THREADS = 8


def relay(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Handle a batch.

    Args:
        records: of a DynamoDB stream, in its order.

    Returns:
        Sequence numbers of the records that failed, in order.
    """
    changes = [_Change(record) for record in records]
    _publish([change for change in changes if change.event])
    _queue([change for change in changes if change.sort_key.startswith("DLV#")])
    _follow_all([change for change in changes if change.failure is None and change.is_to_be_followed])
    failed = [change for change in changes if change.failure is not None]
    for change in failed:
        sys.stdout.write(json.dumps({"error": change.failure, "key": change.key}) + "\n")
    return [change.number for change in failed]


class _Change:
    """One record, read."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        raw = record["dynamodb"]
        self.number: str = raw["SequenceNumber"]
        self.kind: str = record["eventName"]
        self.new: Item = unmarshal(raw.get("NewImage") or {})
        self.old: Item = unmarshal(raw.get("OldImage") or {})
        self.key = f"{raw['Keys']['pk']['S']} {raw['Keys']['sk']['S']}"
        self.failure: str | None = None
        event = self.new.get("event")
        self.event: str | None = event if event and event != self.old.get("event") else None

    @cached_property
    def entry(self) -> tuple[str, str]:
        """Of the event on the bus: its type, and its detail as JSON."""
        text = self.event or "{}"
        around = strict_json.dumps({"account_id": self.new["account_id"], "depth": self.new.get("depth", 0)})
        return strict_json.loads(text, MAX_DEPTH)["type"], f'{around[:-1]},"event":{text}}}'

    @property
    def is_to_be_followed(self) -> bool:
        """Whether anything may follow beside its event."""
        return self.sort_key in (RUN, "workflow") or self.kind == "REMOVE"

    @property
    def sort_key(self) -> str:
        return str((self.new or self.old).get("sk", ""))


def _publish(changes: list[_Change]) -> None:
    """Put events on the bus, ten a call and no more than it takes at once."""
    batch: list[_Change] = []
    size = 0
    for change in changes:
        length = len(change.entry[1].encode()) + 200
        if batch and (len(batch) == 10 or size + length > 250_000):
            _put(batch)
            batch, size = [], 0
        batch.append(change)
        size += length
    if batch:
        _put(batch)


def _put(batch: list[_Change]) -> None:
    entries = [
        {
            "Source": "flows",
            "DetailType": change.entry[0],
            "Detail": change.entry[1],
            "EventBusName": settings().event_bus,
        }
        for change in batch
    ]
    try:
        answer = client("events").put_events(Entries=entries)
    except Exception as error:  # each record of the batch comes again
        for change in batch:
            change.failure = f"PutEvents: {type(error).__name__}"
        return
    for change, result in zip(batch, answer["Entries"], strict=True):
        if result.get("ErrorCode"):
            change.failure = f"PutEvents: {result['ErrorCode']}"


def _queue(changes: Sequence[_Change]) -> None:
    """Put deliveries that were asked for on the delivery queue, ten a call. A message too many counts for nothing."""
    if not changes:
        return
    from flows.webhooks import queue
    from flows.webhooks.delivery_store import was_asked_for
    from flows.webhooks.records import Delivery

    asked = [change for change in changes if was_asked_for(change.new, change.old)]
    for start in range(0, len(asked), 10):
        batch = asked[start : start + 10]
        try:
            queue.send([queue.Message.of(Delivery.of(change.new)) for change in batch])
        except Exception as error:  # each record of the batch comes again
            for change in batch:
                change.failure = f"SendMessageBatch: {type(error).__name__}"


def _follow_all(changes: Sequence[_Change]) -> None:
    if len(changes) == 1:
        _follow(changes[0])  # the usual batch: threads would cost more than what they do
    elif changes:
        with ThreadPoolExecutor(min(THREADS, len(changes))) as pool:
            list(pool.map(_follow, changes))


def _follow(change: _Change) -> None:
    try:
        if change.sort_key == RUN:
            _follow_run(change)
        elif change.sort_key == "workflow":
            _follow_workflow(change)
        elif change.kind == "REMOVE" and change.old.get("files"):
            _follow_removed_submission(change.old)
    except Exception as error:  # this record comes again, the others are not held up
        change.failure = f"{type(error).__name__}: {error}"[:500]


def _follow_run(change: _Change) -> None:
    run = change.new
    if run.get("wake") and run["wake"] != change.old.get("wake") and run.get("park_token"):
        waking.send(run["park_token"])
    if change.kind == "INSERT" and run["status"] == PENDING:
        launching.launch(run)
    elif run and run["status"] in FINAL and change.old.get("status") not in FINAL:
        if change.old.get("park_token"):
            waking.send(change.old["park_token"])  # ended while it was parked: its machine still waits
        aftermath.after_end(run)
    elif run and (change.old.get("status"), run["status"]) == (RUNNING, WAITING):
        launching.parked(run)
    elif run and (change.old.get("status"), run["status"]) == (WAITING, RUNNING):
        launching.resumed(run)


def _follow_removed_submission(submission: Item) -> None:
    from flows.forms import uploads

    files = submission["files"].split(",")
    uploads.remove(submission["account_id"], submission["form_id"], submission["id"], files)


def _follow_workflow(change: _Change) -> None:
    workflow = change.new or change.old
    if change.new.get("schedules") or change.old.get("schedules"):
        from flows.triggers import schedules

        schedules.sync(workflow["account_id"], workflow["id"])
    if not change.new:
        from flows.workflows import service as workflows

        workflows.expire_versions(workflow["account_id"], workflow["id"])
