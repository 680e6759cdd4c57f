"""Parameters with `{{ expression }}` in them."""

from __future__ import annotations

from typing import Any

import pytest
from flows.engine.expressions import ExpressionError, evaluate, parse_template, render, render_value

DOCUMENT = {
    "email": "ada@example.com",
    "count": 3,
    "ratio": 0.5,
    "paid": True,
    "nothing": None,
    "tags": ["a", "b"],
    "customer": {"name": "Ada", "city": None},
    "items": [{"p": 1}, {"p": 2}],
}
BINDINGS: dict[str, Any] = {
    "input": DOCUMENT,
    "nodes": {"fetch": {"output": {"body": {"id": 7}}}, "a b": {"output": 1}},
    "variables": {"limit": 10},
    "item": None,
    "index": 0,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ email }}", "ada@example.com"),
        ("{{count}}", 3),
        ("{{ ratio }}", 0.5),
        ("{{ paid }}", True),
        ("{{ nothing }}", None),
        ("{{ missing }}", None),
        ("{{ missing.deeper }}", None),
        ("{{ tags }}", ["a", "b"]),
        ("{{ customer }}", {"name": "Ada", "city": None}),
        ("{{ items.p }}", [1, 2]),
        ("{{ $sum(items.p) }}", 3),
        ("{{ count / 2 }}", 1.5),
        ("{{ count * 2 }}", 6),
        ("{{ $input.customer.name }}", "Ada"),
        ("{{ $nodes.fetch.output.body.id }}", 7),
        ("{{ $nodes.`a b`.output }}", 1),
        ("{{ $variables.limit }}", 10),
        ("{{ $index }}", 0),
        ("{{ $item }}", None),
        ("{{ $type($item) }}", "null"),
        ("{{ [] }}", []),
        ("{{ {} }}", {}),
    ],
)
def test_a_parameter_that_is_one_expression_keeps_the_type_of_its_value(text: str, value: Any) -> None:
    result = render(text, DOCUMENT, BINDINGS)

    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a } b }} c { d", "a } b }} c { d"),
        ("Hello {{ customer.name }}!", "Hello Ada!"),
        ("{{ customer.name }}{{ count }}", "Ada3"),
        (" {{ count }} ", " 3 "),
        ("x {{ missing }} y {{ nothing }}", "x  y "),
        ("{{ paid }}/{{ ratio }}", "true/0.5"),
        ("tags: {{ tags }}", 'tags: ["a","b"]'),
        ("c: {{ customer }}", 'c: {"name":"Ada","city":null}'),
        ("ü {{ 'ß' }}", "ü ß"),
    ],
)
def test_in_a_text_values_are_put_in_as_text(text: str, value: str) -> None:
    assert render(text, DOCUMENT, BINDINGS) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ '{{' }}", "{{"),
        ("{{ '}}' }}", "}}"),
        ('{{ "a}}b" & \'"}}\' }}', 'a}}b"}}'),
        (r"""{{ "\"}}" }}""", '"}}'),
        ("{{ /* }} */ count }}", 3),
        ("{{ `}}` }}", None),
        ("{{ {'a': {'b': count}} }}", {"a": {"b": 3}}),
        ("{{ {'a': {'b': count}}}}", {"a": {"b": 3}}),
        ("{{ $replace('a}}b', /\\}\\}/, '-') }}", "a-b"),
        ("{{ $contains('a{b', /\\{/) }}", True),
        ("{{ $match('x}', /x\\}/).match }}", "x}"),
        ("{{ count / 2 }} and {{ 4 / 2 }}", "1.5 and 2"),
        ("{{ tags[0] / 1 ? '}}' : 'x' }}", None),
        ("{{ items ~> |$|{'q': 1}| }}", [{"p": 1, "q": 1}, {"p": 2, "q": 1}]),
        ("{{ function($x) { $x }(1) }}", 1),
        ("{{ (count) / 2 }}-{{ '}}' }}", "1.5-}}"),
        ("{{ *[$type($)='number'] }}", [3, 0.5]),
        ("{{ $count(items.*) / 2 }}", 1),
    ],
)
def test_the_closing_braces_are_found_by_the_tokens_of_the_expression(text: str, value: Any) -> None:
    if value is None and "tags" in text:
        with pytest.raises(ExpressionError, match="number"):
            render(text, DOCUMENT, BINDINGS)
    else:
        assert render(text, DOCUMENT, BINDINGS) == value


@pytest.mark.parametrize(
    "text", ["{{", "a {{ b", "{{ 'x }}", "{{ {'a': 1 }}", "{{ /* x }}", "{{ ` }}", "{{ a } }}", "x {{ }} y", "{{}}"]
)
def test_braces_that_do_not_close_or_hold_nothing_are_an_error_when_written(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_template(text)

    assert caught.value.position is not None
    assert caught.value.reason


def test_a_template_knows_what_it_is() -> None:
    assert parse_template("plain").is_literal
    assert parse_template("{{ a }}").is_single
    mixed = parse_template("{{ a }} {{ b.c }}")
    assert not mixed.is_literal
    assert not mixed.is_single
    assert mixed.expressions == ("a", "b.c")


def test_a_value_is_rendered_however_deep_and_keys_stay() -> None:
    value = {"{{ email }}": ["{{ count }}", {"deep": "n={{ count }}", "n": 1, "none": None}], "flag": False}

    assert render_value(value, DOCUMENT, BINDINGS) == {
        "{{ email }}": [3, {"deep": "n=3", "n": 1, "none": None}],
        "flag": False,
    }


def test_an_error_says_which_parameter_which_expression_where_and_why() -> None:
    value = {"items": ["ok", "{{ count }}", {"to": "x {{ email + 1 }}"}]}

    with pytest.raises(ExpressionError) as caught:
        render_value(value, DOCUMENT, BINDINGS, "body")

    error = caught.value
    assert error.parameter == "body.items[2].to"
    assert error.expression == "email + 1"
    assert error.position == 6
    assert "left side of the + operator must evaluate to a number" in error.reason
    assert "body.items[2].to" in str(error)


@pytest.mark.parametrize("outside", ["{{ 1+1 }}", "{{ $variables.limit }}", "{{", "}}", "{{ email }}"])
def test_what_comes_from_outside_is_data_for_ever(outside: str) -> None:
    document = {"name": outside, "list": [outside]}

    once = render("{{ name }}", document, {})
    again = render("{{ name }}", {"name": once}, {})
    in_text = render("Dear {{ name }}", document, {})
    nested = render_value({"a": "{{ list }}"}, document, {})

    assert (once, again, in_text, nested) == (outside, outside, "Dear " + outside, {"a": [outside]})
    assert evaluate("name & '!'", document, {}) == outside + "!"


def test_a_plain_path_means_the_same_as_through_the_library() -> None:
    documents: list[Any] = [DOCUMENT, {"a": {"b": [1]}}, {"a": [{"b": 1}, {"b": 2}]}, {"a": []}, {"a": "x"}, [], None, 5]

    for document in documents:
        for path in ("a", "a.b", "a.b.c", "email", "customer.city", "items.p"):
            assert evaluate(path, document, {}) == evaluate(f"({path})", document, {})
            assert evaluate(f"$doc.{path}", None, {"doc": document}) == evaluate(path, document, {})
