"""An event of the platform starts the workflows that listen for it: by a form, by its name, or because a run failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from flows import strict_json
from flows.aws import clock
from flows.aws.tables import Item
from flows.errors import NotFound
from flows.triggers import index, silence, starts
from flows.triggers.failure import failure_of
from flows.workflows.pinning import Pinned

THREADS = 8


@dataclass(frozen=True)
class _Start:
    trigger: starts.Trigger
    output: Any
    told: Mapping[str, Any]
    pinned: Pinned | None


def dispatch(detail: Mapping[str, Any]) -> list[str]:
    """Start what an event starts.

    Args:
        detail: ``{account_id, depth, event: {id, type, created_at, data}}``.

    Returns:
        Ids of the runs, also of those that an earlier try has started.
    """
    event, depth = detail["event"], int(detail.get("depth") or 0)
    wanted = list(_listening(detail["account_id"], event))
    at = clock.parse_iso(event["created_at"])

    def begin(one: _Start) -> str | None:
        # A submission is the first of its chain; what an event starts stands behind what caused the event.
        deeper = depth if one.trigger.type == "form" else depth + 1
        execution_id = starts.execution_of(one.trigger, at, event["id"])
        started = starts.start(
            one.trigger, one.output, execution_id=execution_id, at=at, told=one.told, depth=deeper, pinned=one.pinned
        )
        return started.execution_id if started else None

    if len(wanted) == 1:
        made = [begin(wanted[0])]
    else:
        with ThreadPoolExecutor(THREADS) as pool:
            made = list(pool.map(begin, wanted))
    return [execution_id for execution_id in made if execution_id]


def _listening(account_id: str, event: Mapping[str, Any]) -> Iterator[_Start]:
    data = event["data"]
    told = {"event_id": event["id"]}
    if event["type"] == "form.submitted":
        told_form = {"form_id": data["form_id"], "submission_id": data["submission_id"]}
        items = list(index.found(index.form_partition(account_id, data["form_id"])))
        output = _whole(account_id, data) if items else None
        for item in items:
            yield _Start(_trigger(item), output, told_form, index.pinned_of(item))
    seen: set[tuple[str, str]] = set()
    listeners = _Listeners(account_id)
    for partition in index.event_partitions(account_id, event["type"]):
        for item in listeners.of(partition):
            place = (item["workflow_id"], item["node_id"])
            if place not in seen:  # a trigger may name the event twice: form.submitted and form.*
                seen.add(place)
                yield _Start(_trigger(item), dict(event), {**told, "event_type": event["type"]}, index.pinned_of(item))
    if event["type"] == "workflow.failed" and (data.get("trigger") or {}).get("type") != "error":
        yield from _watching(listeners.of(index.error_partition(account_id)), data, told)
    listeners.note_silence()


class _Listeners:
    """The listeners of an account's partitions: those that are known to be empty are not looked into."""

    def __init__(self, account_id: str) -> None:
        self._known = silence.read(account_id)
        self._empty: list[str] = []

    def of(self, partition: str) -> list[Item]:
        name = index.name_of(partition)
        if name in self._known.names:
            return []
        items = list(index.found(partition))
        if name is not None and not items:
            self._empty.append(name)
        return items

    def note_silence(self) -> None:
        silence.note(self._known, self._empty)


def _whole(account_id: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A submission with its data: the largest do not fit into an event, and are read from where they are kept."""
    sent = data["data"]
    if not (isinstance(sent, Mapping) and sent.get("$truncated") is True):
        return data
    from flows.forms import submissions

    try:
        return {**data, "data": submissions.get(account_id, data["form_id"], data["submission_id"]).data}
    except NotFound:
        return data  # deleted meanwhile


def _watching(listening: Sequence[Item], data: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[_Start]:
    """Error triggers. The failure of a run that was itself started by a failure starts nothing again."""
    items = [item for item in listening if _watches(item, data["workflow_id"])]
    if not items:
        return
    output = failure_of(items[0]["account_id"], data)
    told = {**told, "execution_id": data["execution_id"], "workflow_id": data["workflow_id"]}
    for item in items:
        yield _Start(_trigger(item), output, told, index.pinned_of(item))


def _watches(item: Item, workflow_id: str) -> bool:
    watched: Sequence[str] | None = strict_json.loads(item["parameters"]).get("workflow_ids")
    return not watched or workflow_id in watched


def _trigger(item: Item) -> starts.Trigger:
    return starts.Trigger(item["account_id"], item["workflow_id"], item["node_id"], item["version"], item["trigger"])
