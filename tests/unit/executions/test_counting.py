"""The exact number of a workflow's runs: whatever was counted and remembered before, it is what a plain count finds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.executions import counting, records, service
from flows.executions.starting import Started
from flows.paging import Window
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tests.unit.engine.runs import definition, node
from tests.unit.executions.machine import calls_of, workflow

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
PAGE = 4
"""Runs that one call of Query reads here, as if they were 1 MB."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class World:
    """A workflow whose runs begin, end, expire and are deleted, and a clock."""

    def __init__(self) -> None:
        self.account, self.workflow = ids.new_id("acct"), ids.new_id("wf")
        self.now = START
        self.runs: dict[str, dict[str, Any]] = {}
        counting._told.clear()

    def write(self, back: timedelta = timedelta(0)) -> str:
        """A run is written, that long after the moment in its id."""
        execution = ids.new_id("exec", self.now - back)
        run = {
            "pk": records.partition(self.account, execution),
            "sk": records.RUN,
            "id": execution,
            "workflow_id": self.workflow,
            "version": 1,
            "status": "pending",
            "trigger": '{"type":"api"}',
            "started_at": clock.iso(self.now),
            "lsk": execution,
            "wpk": f"{self.account}#{self.workflow}",
            "ttl": int((self.now + timedelta(days=400)).timestamp()),
        }
        counting.before_writing(self.account, self.workflow, execution)
        self._put(run)
        return execution

    def end(self, number: int, days: int) -> None:
        under_way = [run for run in self.runs.values() if run["status"] == "pending"]
        if under_way:
            run = under_way[number % len(under_way)]
            self._put({**run, "status": "completed", "ttl": int((self.now + timedelta(days=days)).timestamp())})

    def sweep(self, number: int) -> None:
        """DynamoDB deletes one of those that have expired."""
        over = [run for run in self.runs.values() if not self._alive(run)]
        if over:
            run = over[number % len(over)]
            tables.delete(settings().executions_table, run["pk"], run["sk"])
            del self.runs[run["id"]]

    def plain(self) -> int:
        return sum(map(self._alive, self.runs.values()))

    def total(self, page: int = 1) -> int:
        found = service.listed(self.account, Window(3, page), workflow_id=self.workflow, with_total=True)
        assert found.total is not None
        return found.total

    def _alive(self, run: dict[str, Any]) -> bool:
        return bool(run["ttl"] > self.now.timestamp())

    def _put(self, run: dict[str, Any]) -> None:
        tables.put(settings().executions_table, run)
        self.runs[run["id"]] = run


