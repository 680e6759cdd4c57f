"""An account's plan says how many of its runs are under way at once; others are kept and start when there is room: none lost, none twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flows import relay
from flows.accounts import allowance
from flows.accounts import service as accounts
from flows.aws import clock, tables
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.executions import cancelling, launching, service, slots, sweeping, waking
from flows.workflows.pinning import Pinned

from tests.unit.engine.runs import definition, edges, node
from tests.unit.executions.machine import Machine, start, workflow
from tests.unit.executions.test_what_was_lost import record
from tests.unit.one_at_a_time import lock_writes


@pytest.fixture
def account() -> Iterator[str]:
    """An account that may have two runs at once."""
    allowance.forget()
    yield accounts.create_account("acme", "free", 2)[0].id
    allowance.forget()


def begin(account: str, pinned: Pinned, input: Any = None) -> dict[str, Any]:
    """A new run's item, as its stream record shows it."""
    return service.read(account, start(account, pinned, input, most_runs=2))


def end(machine: Machine, account: str, execution_id: str) -> None:
    """Drive a run to its end; the relay is told."""
    before = service.read(account, execution_id)
    machine.drive(account, execution_id)
    told("MODIFY", service.read(account, execution_id), before)


def told(kind: str, new: dict[str, Any], old: dict[str, Any] | None = None) -> None:
    new, old = ({k: v for k, v in item.items() if k != "event"} if item else None for item in (new, old))  # no bus here
    assert relay.relay([record(kind, new, old)]) == []


def simple(account: str, **more: Any) -> Pinned:
    return workflow(account, definition([node("a")], **more))


def in_queue(account: str) -> list[dict[str, Any]]:
    values = {":pk": f"{account}#slots", ":q": "Q#"}
    return list(tables.query_all(settings().executions_table, "pk = :pk AND begins_with(sk, :q)", values))


def test_what_finds_no_place_is_kept_shown_and_started_in_its_turn(machine: Machine, account: str) -> None:
    pinned = simple(account)
    runs = [begin(account, pinned, n) for n in range(5)]
    for run in runs:
        told("INSERT", run)

    first, second, third, fourth, fifth = (run["id"] for run in runs)
    assert machine.started == [first, second]
    view = service.get(account, third).view
    assert (view["status"], view["waiting_for"]) == ("pending", "account_concurrency")
    assert "waiting_for" not in service.get(account, first).view
    assert slots.running(account) == 2

    end(machine, account, second)
    assert machine.started == [first, second, third]
    end(machine, account, first)
    end(machine, account, third)
    assert machine.started == [first, second, third, fourth, fifth]
    end(machine, account, fourth)
    end(machine, account, fifth)
    assert {service.read(account, run["id"])["status"] for run in runs} == {"completed"}
    assert slots.running(account) == 0
    assert in_queue(account) == []


def test_newcomers_stand_in_line(machine: Machine, account: str) -> None:
    pinned = simple(account)
    runs = [begin(account, pinned) for _ in range(3)]
    for run in runs:
        launching.launch(run)
    late = begin(account, pinned)
    slots.give_back(slots.account_pool(account, 2), runs[0]["id"])  # and nobody was told: the process died

    assert launching.launch(late) == "queued"
    assert machine.started[-1] == runs[2]["id"]


def test_a_record_that_comes_again_counts_once(machine: Machine, account: str) -> None:
    pinned = simple(account)
    run = begin(account, pinned)
    for _ in range(3):
        told("INSERT", run)
    assert slots.running(account) == 1

    end(machine, account, run["id"])
    told("INSERT", run)
    ended = service.read(account, run["id"])
    told("MODIFY", ended, {**ended, "status": "running"})
    assert slots.running(account) == 0


def test_a_start_that_is_told_after_the_end_takes_no_place(machine: Machine, account: str) -> None:
    run = begin(account, simple(account))
    cancelling.cancel(account, run["id"])
    launching.release(service.read(account, run["id"]))

    assert launching.launch(run) == "ended"
    assert slots.running(account) == 0
    assert machine.started == []


def test_a_cancelled_run_leaves_the_queue(machine: Machine, account: str) -> None:
    pinned = simple(account)
    runs = [begin(account, pinned) for _ in range(4)]
    for run in runs:
        launching.launch(run)
    cancelling.cancel(account, runs[2]["id"])
    told("MODIFY", service.read(account, runs[2]["id"]), runs[2])
    assert [entry["id"] for entry in in_queue(account)] == [runs[3]["id"]]

    end(machine, account, runs[0]["id"])
    assert machine.started == [runs[0]["id"], runs[1]["id"], runs[3]["id"]]


