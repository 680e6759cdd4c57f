"""An event that nobody listens to is looked up once: after that one read tells, and no listener is ever missed by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flows.api import usage
from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item
from flows.triggers import dispatch as dispatching
from flows.triggers import index, silence
from flows.triggers.dispatch import dispatch
from flows.webhooks.events import new_event

from tests.unit.triggers.published import change, publish, trigger

EXECUTED = ["event#workflow.executed", "event#workflow.*", "event#*"]


def send(account_id: str, type: str = "workflow.executed") -> tuple[list[str], int]:
    """What an event starts, and the AWS calls that took."""
    ended = {"status": "failed", "started_at": "2026-03-14T15:09:26.535Z", "completed_at": "2026-03-14T15:09:27.535Z"}
    data = {"workflow_id": "wf_1", "execution_id": "exec_1", "version": 1, "trigger": {"type": "api"}, **ended}
    event = new_event(type, data, "seed")
    counted = usage.begin()
    return dispatch({"account_id": account_id, "depth": 0, "event": event}), counted.calls


def stored(account_id: str) -> Item:
    return tables.get(settings().workflows_table, f"{account_id}#trigger#silence", "ALL", consistent=True) or {}


def test_of_an_account_that_nothing_listens_in_one_read_tells(account: str) -> None:
    assert send(account) == ([], 5)  # what is known, three partitions, what was found
    assert send(account) == ([], 1)
    assert send(account, "workflow.cancelled")[1] == 3  # `workflow.*` and `*` are known, `workflow.cancelled` is not
    assert stored(account)["silent"] == {*EXECUTED, "event#workflow.cancelled"}


def test_who_is_published_later_is_heard(account: str) -> None:
    send(account)

    workflow_id = publish(account, trigger("event", events=["workflow.*", "form.submitted"]))

    assert stored(account)["silent"] == {"event#workflow.executed", "event#*"}
    assert len(send(account)[0]) == 1
    change(account, workflow_id, status="draft")
    assert send(account)[0] == []


def test_an_error_trigger_is_heard_too(account: str) -> None:
    assert send(account, "workflow.failed")[1] == 6
    assert send(account, "workflow.failed")[1] == 1

    publish(account, trigger("error"))

    assert len(send(account, "workflow.failed")[0]) == 1


@pytest.mark.parametrize("known_before", [False, True])
def test_who_is_published_between_the_look_and_its_note_is_heard(
    account: str, monkeypatch: pytest.MonkeyPatch, known_before: bool
) -> None:
    if known_before:
        publish(account, trigger("event", events=["form.submitted"]))
    looked = index.found

    def and_then_published(partition: str) -> Iterator[Item]:
        items = list(looked(partition))
        if partition.endswith("#workflow.*"):
            publish(account, trigger("event", events=["workflow.*"]))
        return iter(items)

    with monkeypatch.context() as patched:
        patched.setattr(dispatching.index, "found", and_then_published)
        assert send(account)[0] == []

    assert not stored(account).get("silent")
    assert len(send(account)[0]) == 1


def test_a_note_made_while_somebody_publishes_is_let_go(account: str) -> None:
    known = silence.read(account)
    publish(account, trigger("event", events=["*"]))

    silence.note(known, EXECUTED)

    assert not stored(account).get("silent")


def test_a_listener_that_an_older_version_stores_meanwhile_is_heard_within_the_hour(account: str) -> None:
    send(account)
    workflow_id = publish(account, trigger("event", events=["workflow.executed"]))
    item: dict[str, Any] = {**stored(account), "silent": set(EXECUTED)}  # as if the publication had not told of itself
    tables.put(settings().workflows_table, item)
    assert send(account)[0] == []

    later = clock.now() + timedelta(seconds=silence.KEPT_SECONDS + 1)
    clock.set_now(lambda: later)

    assert len(send(account)[0]) == 1, workflow_id
    assert stored(account)["silent"] == {"event#workflow.*", "event#*"}


def test_a_publication_that_fails_tells_nothing(account: str) -> None:
    send(account)
    before = stored(account)
    table = settings().workflows_table

    with pytest.raises(ConditionFailed):
        tables.transact(
            [
                tables.Write("check", table, {"pk": "none", "sk": "none"}, condition="attribute_exists(pk)"),
                silence.broken(account, ["event#*"]),
            ]
        )

    assert stored(account) == before
