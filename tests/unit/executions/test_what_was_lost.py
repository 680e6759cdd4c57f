"""What the machinery lost is taken up: starts, wake-up calls, machines; and what the relay does with a stream's records."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import boto3
import pytest
from flows import relay, strict_json
from flows.aws import attribute_values, clock, tables
from flows.aws.settings import settings
from flows.executions import launching, service, settling, store, sweeping, waking, walking

from tests.unit.engine.runs import definition, node
from tests.unit.executions.machine import Machine, start, workflow


def later(seconds: float) -> None:
    now = clock.now()
    clock.set_now(lambda: now + timedelta(seconds=seconds))


def record(kind: str, new: dict[str, Any], old: dict[str, Any] | None = None, number: str = "1") -> dict[str, Any]:
    """A stream record as Lambda hands it over."""
    body: dict[str, Any] = {
        "SequenceNumber": number,
        "Keys": attribute_values.marshal({"pk": (new or old or {})["pk"], "sk": (new or old or {})["sk"]}),
    }
    if new:
        body["NewImage"] = attribute_values.marshal(new)
    if old:
        body["OldImage"] = attribute_values.marshal(old)
    return {"eventName": kind, "dynamodb": body}


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> str:
    boto3.client("events").create_event_bus(Name="flows-events")
    monkeypatch.setenv("EVENT_BUS", "flows-events")
    settings.cache_clear()
    return "flows-events"


def test_a_start_that_was_lost_is_made_by_the_sweeper(machine: Machine, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "_machine_state", lambda item: None)
    execution = start(account, workflow(account, definition([node("a")])), {})
    assert sweeping.sweep() == {}
    later(120)

    assert sweeping.sweep() == {"started": 1}
    assert machine.started == [execution]
    assert sweeping.sweep() == {}


def test_an_answer_that_woke_nobody_is_answered_again(machine: Machine, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    execution = start(account, workflow(account, definition([node("ask", "approval")])), {})
    machine.drive(account, execution)
    monkeypatch.setattr(waking, "wake", lambda *_: None)  # the call is lost with its process
    waking.answer(account, execution, (), "ask", "approval", {"decision": "approve"}, "one")
    later(120)

    assert sweeping.sweep() == {"woken": 1}
    assert len(machine.tokens) == 1


def test_a_run_whose_machine_died_goes_on_in_the_next_attempt(
    machine: Machine, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "_machine_state", lambda item: "FAILED")
    execution = start(account, workflow(account, definition([node("a")])), {"n": 1})
    later(120)

    assert sweeping.sweep() == {"started": 1}
    assert service.read(account, execution)["machine_attempt"] == 2
    assert not settling.settle(account, execution, "late", machine=f"{execution}-1")
    machine.drive(account, execution)
    assert service.get(account, execution).view["output"] == {"n": 1}


def test_a_machine_that_runs_is_left_alone(machine: Machine, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "_machine_state", lambda item: "RUNNING")
    start(account, workflow(account, definition([node("a")])), {})
    later(120)

    assert sweeping.sweep() == {"running": 1}
    assert machine.started == []


def test_a_walker_that_died_is_followed_when_its_lease_has_ended(machine: Machine, account: str) -> None:
    execution = start(account, workflow(account, definition([node("a")])), {"n": 1})
    assert store.acquire(account, execution, None) is not None  # and nothing more: it died

    state = walking.walk(
        {"account_id": account, "execution_id": execution}, environment=lambda: walking.environment_of(lambda: 900.0)
    )
    assert state["next"] == "park"
    assert state["seconds"] <= store.LEASE_SECONDS + 1
    later(store.LEASE_SECONDS + 1)
    machine.drive(account, execution, state)

    assert service.get(account, execution).view["output"] == {"n": 1}


def test_a_lease_whose_answer_was_lost_is_ours(account: str, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    execution = start(account, workflow(account, definition([node("a")])), {})
    real = tables.update

    def lossy(*args: Any, **options: Any) -> Any:
        real(*args, **options)
        return real(*args, **options)  # boto3 repeats a call whose answer was lost

    monkeypatch.setattr(tables, "update", lossy)
    taken = store.acquire(account, execution, None)

    assert isinstance(taken, tuple)
    assert taken[0]["turn"] == 1


def test_the_relay_starts_pending_runs_and_publishes_events_once_each(
    machine: Machine, account: str, bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = start(account, workflow(account, definition([node("a")])), {})
    pending = service.read(account, execution)
    assert relay.relay([record("INSERT", pending)]) == []
    assert machine.started == [execution]
    machine.drive(account, execution)
    ended = service.read(account, execution)
    published: list[dict[str, Any]] = []
    monkeypatch.setattr(relay, "_put", lambda batch: published.extend(change.new for change in batch))

    assert relay.relay([record("MODIFY", ended, pending)]) == []
    assert relay.relay([record("MODIFY", {**ended, "ttl": 1}, ended)]) == []  # the same event: nothing to publish

    assert [item["id"] for item in published] == [execution]
    assert strict_json.loads(ended["trigger"]) == {"type": "api"}


def test_a_record_that_fails_is_told_and_the_others_are_done(
    machine: Machine, account: str, bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (start(account, workflow(account, definition([node("a")])), n) for n in (1, 2))
    items = [service.read(account, execution) for execution in (first, second)]

    def flaky(item: dict[str, Any]) -> str:
        if item["id"] == first:
            raise RuntimeError("throttled")
        return machine.start(item)

    monkeypatch.setattr(launching, "start_machine", flaky)
    failed = relay.relay([record("INSERT", items[0], number="7"), record("INSERT", items[1], number="8")])

    assert failed == ["7"]
    assert machine.started == [second]


def test_an_event_that_the_bus_refuses_comes_again(
    machine: Machine, account: str, bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = start(account, workflow(account, definition([node("a")])), {})
    pending = service.read(account, execution)
    machine.drive(account, execution)

    class Refusing:
        def put_events(self, Entries: list[Any]) -> dict[str, Any]:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"} for _ in Entries]}

    monkeypatch.setattr(relay, "client", lambda service_name: Refusing())

    assert relay.relay([record("MODIFY", service.read(account, execution), pending, number="9")]) == ["9"]