def test_a_run_that_waits_gives_its_place_to_another_and_goes_on_without_asking(machine: Machine, account: str) -> None:
    asking = workflow(account, definition([node("ask", "approval"), node("a")], edges("ask:approved>a")))
    runs = [begin(account, asking if n == 0 else simple(account)) for n in range(3)]
    for run in runs:
        launching.launch(run)
    assert machine.started == [runs[0]["id"], runs[1]["id"]]
    before = service.read(account, runs[0]["id"]) | {"status": "running"}
    state = machine.drive(account, runs[0]["id"])
    parked = service.read(account, runs[0]["id"])
    told("MODIFY", parked, before)

    assert machine.started[-1] == runs[2]["id"]
    assert slots.running(account) == 2
    waking.answer(account, runs[0]["id"], (), "ask", "approval", {"decision": "approve"}, "one")
    going_on = service.read(account, runs[0]["id"]) | {"status": "running", "leg": parked["parked_turn"]}
    tables.put(settings().executions_table, going_on)
    told("MODIFY", going_on, parked)
    assert slots.running(account) == 3  # what has begun is not held back
    told("MODIFY", parked, before)  # the parking, told once more
    told("INSERT", runs[0])  # and the start
    assert slots.running(account) == 3

    tables.put(settings().executions_table, going_on | {"status": "waiting"})
    machine.drive(account, runs[0]["id"], state)
    ended = service.read(account, runs[0]["id"])
    told("MODIFY", ended, going_on)
    told("MODIFY", going_on, parked)  # that it went on, told after its end
    assert ended["status"] == "completed"
    assert slots.running(account) == 2


def test_the_limit_of_the_workflow_and_that_of_the_account_hold_together(machine: Machine, account: str) -> None:
    one_at_a_time, free = simple(account, settings={"max_concurrency": 1}), simple(account)
    runs = [begin(account, pinned) for pinned in (one_at_a_time, one_at_a_time, free, free)]
    for run in runs:
        launching.launch(run)
    a, b, c, d = (run["id"] for run in runs)

    assert machine.started == [a, c]
    assert service.get(account, b).view["waiting_for"] == "workflow_concurrency"
    assert service.get(account, d).view["waiting_for"] == "account_concurrency"
    end(machine, account, a)
    assert machine.started == [a, c, d]
    assert service.get(account, b).view["waiting_for"] == "account_concurrency"
    end(machine, account, c)
    assert machine.started == [a, c, d, b]


@pytest.mark.parametrize("key", ["{{ customer }}", "customer", "{{ $input.customer }}", "customer-{{ customer }}"])
def test_runs_of_one_value_of_the_key_follow_one_another(machine: Machine, account: str, key: str) -> None:
    pinned = simple(account, settings={"max_concurrency": 1, "concurrency_key": key})
    same = "x" * 300
    runs = [service.read(account, start(account, pinned, {"customer": name})) for name in (same + "a", same + "b", same + "a")]
    for run in runs:
        told("INSERT", run)

    assert machine.started == [runs[0]["id"], runs[1]["id"]]


@pytest.mark.parametrize("key", ["all", "one at a time", "{{ nobody }}", "{{ $sum('x') }}"])
def test_a_key_without_a_value_is_one_key(machine: Machine, account: str, key: str) -> None:
    pinned = simple(account, settings={"max_concurrency": 1, "concurrency_key": key})
    runs = [service.read(account, start(account, pinned, {"n": n})) for n in range(2)]
    for run in runs:
        told("INSERT", run)

    assert machine.started == [runs[0]["id"]]


def test_a_higher_limit_lets_in_who_waits_already(machine: Machine, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "_machine_state", lambda item: None)
    pinned = simple(account)
    runs = [begin(account, pinned) for _ in range(6)]
    for run in runs:
        launching.launch(run)
    accounts.set_plan(account, "free", 5)
    allowance.forget()

    later(400)
    sweeping.sweep()
    assert set(machine.started) == {run["id"] for run in runs[:5]}


