"""Evaluations share nothing: not variables, not clocks, not signals, not threads."""

from __future__ import annotations

import math
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest
from flows.engine.expressions import ExpressionError, evaluate
from flows.engine.expressions.hard_stop import hard_stop
from flows.engine.expressions.limits import Stopped


def test_what_one_evaluation_assigns_the_next_does_not_see() -> None:
    evaluate('($secret := "of account a"; $sum := 5; $secret)', {}, {})

    assert evaluate("$secret", {}, {}) is None
    assert evaluate("$sum([1, 2])", {}, {}) == 3
    same_text = "($exists($s) ? $s : ($s := who))"
    assert evaluate(same_text, {"who": "a"}, {}) == "a"
    assert evaluate(same_text, {"who": "b"}, {}) == "b"


def test_bindings_of_one_evaluation_are_not_seen_by_the_next() -> None:
    assert evaluate("$item.x & ''", {}, {"item": {"x": 1}}) == "1"
    assert evaluate("$item.x & ''", {}, {}) == ""


def test_renaming_a_built_in_function_renames_it_for_nobody_else() -> None:
    evaluate("($other := $sum; $other([1]))", {}, {})

    with pytest.raises(ExpressionError, match="sum"):
        evaluate('$sum(["a"])', {}, {})


def test_a_document_is_never_changed() -> None:
    document = {"a": [{"b": None}], "empty": []}

    evaluate('a ~> |$|{"b": 1}, "c"|', document, {})
    evaluate('empty{"k": 1}', document, {})
    result = evaluate("a", document, {})
    result[0]["b"] = "changed by the caller"

    assert document == {"a": [{"b": None}], "empty": []}


def test_the_time_is_the_same_throughout_an_evaluation() -> None:
    assert evaluate("($a := $now(); $b := $millis(); $sum([1..50000]); [$a = $now(), $b = $millis()])", {}, {}) == [
        True,
        True,
    ]


def test_many_threads_evaluate_the_same_expression_at_once() -> None:
    expression = '($x := n; $y := $map([1..20], function($i) { $i * $x }); {"n": $x, "sum": $sum($y)})'

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: evaluate(expression, {"n": n}, {}), range(200)))

    assert results == [{"n": n, "sum": 210 * n} for n in range(200)]


def test_the_handler_and_the_timer_of_the_caller_are_put_back() -> None:
    calls: list[int] = []

    def outer(signum: int, frame: FrameType | None) -> None:
        calls.append(signum)

    previous = signal.signal(signal.SIGALRM, outer)
    try:
        signal.setitimer(signal.ITIMER_REAL, 100)
        evaluate("1 + 1", {}, {})
        with pytest.raises(ExpressionError):
            evaluate("$error()", {}, {})
        left, _ = signal.getitimer(signal.ITIMER_REAL)

        assert signal.getsignal(signal.SIGALRM) is outer
        assert 90 < left <= 100
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def spin() -> None:
    while True:
        pass


def test_a_hard_stop_inside_another_leaves_the_outer_one_running() -> None:
    def run() -> None:
        with hard_stop(0.2):
            with suppress(Stopped), hard_stop(0.05):
                spin()
            spin()

    with pytest.raises(Stopped, match=r"0\.2 s"):
        run()

    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_many_short_blocks_run_no_longer_than_the_one_around_them() -> None:
    def run() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with hard_stop(1):  # ends at once, and so do those after it
                pass

    with pytest.raises(Stopped, match=r"0\.05 s"), hard_stop(0.05):
        run()

    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_blocks_after_one_another_inside_an_endless_one_are_stopped_each_at_its_own_end() -> None:
    def run() -> None:
        with hard_stop(math.inf):
            with hard_stop(0.02):
                pass  # leaves the timer set to an end that concerns nobody any more
            with pytest.raises(Stopped, match=r"0\.1 s"), hard_stop(0.1):
                spin()
            with pytest.raises(Stopped, match=r"0\.05 s"), hard_stop(30), hard_stop(0.05):
                spin()
            time.sleep(0.15)  # a ring that finds no block over its time harms nobody

    run()

    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_of_many_blocks_inside_one_few_set_the_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    settings: list[float] = []
    set_timer = signal.setitimer
    monkeypatch.setattr(
        signal, "setitimer", lambda which, seconds, *more: settings.append(seconds) or set_timer(which, seconds, *more)
    )

    with hard_stop(math.inf):
        for _ in range(100):
            with hard_stop(60), hard_stop(30):
                pass

    assert 0 < len(settings) <= 6


def test_a_library_that_swallows_every_exception_is_stopped_all_the_same() -> None:
    def stubborn() -> None:
        while True:
            try:
                spin()
            except Exception:  # noqa: S112 - the habit under test
                continue

    with pytest.raises(Stopped), hard_stop(0.05):
        stubborn()


def test_off_the_main_thread_there_is_no_signal() -> None:
    results: list[Any] = []

    thread = threading.Thread(target=lambda: results.append(evaluate("$sum([1..10])", {}, {})))
    thread.start()
    thread.join()

    assert results == [55]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_hard_stop_that_a_finalizer_swallows_comes_again() -> None:
    class Late:
        def __del__(self) -> None:
            end = time.monotonic() + 0.2
            while time.monotonic() < end:
                pass

    def run() -> None:
        Late()  # what is raised in its finalizer is dropped
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            pass

    with pytest.raises(Stopped), hard_stop(0.05):
        run()
