"""Crashes, lost answers and doubled invocations of the walker: at every write, the outcome is that of a run without faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flows.engine.contract import NodeContext
from flows.engine.journal import Packed, Page, Superseded

from tests.unit.engine.memory_store import MemoryStore
from tests.unit.engine.runs import Run, definition, edges, effects, node


class Crash(BaseException):
    """The process dies here: nothing catches this."""


class FaultyStore:
    """A store whose k-th write goes wrong, once."""

    def __init__(self, inner: MemoryStore, at: int, fault: str) -> None:
        self.inner = inner
        self.left = at
        self.fault = fault
        self.hit = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def _write(self, write: Callable[[], Any]) -> Any:
        self.left -= 1
        if self.left != 0:
            return write()
        self.hit = True
        if self.fault == "before":
            raise Crash
        result = write()
        if self.fault == "after":
            raise Crash
        return result

    def append(self, page: Page, event: Mapping[str, Any] | None = None) -> None:
        self._write(lambda: self.inner.append(page, event))

    def finish(self, status: str, output: Packed | None, error: Mapping[str, Any] | None, usage: Mapping[str, Any]) -> None:
        self._write(lambda: self.inner.finish(status, output, error, usage))

    def respond(self, response: Mapping[str, Any]) -> bool:
        answered: bool = self._write(lambda: self.inner.respond(response))
        return answered


DEFINITIONS = {
    "chain of effects": definition(
        [node("a"), node("e1", "work"), node("p", "set", values={"v": "{{ $ }}"}), node("e2", "work"), node("z")],
        edges("a>e1", "e1>p", "p>e2", "e2>z"),
    ),
    "fork and join": definition(
        [node("a"), node("e1", "work"), node("e2", "work"), node("e3", "work"), node("z", "merge")],
        edges("a>e1", "a>e2", "e1>e3", "e2>z", "e3>z"),
    ),
    "loop with effects": definition(
        [
            node("each", "foreach", items="[1..60]", body={"nodes": [node("w", "work"), node("s")], "edges": edges("w>s")}),
            node("z"),
        ],
        edges("each>z"),
    ),
    "loop of pure items": definition(
        [node("each", "foreach", items="[1..60]", body={"nodes": [node("s", "set", values={"v": "{{ $item }}"})], "edges": []})]
    ),
    "failure that is routed": definition(
        [node("e1", "broken", on_error="route"), node("z", "set", values={"why": "{{ error.message }}"})], edges("e1:error>z")
    ),
    "respond": definition([node("e1", "work"), node("r", "respond", body="{{ $ }}"), node("e2", "work")], edges("e1>r", "r>e2")),
}


class Outside:
    """What effects did: the keys that they were sent with, in order."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def work(self, context: NodeContext) -> Any:
        self.sent.append((f"{context.node_id}{list(context.scope)}", context.idempotency_key))
        return {"did": context.node_id, "with": context.input}

    def broken(self, context: NodeContext) -> Any:
        from flows.engine.results import NodeFailure

        self.sent.append((f"{context.node_id}{list(context.scope)}", context.idempotency_key))
        raise NodeFailure("HttpError", "no")


def to_the_end(one: Run, store: Any, limit: int = 60) -> dict[str, Any]:
    """Turns as Step Functions makes them: a turn that died is made again."""
    for _ in range(limit):
        try:
            back = one.turn(store)
        except (Crash, Superseded):
            continue
        if back.next == "done":
            break
    assert one.store.final is not None
    return {key: value for key, value in one.store.final.items() if key != "usage"}


def results(one: Run) -> dict[Any, Any]:
    """Every recorded result by scope and node; a second one for the same place is an error."""
    found: dict[Any, Any] = {}
    for page in one.store.pages_from(1):
        for entry in page.entries:
            if "k" in entry or entry["st"] not in ("completed", "failed"):
                continue
            place = (str(entry.get("s", [])), entry["n"])
            # What was copied from an earlier run is copied again, to the same place, when the copying turn died.
            assert place not in found or entry.get("taken"), f"recorded twice: {place}"
            found[place] = (entry["st"], entry.get("o"))
    return found


@pytest.mark.parametrize("fault", ["before", "after"])
@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_crash_at_any_write_changes_neither_outcome_nor_keys(name: str, fault: str) -> None:
    calm = Outside()
    with effects({"work": calm.work, "broken": calm.broken}):
        reference = Run(DEFINITIONS[name], {"n": 1})
        expected = to_the_end(reference, reference.store)
    keys = dict(calm.sent)
    for at in range(1, 200):
        outside = Outside()
        with effects({"work": outside.work, "broken": outside.broken}):
            one = Run(DEFINITIONS[name], {"n": 1})
            store = FaultyStore(one.store, at, fault)
            outcome = to_the_end(one, store)
        if not store.hit:
            break
        assert outcome == expected, f"write {at}"
        assert results(one) == results(reference), f"write {at}"
        assert dict(outside.sent) == keys, f"write {at}: another key, or an effect left out"
    else:
        raise AssertionError("the fault never stopped being hit")


@pytest.mark.parametrize("name", DEFINITIONS)
def test_two_walkers_at_once_record_one_result_each(name: str) -> None:
    """A turn is invoked twice, and the second begins while the first is at each of its writes."""
    calm = Outside()
    with effects({"work": calm.work, "broken": calm.broken}):
        reference = Run(DEFINITIONS[name], {"n": 1})
        expected = to_the_end(reference, reference.store)
        for at in range(1, 40):
            one = Run(DEFINITIONS[name], {"n": 1})
            store = _Doubling(one, at)
            outcome = to_the_end(one, store)
            if not store.hit:
                break
            assert outcome == expected, f"write {at}"
            assert results(one) == results(reference), f"write {at}"


class _Doubling(FaultyStore):
    """Before the k-th write, another walker makes a whole turn of its own."""

    def __init__(self, one: Run, at: int) -> None:
        super().__init__(one.store, at, "double")
        self.one = one

    def _write(self, write: Callable[[], Any]) -> Any:
        self.left -= 1
        if self.left == 0:
            self.hit = True
            self.one.turn(self.inner)
        return write()


def test_a_node_that_kills_its_worker_runs_alone_and_is_given_up_after_three_times() -> None:
    calls: list[str] = []

    def deadly(context: NodeContext) -> Any:
        calls.append(context.node_id)
        if context.node_id == "bad":
            died.append(1)
        return "ok"

    died: list[int] = []

    class Dying(FaultyStore):
        """The process dies whenever the bad node has run and is to be recorded."""

        def append(self, page: Page, event: Mapping[str, Any] | None = None) -> None:
            if any(entry.get("n") == "bad" and entry.get("st") == "completed" for entry in page.entries):
                raise Crash
            self.inner.append(page, event)

    nodes = [node("a"), node("good", "work"), node("bad", "work", on_error="continue"), node("z", "merge")]
    with effects({"work": deadly}):
        one = Run(definition(nodes, edges("a>good", "a>bad", "good>z", "bad>z")), {})
        outcome = to_the_end(one, Dying(one.store, 0, ""))

    assert outcome["status"] == "completed"
    assert outcome["output"]["bad"]["error"]["type"] == "Crashed"
    assert outcome["output"]["good"] == "ok"
    assert calls.count("bad") <= 4