def test_the_place_of_a_run_whose_end_nobody_was_told_of_is_found(machine: Machine, account: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(launching, "_machine_state", lambda item: None)
    pinned = simple(account)
    runs = [begin(account, pinned) for _ in range(3)]
    for run in runs:
        launching.launch(run)
    for run in runs[:2]:
        machine.drive(account, run["id"])  # and the records of their ends are lost
    assert slots.running(account) == 2

    later(400)
    assert sweeping.sweep() == {"queued": 1}
    assert machine.started[-1] == runs[2]["id"]
    assert slots.running(account) == 1


def later(seconds: float) -> None:
    now = clock.now()
    clock.set_now(lambda: now + timedelta(seconds=seconds))


def test_two_launchers_at_once_start_no_more_than_there_is_room_for(
    machine: Machine, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_writes(monkeypatch)
    pinned = simple(account)
    runs = [begin(account, pinned) for _ in range(12)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(launching.launch, runs + runs))

    assert len(set(machine.started)) == 2
    while unfinished := [run["id"] for run in runs if service.read(account, run["id"])["status"] == "pending"]:
        under_way = [one for one in dict.fromkeys(machine.started) if one in unfinished]
        assert 1 <= len(under_way) <= 2
        end(machine, account, under_way[0])
    assert len(set(machine.started)) == 12
    assert slots.running(account) == 0


class Crash(Exception):
    """The process dies."""


class Faulty:
    """Dies before or after the k-th call of DynamoDB or of the state machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, after: bool) -> None:
        self.left, self.after, self.died = at, after, False
        for name in ("get", "get_many", "put", "update", "delete", "query"):
            monkeypatch.setattr(tables, name, self._dying(getattr(tables, name)))
        monkeypatch.setattr(launching, "start_machine", self._dying(launching.start_machine))

    def _dying(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def made(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            dies = self.left == 0
            if dies and not self.after:
                self.died = True
                raise Crash
            try:
                return call(*arguments, **options)
            finally:
                if dies:
                    self.died = True
                    raise Crash

        return made


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["start", "queue", "end"])
def test_a_crash_at_any_call_and_the_record_again_lose_and_double_nothing(
    machine: Machine, account: str, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    points = 0
    for at in range(1, 40):
        machine.started.clear()
        pinned = simple(account)
        runs = [begin(account, pinned) for _ in range(4)]
        for run in runs[: {"start": 0, "queue": 2, "end": 4}[step]]:
            launching.launch(run)
        if step == "end":
            machine.drive(account, runs[0]["id"])
        ended = service.read(account, runs[0]["id"])

        def do(step: str = step, runs: list[Any] = runs, ended: dict[str, Any] = ended) -> None:
            if step == "end":
                launching.release(ended)
            else:
                launching.launch(runs[0 if step == "start" else 2])

        with monkeypatch.context() as patched:
            fault = Faulty(patched, at, after)
            try:
                do()
            except Crash:
                assert fault.died
        do()  # the stream hands the record over again
        for run in runs:
            launching.launch(service.read(account, run["id"]))
        assert len(set(machine.started) - {ended["id"] if step == "end" else ""}) <= 2
        while left := [run["id"] for run in runs if service.read(account, run["id"])["status"] == "pending"]:
            under_way = [one for one in dict.fromkeys(machine.started) if one in left]
            assert 1 <= len(under_way) <= 2, (step, at)
            end(machine, account, under_way[0])
        assert set(machine.started) == {run["id"] for run in runs}
        assert slots.running(account) == 0
        assert in_queue(account) == []
        if not fault.died:
            break
        points = at
    assert points >= {"start": 3, "queue": 3, "end": 6}[step]


def test_a_limit_costs_a_write_and_a_look_at_the_start_and_a_write_at_the_end_and_none_costs_nothing(
    machine: Machine, account: str
) -> None:
    calls: list[str] = []
    client("dynamodb").meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    pinned = simple(account)
    limited, unlimited = begin(account, pinned), service.read(account, start(account, pinned))
    calls.clear()
    launching.launch(limited)
    assert calls == ["UpdateItem", "GetItem"]
    machine.drive(account, limited["id"])
    ended = service.read(account, limited["id"])
    calls.clear()
    launching.release(ended)
    assert calls == ["UpdateItem"]

    machine.drive(account, unlimited["id"])
    ended = service.read(account, unlimited["id"])
    calls.clear()
    launching.launch(unlimited)
    launching.release(ended)
    assert calls == []