Make = Callable[[], World]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes worlds whose clock is also the one that expiry is seen by."""
    query = tables.query
    worlds = [World()]

    def time_now() -> float:
        return worlds[0].now.timestamp()

    def make_one() -> World:
        worlds[:] = [World()]
        return worlds[0]

    monkeypatch.setattr(tables, "query", lambda *at, limit=None, **more: query(*at, limit=limit or PAGE, **more))
    monkeypatch.setattr(tables, "time", SimpleNamespace(time=time_now, sleep=time.sleep))
    clock.set_now(lambda: worlds[0].now)
    yield make_one
    clock.set_now(None)


STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(1, 6)),
    st.tuples(st.just("late"), st.integers(1, 200)),
    st.tuples(st.just("pass"), st.sampled_from([1, 15, 70, 90, 60 * 24, 60 * 40])),
    st.tuples(st.just("end"), st.integers(0, 50), st.integers(1, 3)),
    st.tuples(st.just("sweep"), st.integers(0, 50)),
    st.tuples(st.just("count"), st.integers(1, 5)),
)


@how(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=5, max_size=60))
def test_it_is_what_a_plain_count_finds_after_whatever_happened(make: Make, steps: list[tuple[Any, ...]]) -> None:
    world = make()
    for step in [*steps, ("count", 1)]:
        if step[0] == "write":
            for _ in range(step[1]):
                world.write()
                world.now += timedelta(seconds=20)
        elif step[0] == "late":
            world.write(timedelta(hours=step[1]))
        elif step[0] == "pass":
            world.now += timedelta(minutes=step[1])
        elif step[0] == "end":
            world.end(*step[1:])
        elif step[0] == "sweep":
            world.sweep(step[1])
        else:
            assert world.total(step[1]) == world.plain()


def grown(make: Make, runs: int = 42) -> World:
    """A workflow that has had runs for some hours, all of them ended but the last."""
    world = make()
    for _ in range(runs):
        world.write()
        world.now += timedelta(minutes=10)
        world.end(0, days=2)
    world.now += timedelta(hours=2)
    return world


def test_what_was_counted_once_is_not_read_again(make: Make) -> None:
    world = grown(make)
    assert world.total() == 42
    made = calls_of()

    assert world.total() == 42
    assert made == ["Query", "GetItem"]

    world.write()
    assert world.total(2) == 43
    assert made == [
        "Query",
        "GetItem",
        "PutItem",
        "Query",
        "Query",
        "GetItem",
    ]  # the page is the second one, of what are 1 MB here


def test_while_runs_expire_one_after_the_other_two_calls_tell_as_a_rule(make: Make) -> None:
    world = grown(make)
    world.total()
    world.now = START + 2 * DAY
    made, calls = calls_of(), []

    for _ in range(30):
        world.now += timedelta(minutes=10)
        made.clear()
        assert world.total() == world.plain()
        calls.append(len([name for name in made if name != "PutItem"]))

    assert world.plain() == 12
    assert sorted(calls)[len(calls) // 2] == 2, calls
    assert max(calls) == 4  # one more than of DynamoDB, which sees at 1 MB that nothing follows


def test_few_runs_are_counted_by_the_call_that_lists_them(make: Make) -> None:
    world = grown(make, PAGE)
    made = calls_of()

    assert world.total() == PAGE

    assert made == ["Query"]


def test_a_late_run_that_comes_while_one_counts_is_not_forgotten(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    world = grown(make)
    remember = counting._remember

    def slowly(*given: Any) -> None:
        monkeypatch.setattr(counting, "_remember", remember)
        world.write(3 * HOUR)  # after all has been counted, before it is remembered
        remember(*given)

    monkeypatch.setattr(counting, "_remember", slowly)
    world.total()

    assert world.total() == 43
    world.now += timedelta(minutes=30)
    assert world.total() == 43
    assert world.total() == 43


def test_nothing_is_remembered_while_late_runs_may_still_be_written_unseen(make: Make) -> None:
    world = grown(make)
    world.write(3 * HOUR)  # the worker tells of this one, and not of the next
    world.now += timedelta(minutes=5)
    assert world.total() == 43
    world.write(3 * HOUR)

    assert world.total() == 44
    world.now += timedelta(minutes=16)
    assert world.total() == 44
    world.write(3 * HOUR)
    assert world.total() == 45


def test_a_run_that_is_started_late_tells_so(account: str, make: Make) -> None:
    make()
    pinned = workflow(account, definition([node("a")]))

    def start(at: datetime) -> Started:
        execution = ids.new_id("exec", at)
        return service.start(account, pinned, version=1, input={}, trigger={"type": "api"}, execution_id=execution, started_at=at)

    made = calls_of()
    start(START)
    start(START - 2 * HOUR)
    start(START - 3 * HOUR)

    assert made == ["PutItem", "PutItem", "PutItem", "PutItem"]


def test_a_stretch_comes_back_as_it_was() -> None:
    for ends in ((), (5,), (5, 5, 9, 12_000)):
        stretch = counting.Stretch("exec_1", 3, 2**40, ends)

        assert counting.Stretch.read(stretch.packed()) == stretch


def test_filtered_lists_are_counted_as_they_are(make: Make) -> None:
    world = grown(make)

    failed = service.listed(world.account, Window(3, 1), workflow_id=world.workflow, status="completed", with_total=True)
    since = service.listed(world.account, Window(3, 1), workflow_id=world.workflow, since=START + HOUR, with_total=True)

    assert (failed.total, since.total) == (42, 36)
