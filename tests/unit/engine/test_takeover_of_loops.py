"""A retry runs the items of a loop that had not ended, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from flows.engine import recorder
from flows.engine.contract import NodeContext
from flows.engine.results import NodeFailure

from tests.unit.engine.runs import Run, definition, edges, effects, node
from tests.unit.engine.test_faults import FaultyStore, results, to_the_end


def retried(first: Run, given: dict[str, Any], *, from_node: str | None = None) -> Run:
    """A new run of the definition that takes over from one that has ended."""
    one = Run(given, first.store.unpack(first.record.input))
    one.record.seed = {"execution_id": "exec_0", "from_node": from_node}
    one.store.seed = (first.definition, first.store.pages_from(0))
    return one


class Calls:
    """An effect that fails once for one item, and counts what it was asked for."""

    def __init__(self, bad: Any) -> None:
        self.bad = bad
        self.seen: list[Any] = []

    def __call__(self, context: NodeContext) -> Any:
        self.seen.append(context.input)
        if context.input == self.bad:
            self.bad = None
            raise NodeFailure("HttpError", "no")
        return {"did": context.input}


def loop(**more: Any) -> list[dict[str, Any]]:
    body = {"nodes": [node("w", "call"), node("s", "set", values={"v": "{{ did }}", "i": "{{ $index }}"})], "edges": edges("w>s")}
    return [node("a", "set", values={"n": "{{ $ }}"}), node("each", "foreach", items="n", body=body, **more), node("z")]


@pytest.mark.parametrize("concurrency", [1, 10])
def test_items_that_had_ended_are_taken_over(concurrency: int) -> None:
    calls, items = Calls(40), list(range(1, 61))
    given = definition(loop(concurrency=concurrency), edges("a>each", "each>z"))
    with effects({"call": calls}):
        first = Run(given, items)
        assert first.to_the_end()["status"] == "failed"
        before = list(calls.seen)
        second = retried(first, given)
        end = second.to_the_end()

    assert end["output"] == [{"v": item, "i": item - 1} for item in items]
    again = calls.seen[len(before) :]
    assert 40 in again
    assert not set(again) & {
        entry["x"] + 1
        for page in first.store.pages_from(0)
        for entry in page.entries
        if entry.get("k") == "item" and "e" not in entry
    }
    logs = [entry for page in second.store.pages_from(0) for entry in page.entries if "k" not in entry]
    assert len({entry["q"] for entry in logs}) == len({(str(entry.get("s")), entry["n"]) for entry in logs}) == 3 + 2 * 60


def test_a_second_retry_takes_over_what_the_first_had_taken_over() -> None:
    calls = Calls(3)
    given = definition(loop(concurrency=1), edges("a>each", "each>z"))
    with effects({"call": calls}):
        first = Run(given, [1, 2, 3, 4, 5])
        first.to_the_end()
        calls.bad = 5
        second = retried(first, given)
        assert second.to_the_end()["status"] == "failed"
        third = retried(second, given)
        end = third.to_the_end()

    assert end["output"] == [{"v": item, "i": item - 1} for item in (1, 2, 3, 4, 5)]
    assert calls.seen == [1, 2, 3, 3, 4, 5, 5]


def test_loops_in_loops_are_taken_over_with_the_items_around_them() -> None:
    calls = Calls("b1")
    inner = {"nodes": [node("w", "call")], "edges": []}
    body = {"nodes": [node("in", "foreach", items="[$item & '1', $item & '2']", body=inner, concurrency=1)], "edges": []}
    given = definition([node("each", "foreach", body=body, concurrency=1)])
    with effects({"call": calls}):
        first = Run(given, ["a", "b", "c"])
        first.to_the_end()
        end = retried(first, given).to_the_end()

    assert end["output"] == [[{"did": f"{item}{n}"} for n in (1, 2)] for item in "abc"]
    assert calls.seen == ["a1", "a2", "b1", "b1", "b2", "c1", "c2"]


@pytest.mark.parametrize("change", ["body", "from_node", "before", "stop_when"])
def test_a_loop_runs_as_a_whole_where_its_past_is_another(change: str) -> None:
    calls = Calls(2)
    nodes = loop(concurrency=1, **({"stop_when": "false"} if change == "stop_when" else {}))
    given = definition(nodes, edges("a>each", "each>z"))
    changed = definition(loop(concurrency=2), edges("a>each", "each>z")) if change == "body" else given
    if change == "before":
        changed = definition([node("a", "set", values={"n": "{{ [7, 8] }}"}), *nodes[1:]], edges("a>each", "each>z"))
    with effects({"call": calls}):
        first = Run(given, [1, 2])
        first.to_the_end()
        seen = len(calls.seen)
        retried(first, changed, from_node="each" if change == "from_node" else None).to_the_end()

    assert calls.seen[seen:] == ([7, 8] if change == "before" else [1, 2])


def test_a_turn_that_dies_after_the_takeover_is_followed_by_one_that_goes_on() -> None:
    calls = Calls(3)
    given = definition(loop(concurrency=1), edges("a>each", "each>z"))
    with effects({"call": calls}):
        first = Run(given, [1, 2, 3, 4])
        first.to_the_end()
        second = retried(first, given)
        real = second.store.append

        def append(page: Any, event: Any = None) -> None:
            real(page, event)
            raise SystemExit

        second.store.append = append  # type: ignore[method-assign]  # dies right after the page of what was taken over
        with pytest.raises(SystemExit):
            second.turn()
        second.store.append = real  # type: ignore[method-assign]
        end = second.to_the_end()

    assert end["output"] == [{"v": item, "i": item - 1} for item in (1, 2, 3, 4)]
    assert calls.seen == [1, 2, 3, 3, 4]


def test_the_items_of_another_loop_beside_it_are_not_taken_for_its_own() -> None:
    calls = Calls("bad")
    nodes = [
        node("one", "foreach", items="['a', 'bad', 'c']", body={"nodes": [node("w", "call")], "edges": []}, concurrency=1),
        node("two", "foreach", items="[1..5]", body={"nodes": [node("p", "set", values={"n": "{{ $item }}"})], "edges": []}),
    ]
    given = definition(nodes)
    with effects({"call": calls}):
        first = Run(given, {})
        assert first.to_the_end()["status"] == "failed"
        end = retried(first, given).to_the_end()

    assert end["output"]["one"] == [{"did": "a"}, {"did": "bad"}, {"did": "c"}]
    assert calls.seen == ["a", "bad", "bad", "c"]


@pytest.mark.parametrize("entries", [400, 3], ids=["one page", "many pages"])
@pytest.mark.parametrize("fault", ["before", "after"])
@pytest.mark.parametrize("at", range(1, 14))
def test_a_turn_that_dies_while_it_takes_over_loses_and_repeats_nothing(
    at: int, fault: str, entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "PAGE_ENTRIES", entries)
    calls = Calls("bad")
    body = {"nodes": [node("w", "call"), node("s", "set", values={"v": "{{ did }}"})], "edges": edges("w>s")}
    nodes = [
        node("a", "set", values={"n": 1}),
        node("one", "foreach", items="['a', 'b', 'bad', 'c']", body=body, concurrency=1),
        node("other"),
        node("after"),
    ]
    given = definition(nodes, edges("a>one", "other>after"))
    with effects({"call": calls}):
        first = Run(given, "x")
        assert first.to_the_end()["status"] == "failed"
        second = retried(first, given)
        store = FaultyStore(second.store, at, fault)
        end = to_the_end(second, store)
        results(second)

    assert end["status"] == "completed", end
    assert end["output"] == {"one": [{"v": "a"}, {"v": "b"}, {"v": "bad"}, {"v": "c"}], "after": "x"}
    assert calls.seen[:4] == ["a", "b", "bad", "bad"]  # those that had ended are not asked again
    places = [
        (str(entry.get("s")), entry["n"]) for page in second.store.pages_from(0) for entry in page.entries if "k" not in entry
    ]
    by_q = {entry["q"] for page in second.store.pages_from(0) for entry in page.entries if "k" not in entry}
    assert len(by_q) == len(set(places))
