"""Parameters from what was written to what a node gets."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from flows.engine import parameters
from flows.engine.contract import Expression, Parameters, RawMarker
from flows.engine.parameter_types import Line, Number, Text, Whole
from flows.engine.results import NodeFailure


class Rule(Parameters):
    name: str
    when: Expression


class Sample(Parameters):
    rules: list[Rule] = []
    named: dict[str, Rule] = {}
    where: Expression | None = None
    body: Annotated[dict[str, Any], RawMarker()] = {}
    free: Any = None
    text: Text = ""
    line: Line = ""
    whole: Whole = 0
    number: Number = 0


def shown(value: Any, path: str) -> Any:
    """A renderer that shows where it was called."""
    return f"<{path}:{value}>" if isinstance(value, str) else value


def identity(value: Any, path: str) -> Any:
    return value


def test_templates_are_rendered_and_bare_expressions_and_raw_places_are_not() -> None:
    raw = {
        "rules": [{"name": "n", "when": "a"}],
        "named": {"x": {"name": "m", "when": "b"}},
        "where": "c",
        "body": {"nodes": ["{{ x }}"]},
        "text": "t",
    }

    read = parameters.read(Sample, raw, shown)

    assert (read.rules[0].name, read.rules[0].when) == ("<rules[0].name:n>", "a")
    assert (read.named["x"].name, read.named["x"].when) == ("<named.x.name:m>", "b")
    assert (read.where, read.body, read.text) == ("c", {"nodes": ["{{ x }}"]}, "<text:t>")


def test_every_problem_is_told_with_its_path_and_without_the_value() -> None:
    with pytest.raises(NodeFailure) as caught:
        parameters.read(Sample, {"rules": [{"name": "n"}], "whole": "s3cret", "unknown": 1}, identity)

    assert {problem["path"] for problem in caught.value.details} == {"rules[0].when", "whole", "unknown"}
    assert "s3cret" not in str(caught.value.details) + caught.value.message


@pytest.mark.parametrize("raw", [{"rules": "{{ x }}"}, {"rules": ["{{ x }}"]}, {"named": {"a": "{{ x }}"}}])
def test_no_template_stands_for_a_container_of_expressions(raw: dict[str, Any]) -> None:
    assert [problem.type for problem in parameters.misplaced(Sample, raw)] == ["template_not_allowed"]
    with pytest.raises(NodeFailure, match="must be written out"):
        parameters.read(Sample, raw, identity)


def test_what_is_written_out_is_not_misplaced() -> None:
    assert parameters.misplaced(Sample, {"rules": [{"name": "{{ x }}", "when": "{{ y }}"}], "free": "{{ z }}"}) == []


@pytest.mark.parametrize(("given", "expected"), [("a", "a"), (5, "5"), (5.0, "5"), (1.5, "1.5")])
def test_a_number_is_taken_for_a_text(given: Any, expected: str) -> None:
    assert parameters.read(Sample, {"text": given}, identity).text == expected


@pytest.mark.parametrize("given", [True, None, [1], {"a": 1}])
def test_nothing_else_is_taken_for_a_text_or_a_number(given: Any) -> None:
    for name in ("text", "whole", "number"):
        with pytest.raises(NodeFailure, match=name):
            parameters.read(Sample, {name: given}, identity)


@pytest.mark.parametrize(("given", "expected"), [("5", 5), (5.0, 5), (7, 7)])
def test_a_text_that_is_a_number_is_taken_for_one(given: Any, expected: int) -> None:
    assert parameters.read(Sample, {"whole": given}, identity).whole == expected


@pytest.mark.parametrize("given", ["nan", "inf", "five", ""])
def test_a_text_that_is_no_finite_number_is_refused(given: str) -> None:
    with pytest.raises(NodeFailure, match="number"):
        parameters.read(Sample, {"number": given}, identity)


@pytest.mark.parametrize("given", ["a\nb", "a\rb", "a\0b", "a\u2028b"])
def test_a_line_is_one_line(given: str) -> None:
    with pytest.raises(NodeFailure, match="line"):
        parameters.read(Sample, {"line": given}, identity)


def test_a_value_that_does_not_fit_is_told_with_the_expression_that_gave_it() -> None:
    from tests.unit.engine.runs import Run, definition, node

    nodes = [node("n", "http_request", url="{{ base }}/x", follow_redirects="{{ no.such }}", headers={"X-A": "{{ a }}"})]
    error = Run(definition(nodes), {"base": "https://example.com", "a": {"b": 1}}).to_the_end()["error"]

    assert error["type"] == "InvalidParameters"
    assert "follow_redirects: must be true or false (given by {{ no.such }})" in error["message"]
    assert [(found["path"], found["expression"]) for found in error["details"]] == [
        ("headers.X-A", "{{ a }}"),
        ("follow_redirects", "{{ no.such }}"),
    ]
