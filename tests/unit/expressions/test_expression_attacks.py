"""Expressions that would hang, fill or crash the worker end as an error, and the worker goes on."""

from __future__ import annotations

import json
import resource
import threading
from time import process_time
from typing import Any

import pytest
from flows.engine.expressions import ExpressionError, check, evaluate, render

NESTED = '$reduce([1..50], function($a, $x) { {"l": $a, "r": $a} }, 1)'
ATTACKS = {
    "tail recursion": "($f := function($n) { $f($n + 1) }; $f(0))",
    "deep recursion": "($f := function($n) { 1 + $f($n + 1) }; $f(0))",
    "recursion through map": "($f := function($n) { $map([1, 2], function($x) { $f($n + 1) }) }; $f(0))",
    "double recursion": '($f := function($n) { $n = 0 ? "x" : $f($n - 1) & $f($n - 1) }; $f(40))',
    "map over ten million": "$map([1..10000000], function($x) { $x })",
    "sum of ten million": "$sum([1..10000000])",
    "nested ranges": "[1..100000].[1..100000]",
    "three ranges deep": "[1..1000].([1..1000].([1..1000]))",
    "ranges in a map": "$map([1..100000], function($x) { [1..100000] })",
    "pad": '$pad("x", 1000000000)',
    "pad to the left": '$pad("x", -1000000000, "ab")',
    "many pads": '$map([1..100000], function($x) { $pad("x", 1000000) })',
    "string doubling": '$reduce([1..50], function($a, $x) { $a & $a }, "xxxxxxxxxx")',
    "append doubling": "$reduce([1..50], function($a, $x) { $append($a, $a) }, [1, 2, 3])",
    "array doubling": "$reduce([1..50], function($a, $x) { [$a, $a] }, 1)",
    "replace blow-up": '$replace($pad("", 1000, "a"), "a", $pad("", 100000, "b"))',
    "replace blow-up by expression": '$replace($pad("", 1000, "a"), /a/, $pad("", 100000, "b"))',
    "join blow-up": '$join([1..100000].("aaaaaaaaaaaaaaaaaaaa"))',
    "object that shares its parts": NESTED,
    "text of such an object": f"$string({NESTED})",
    "copy of such an object": f"$clone({NESTED})",
    "comparison of such objects": f"({NESTED}) = ({NESTED})",
    "distinct of such objects": f"($a := {NESTED}; $distinct([$a, $a, 1]))",
    "descendants of such an object": f"($a := {NESTED}; $count($a.**))",
    "truth of such an array": "$boolean($reduce([1..50], function($a, $x) { [[$a, $a]] }, 0))",
    "null search in such an array": '($a := $reduce([1..50], function($a, $x) { $zip([$a], [$a]) }, 1); {"k": $a}.k)',
    "very deep object": '$reduce([1..100000], function($a, $x) { {"a": $a} }, 1)',
    "text of a very deep object": '$string($reduce([1..20000], function($a, $x) { {"a": $a} }, 1))',
    "shuffle": "$shuffle([1..100000])",
    "distinct": "$distinct([1..100000])",
    "sort": "$sort([1..100000], function($a, $b) { $a < $b })",
    "spread": '$spread([1..100000].{"a": $, "b": $})',
    "membership in long ranges": "[1..100000][$ in [1..100000]]",
    "huge exponent": "$power(10, 1000000)",
    "huge number": "1e308 * 1e308",
    "huge literal": "1e400",
    "division by zero": "1 / 0",
    "picture": '$formatNumber(1, $pad("", 1000000, "0"))',
    "width in a picture": '$fromMillis(0, "[Y,*-100000000]")',
    "time out of range": "$fromMillis(1e300)",
    "integer in words": '$formatInteger(1e300, "w")',
    "roman": '$formatInteger(1000000000000, "I")',
    "hexadecimal digits": '$number($pad("0x", 100000, "f"))',
    "split into letters": '$split($pad("", 900000, "a"), "")',
    "split by expression": '$split($pad("", 900000, "a"), /a/)',
    "searches without end": '($s := $pad("", 900000, "x"); $map([1..100000], function($i) { $contains($s, /x*y/) }))',
    "quadratic matching": '($s := $pad("", 500000, "ab"); $replace($s, /a.*z|b/, "q"))',
    "large result": '$pad("x", 300000)',
    "large escaped result": '$pad("", 60000, "\\n\\u0001") & $pad("", 60000, "\\u0001")',
    "bounds overwritten": "($__evaluate_entry := function() { 1 }; $f := function($n) { $f($n + 1) }; $f(0))",
    "error": '$error("no")',
    "eval": '$eval("1")',
    "eval by another name": '($e := $eval; $e("1"))',
}
SIGNAL_ONLY = {
    # The library's own pattern for dates is run by Python's regular expressions, which look for signals.
    "date pattern": '$toMillis($pad("", 99, "a"), "[MNn][MNn][MNn][MNn][MNn][MNn][MNn][MNn][MNn]x")',
}


