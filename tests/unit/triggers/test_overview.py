"""What ``GET /workflows/:id/triggers`` and ``/schedule`` tell, and how few calls tell it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flows.aws import clients, clock, ids
from flows.engine.definition import MAX_TRIGGERS
from flows.errors import NotFound
from flows.triggers import overview, standing
from flows.workflows import pinning
from flows.workflows import service as workflows

from tests.unit.triggers.published import change, make_account, make_form, publish

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOOK = {"id": "hook", "type": "webhook", "parameters": {"methods": ["PUT", "POST"], "respond": "when_finished"}}
PLAIN_HOOK = {"id": "plain", "type": "webhook"}
NINE = {"id": "nine", "type": "schedule", "parameters": {"cron": "0 9 * * *", "timezone": "Europe/Berlin"}}
OFF = {"id": "off", "type": "webhook", "disabled": True}
BY_HAND = {"id": "hand", "type": "manual"}


@pytest.fixture
def calls(aws: None) -> Iterator[list[str]]:
    """The names of the AWS calls."""
    made: list[str] = []
    events = clients.client("dynamodb").meta.events
    events.register("before-call", lambda model, **_: made.append(model.name), unique_id="names")
    clock.set_now(lambda: NOW)
    yield made
    events.unregister("before-call", unique_id="names")


def shown(account: str, workflow_id: str) -> dict[str, Any]:
    return {one.node_id: one for one in overview.triggers(account, workflow_id)}


def test_draft_and_published_version_are_told_by_two_calls(account: str, calls: list[str]) -> None:
    workflow_id = publish(account, HOOK, NINE, OFF, BY_HAND)
    change(account, workflow_id, nodes=[{**NINE, "id": "later"}, {**HOOK, "parameters": {"methods": ["GET"]}}, PLAIN_HOOK])
    pinning.load.cache_clear()
    calls.clear()

    found = shown(account, workflow_id)

    assert calls == ["Query", "Query"]
    assert {name: one.active for name, one in found.items()} == {"later": False, "hook": True, "plain": False, "nine": True}
    assert found["hook"].methods == ["PUT", "POST"]  # of what is in service
    assert found["plain"].methods == ["POST"]
    assert found["hook"].url
    assert found["hook"].test_url
    assert (found["plain"].url, bool(found["plain"].test_url)) == (None, True)
    assert found["nine"].next_at == "2026-03-03T08:00:00.000Z"
    assert found["later"].next_at is None


def test_the_schedule_needs_no_version(account: str, calls: list[str]) -> None:
    workflow_id = publish(account, NINE)
    pinning.load.cache_clear()
    calls.clear()

    times = overview.schedule(account, workflow_id)

    assert calls == ["GetItem"]
    assert [one.scheduled_at for one in times][:2] == ["2026-03-03T08:00:00.000Z", "2026-03-04T08:00:00.000Z"]


def test_an_error_stays_through_changes_of_the_workflow(account: str, calls: list[str]) -> None:
    clock.set_now(None)  # an error of long ago is over
    workflow_id = publish(account, HOOK, PLAIN_HOOK)
    standing.note_error(account, workflow_id, "hook", "A request was refused: signature")
    change(account, workflow_id, name="Other", nodes=[HOOK, PLAIN_HOOK, NINE], status="published")

    told = shown(account, workflow_id)

    assert told["hook"].last_error.message == "A request was refused: signature"
    assert told["plain"].last_error is None
    assert workflows.get(account, workflow_id).draft.version == 2


def test_an_error_noted_for_a_deleted_workflow_brings_it_not_back(account: str, calls: list[str]) -> None:
    workflow_id = publish(account, HOOK)
    workflows.delete(account, workflow_id)
    standing.note_error(account, workflow_id, "hook", "A request was refused: signature")

    with pytest.raises(NotFound):
        overview.triggers(account, workflow_id)
    with pytest.raises(NotFound):
        workflows.get(account, workflow_id)


def test_a_withdrawn_workflow_and_one_without_triggers(account: str, calls: list[str]) -> None:
    workflow_id = publish(account, HOOK)
    change(account, workflow_id, status="draft")
    empty = publish(account, {"id": "a", "type": "noop"})

    assert [(one.node_id, one.active, one.url) for one in overview.triggers(account, workflow_id)] == [("hook", False, None)]
    assert overview.triggers(account, empty) == []
    with pytest.raises(NotFound):
        overview.triggers(make_account(), workflow_id)
    with pytest.raises(NotFound):
        overview.triggers(account, "wf_1")


def test_the_most_triggers_a_workflow_may_have_are_kept_with_it(account: str, calls: list[str]) -> None:
    form = make_form(account)
    rule = {"every": {"minutes": 5}, "start_at": "2027-01-01T00:00:00Z", "end_at": "2028-01-01T00:00:00Z", "missed": "run_once"}
    nodes = [{"id": f"n{number}" + "x" * 50, "type": "schedule", "parameters": rule} for number in range(MAX_TRIGGERS - 1)]
    workflow_id = publish(account, *nodes, {"id": "form", "type": "form", "parameters": {"form_id": form}})
    pinning.load.cache_clear()
    calls.clear()

    found = shown(account, workflow_id)

    assert calls == ["Query", "Query"]
    assert len(found) == MAX_TRIGGERS
    assert found[nodes[0]["id"]].next_at == "2027-01-01T00:00:00.000Z"


def test_the_last_start_of_each_trigger_is_its_newest_run(account: str, calls: list[str]) -> None:
    from flows.triggers import starts

    workflow_id = publish(account, HOOK, PLAIN_HOOK)
    for minutes, node_id in enumerate(("hook", "hook", "plain")):
        at = NOW + timedelta(minutes=minutes)
        clock.set_now(lambda at=at: at)  # ids sort by it
        fired = starts.Trigger(account, workflow_id, node_id, None, "webhook")
        starts.start(fired, {}, execution_id=ids.new_id("exec"), at=at)

    found = shown(account, workflow_id)

    assert found["hook"].last_started_at == clock.iso(NOW + timedelta(minutes=1))
    assert found["plain"].last_started_at == clock.iso(NOW + timedelta(minutes=2))
