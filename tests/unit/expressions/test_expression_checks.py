"""What is found when a workflow is written, and which nodes its expressions name."""

from __future__ import annotations

import subprocess
import sys

import pytest
from flows.engine.expressions import (
    ExpressionError,
    check,
    check_template,
    check_value,
    evaluate,
    references,
    template_references,
    value_references,
)
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize("expression", ["email", "$input.a", "a > 3", "$sum(items.(price * q))", "id /* end */", "{}"])
def test_an_expression_that_parses_is_accepted(expression: str) -> None:
    check(expression)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "there is no expression"),
        ("   ", "there is no expression"),
        ("a +", "end of expression"),
        ("(1", "before end of expression"),
        ('"open', "must be terminated"),
        ("a b", "Syntax error"),
        ("`open", "backquote"),
        ("/(?=a)/", "lookaround"),
        (r"$match(a, /(a)\1/)", "backreferences"),
        ("$contains(a, /[/)", "regular expression"),
        ("$contains(a, /(/)", "regular expression"),
        ("x" * 20_001, "at most"),
    ],
)
def test_an_expression_that_cannot_run_is_refused_when_written(expression: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(expression)

    assert reason in caught.value.reason


@pytest.mark.parametrize("expression", ['$eval("1")', '($e := $eval; $e("1"))'])
def test_eval_parses_as_any_call_does_and_fails_where_it_is_called(expression: str) -> None:
    check(expression)

    with pytest.raises(ExpressionError, match="eval is not available"):
        evaluate(expression, {}, {})


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("$uuid()", "there is no function $uuid"),
        ('$upperCase("a")', "there is no function $upperCase; did you mean $uppercase?"),
        ("a > 1", "on the left is null, on the right a number"),
        ('{} + "x"', "on the left is an object, on the right a text"),
        ('$sum("a")', "argument 1 of $sum must be a list of numbers; it is a text"),
        ('$sum(["a"])', "argument 1 of $sum must be a list of numbers; it has something else in it"),
        ("$lookup($, 2)", "argument 2 of $lookup must be a text; it is a number"),
        ('$match("a", 1)', "argument 2 of $match must be a function or regular expression; it is a number"),
        ("$map(1)", "argument 2 of $map is missing: a function or regular expression"),
        ("$string(1, 2)", "argument 2 of $string must be true or false; it is a number"),
        ("$now(1, 2, 3)", "argument 1 of $now must be a text; it is a number"),
        ("$millis(1)", "$millis takes no arguments"),
        ('$formatNumber("1", "0")', "the arguments of $formatNumber do not fit; it takes a number, a text, an object"),
        ("$fromMillis('x')", "the value that stands for it is an object, not a number"),
    ],
)
def test_what_a_failing_expression_says(expression: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(expression, {"a": None, "secret": "s3cr3t"}, {})

    assert reason in caught.value.reason
    assert "s3cr3t" not in caught.value.reason


def test_templates_and_values_are_checked_with_their_places() -> None:
    check_template("plain { text }")
    with pytest.raises(ExpressionError):
        check_template("a {{ b + }} c")

    problems = check_value({"to": "{{ ok }}", "list": ["{{ 1 + }}", {"x": "{{ open"}]}, "values")

    assert [problem.parameter for problem in problems] == ["values.list[0]", "values.list[1].x"]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1$.,:;?()[]{}<>=!~+-*/%&|^@#\"'`\\ \n_é", max_size=40))
def test_any_text_is_an_expression_or_an_expression_error(text: str) -> None:
    try:
        check(text)
        evaluate(text, {"a": [1, {"b": None}], "b": "x"}, {"a": 1})
    except ExpressionError:
        return


@pytest.mark.parametrize(
    ("expression", "nodes"),
    [
        ("$nodes.fetch.output", {"fetch"}),
        ("$nodes.fetch.output.items[price > 3]", {"fetch"}),
        ("$nodes.`a b`.output", {"a b"}),
        ('$nodes."x".output', {"x"}),
        ("$nodes.a.output + $nodes.b.output", {"a", "b"}),
        ('{"v": $nodes.a.output, "w": [$nodes.b.output]}', {"a", "b"}),
        ("$map(items, function($i) { $i & $nodes.a.output })", {"a"}),
        ("($f := function() { $nodes.deep.output }; $f())", {"deep"}),
        ("x ? $nodes.a.output : $nodes.b.output", {"a", "b"}),
        ("items[id = $nodes.a.output.id]", {"a"}),
        ("items^($nodes.a.output.k)", {"a"}),
        ("items{$nodes.a.output: $nodes.b.output}", {"a", "b"}),
        ("items ~> |$|{'x': $nodes.a.output}, $nodes.b.output|", {"a", "b"}),
        ("$substring($nodes.a.output, ?)", {"a"}),
        ("a.b", set()),
        ("nodes.a", set()),
        ('"$nodes.a"', set()),
    ],
)
def test_only_the_nodes_that_an_expression_names_are_referred_to(expression: str, nodes: set[str]) -> None:
    found = references(expression)

    assert found.nodes == nodes
    assert not found.all_nodes


@pytest.mark.parametrize(
    "expression",
    [
        "$nodes",
        "$nodes.*",
        "$nodes.**.output",
        "$nodes[0]",
        "$keys($nodes)",
        "$lookup($nodes, which)",
        "($n := $nodes; $n.a)",
        "$nodes.(a)",
        "$each($nodes, function($v) { $v })",
        "[$nodes].a",
        "$nodes.a.output + $count($nodes)",
    ],
)
def test_any_other_use_of_nodes_refers_to_all(expression: str) -> None:
    assert references(expression).all_nodes


def test_references_tell_what_else_is_read() -> None:
    assert references("email").uses_input
    assert references("$input.a").uses_input
    assert references("$.a").uses_input
    assert references("a > $variables.limit").uses_input
    assert not references("$variables.limit + 1").uses_input
    assert references("$variables.limit + 1").variables == {"variables"}
    assert template_references("{{ $nodes.a.output }} {{ $nodes.b.output }}").nodes == {"a", "b"}
    assert value_references({"x": ["{{ $nodes.a.output }}", 1], "y": "$nodes.c"}).nodes == {"a"}


def test_importing_the_package_and_plain_paths_does_not_load_the_library() -> None:
    code = (
        "import sys\n"
        "from flows.engine.expressions import render, check, references\n"
        "assert render('{{ a.b }} {{ $input.c }}', {'a': {'b': 1}}, {'input': {'c': 2}}) == '1 2'\n"
        "check('a.b'); references('$nodes.a.output')\n"
        "assert 'jsonata' not in sys.modules and 're2' not in sys.modules\n"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True).stderr == ""