def assert_worker_is_healthy() -> None:
    assert evaluate("$sum(a)", {"a": [1, 2]}, {}) == 3
    assert render("{{ $f := 1 }}", {}, {}) == 1
    assert json.loads("[1]") == [1]


@pytest.mark.parametrize("attack", [*ATTACKS, *SIGNAL_ONLY])
def test_an_attack_ends_as_an_error_and_leaves_the_worker_healthy(attack: str) -> None:
    started = process_time()

    with pytest.raises(ExpressionError) as caught:
        evaluate({**ATTACKS, **SIGNAL_ONLY}[attack], {}, {})

    # Two seconds are the requirement; of the processor, so that a busy machine does not matter.
    assert process_time() - started < 2
    assert caught.value.reason
    assert_worker_is_healthy()


def test_attacks_end_without_a_signal_too() -> None:
    """Off the main thread no signal can be had; the bounds inside must do."""
    survived: list[str] = []

    def run() -> None:
        for name in ("tail recursion", "truth of such an array", "text of such an object", "many pads", "sort"):
            try:
                evaluate(ATTACKS[name], {}, {})
            except ExpressionError:
                continue
            survived.append(name)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=30)

    assert not thread.is_alive()
    assert survived == []


@pytest.mark.parametrize(
    "expression",
    [
        '$contains($pad("", 900000, "a"), /(a+)+$/)',
        '$contains($pad("", 900000, "a"), /(a|aa)+b/)',
        '$contains($pad("", 900000, "a"), /(a*)*b/)',
        r'$contains($pad("", 900000, "a"), /^(\w+\s?)*$/)',
    ],
)
def test_no_regular_expression_is_catastrophic(expression: str) -> None:
    assert evaluate(expression, {}, {}) in (True, False)


@pytest.mark.parametrize(
    "text",
    ["(" * 15_000, "[" * 9_999 + "]" * 9_999, "{" * 5_000, "1+" * 9_000, "f(" * 5_000, "a?" * 5_000, "-" * 19_000 + "1"],
)
def test_text_that_is_nested_without_end_is_refused_when_written(text: str) -> None:
    with pytest.raises(ExpressionError):
        check(text)

    assert_worker_is_healthy()


def test_memory_stays_bounded() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name in ("many pads", "ranges in a map", "nested ranges", "object that shares its parts"):
        with pytest.raises(ExpressionError):
            evaluate(ATTACKS[name], {}, {})

    grown_kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kilobytes < 300_000


def test_a_result_of_256_kilobytes_is_allowed_and_one_more_byte_is_not() -> None:
    fits: Any = "x" * (256 * 1024 - 2)  # with its quotes

    assert evaluate("a", {"a": fits}, {}) == fits
    with pytest.raises(ExpressionError, match="256 KB"):
        evaluate("a", {"a": fits + "x"}, {})
    with pytest.raises(ExpressionError, match="256 KB"):
        evaluate("$", [fits], {})
