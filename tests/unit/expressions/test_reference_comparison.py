"""Our evaluator says what npm `jsonata` says, or the difference is listed here with its reason."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flows.engine.expressions import ExpressionError, evaluate

from tests.node_packages import installed

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
REFERENCE = ROOT / "tests" / "reference" / "jsonata"
RECORDING = HERE / "reference_results.json"
CASES = json.loads((HERE / "reference_cases.json").read_text())
RESULTS = json.loads(RECORDING.read_text())["results"]

# Each key is a heading under "Differences from the reference" in docs/expressions.md, where its reason stands.
DIFFERENCES: dict[str, list[tuple[str, str]]] = {
    "Bounds": [
        ("numbers", "$count([1..200000])"),
        ("numbers", '$pad("x", 3000000) ~> $length'),
        ("numbers", '$reduce([1..200], function($a, $i) { {"a": $a} }, 1)'),
        ("numbers", "($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(5000))"),
    ],
    "`$eval`": [("text", '$eval("1+1")')],
    "A function as the result": [("nested", "function($x) { $x }")],
    "Numbers that JSON cannot hold": [
        ("numbers", "1e308 * 10"),
        ("numbers", "$sum([1e308, 1e308])"),
        ("numbers", "10 / 0"),
        ("numbers", "0 / 0"),
        ("numbers", "5 % 0"),
        ("text", '$toMillis("2026-13-01")'),
    ],
    "Large integers": [("big", 'int & ""'), ("big", "$string($)"), ("numbers", "$string($power(2, 60))")],
    "Order of an object's fields": [
        ("odd_keys", "$keys($)"),
        ("odd_keys", "$each($, function($v, $k) { $k })"),
    ],
    "Base64 of text beyond Latin-1": [("text", "$base64encode(u)"), ("text", '$base64decode("4pyT")')],
    "Regular expressions": [
        ("text", "$match(s, /W(?=o)/)"),
        ("text", r"$match(long, /(a)\1/)"),
        ("text", "$match(s, /(?<!l)o/)"),
    ],
    "Offsets of matches": [("text", "$match(e, /ok/).index"), ("text", "$match(e, /ok/)")],
    "Half of a surrogate pair": [("text", '"\\ud83d"'), ("text", '$length("\\ud83d")')],
    "Pictures": [
        ("text", '$formatNumber(0.5, "#.00")'),
        ("numbers", '$formatNumber(-0.5, "000")'),
        ("numbers", '$parseInteger("1,234", "0")'),
    ],
    "Time zones": [
        ("numbers", '$fromMillis(951782400000, "[H01]:[m01]:[s01]", "-0530")'),
        ("numbers", '$fromMillis(951782400000, "[H01]:[m01]", "+01:00")'),
    ],
    "Predicates on what is not there": [("list_with_null", '{"k": b["red"]}')],
    "Empty arrays in an object expression": [("list_of_lists", '$$[{"k": 3}]')],
}
DIFFERING = {case for cases in DIFFERENCES.values() for case in cases}
ALL = [(name, expression) for name, expressions in CASES["cases"].items() for expression in expressions]


def outcome(name: str, expression: str) -> tuple[str, Any]:
    document = json.loads(json.dumps(CASES["documents"][name]))
    try:
        value = evaluate(expression, document, {})
    except ExpressionError:
        return ("error", None)
    assert document == CASES["documents"][name], "an expression changed its document"
    json.dumps(value, allow_nan=False)
    return ("value", value)


def recorded(name: str, expression: str) -> tuple[str, Any]:
    result = RESULTS[name][expression]
    return ("error", None) if "error" in result else ("value", result.get("value"))


def same(left: Any, right: Any) -> bool:
    """Equal as JSON, numbers as the doubles that they are in JavaScript; true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return float(left) == float(right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def test_there_are_at_least_300_expressions_over_documents_of_every_shape() -> None:
    kinds = {type(document) for document in CASES["documents"].values()}

    assert len(set(ALL)) >= 300
    assert kinds == {dict, list, str, int, bool, type(None)}


@pytest.mark.parametrize("name", list(CASES["cases"]))
def test_results_are_those_of_the_reference(name: str) -> None:
    wrong = [
        (expression, recorded(name, expression), outcome(name, expression))
        for expression in CASES["cases"][name]
        if (name, expression) not in DIFFERING and not same(list(outcome(name, expression)), list(recorded(name, expression)))
    ]

    assert wrong == []


@pytest.mark.parametrize("case", sorted(DIFFERING))
def test_a_listed_difference_still_is_one(case: tuple[str, str]) -> None:
    assert case in ALL
    ours, theirs = outcome(*case), recorded(*case)

    assert not same(list(ours), list(theirs)), f"no longer a difference: {ours}"


def test_every_difference_has_its_reason_in_the_documentation() -> None:
    text = (ROOT / "docs" / "expressions.md").read_text()
    listed = text.split("## Differences from the reference", 1)[1]

    assert [title for title in DIFFERENCES if f"\n### {title}\n" not in listed] == []


def test_the_recording_is_what_the_reference_says() -> None:
    installed(REFERENCE)
    environment = {**os.environ, "TZ": "UTC"}

    printed = subprocess.run(
        ["node", "record.js", "--stdout"], cwd=REFERENCE, env=environment, capture_output=True, text=True, check=True
    ).stdout

    assert json.loads(printed) == json.loads(RECORDING.read_text())
