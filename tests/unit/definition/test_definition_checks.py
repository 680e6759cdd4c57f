"""What is refused when a definition is written, and where each problem is said to be."""

from __future__ import annotations

from typing import Any

import pytest
from flows.engine import definition, input_schema
from flows.errors import Problem


def node(id: str, type: str = "noop", **fields: Any) -> dict[str, Any]:
    return {"id": id, "type": type, **fields}


def edge(source: str, target: str, port: str | None = None) -> dict[str, Any]:
    return {"source": source, "target": target} | ({"source_port": port} if port else {})


def found(**parts: Any) -> dict[str, str]:
    """Path -> type of each problem."""
    return {problem.path: problem.type for problem in definition.check(parts)}


def test_no_nodes_at_all_is_a_workflow() -> None:
    assert definition.check({}) == []
    assert definition.check({"nodes": [], "edges": [], "variables": {}, "settings": {}, "input_schema": None}) == []


def test_a_sound_definition_has_no_problems() -> None:
    nodes = [
        node("start", "manual"),
        node("shape", "set", parameters={"values": {"n": "{{ $input.n + 1 }}", "who": "Dear {{ name }}"}}),
        node("big", "if", parameters={"condition": "n > 10"}),
        node("yes", "set", parameters={"values": {"size": "{{ $nodes.shape.output.n }}"}}, on_error="route"),
        node("no", notes="nothing to do", position={"x": 1, "y": 2.5}, disabled=False),
        node("join", "merge"),
    ]
    edges = [
        edge("start", "shape"),
        edge("shape", "big"),
        edge("big", "yes", "true"),
        edge("big", "no", "false"),
        edge("yes", "join"),
        edge("yes", "no", "error"),
        edge("no", "join"),
    ]

    assert (
        definition.check({"nodes": nodes, "edges": edges, "variables": {"a": [1, None]}, "settings": {"stepping": "each"}}) == []
    )


def test_all_problems_are_told_at_once_each_with_its_path() -> None:
    assert found(
        nodes=[
            node("a"),
            node("a", "set", parameters={"values": {"x": "{{ 1 + }}"}}),
            node("b", "swich"),
            node("no spaces"),
            node("c", "if", parameters={}),
            node("d", colour="red", on_error="explode", retry={"max_attempts": 0}, timeout_seconds=-1),
            "e",
        ],
        edges=[
            edge("a", "nowhere"),
            edge("a", "c"),
            edge("a", "c"),
            edge("c", "d", "maybe"),
            edge("d", "b", "error"),
            {"source": "a"},
        ],
        settings={"timeout_seconds": 400 * 86_400, "speed": 9},
        variables=[],
        input_schema={"type": "strin"},
    ) == {
        "nodes[1].id": "duplicate",
        "nodes[1].parameters.values.x": "expression",
        "nodes[2].type": "unknown_type",
        "nodes[3].id": "string_pattern_mismatch",
        "nodes[4].parameters.condition": "missing",
        "nodes[5].colour": "unknown_field",
        "nodes[5].on_error": "literal_error",
        "nodes[5].retry.max_attempts": "greater_than_equal",
        "nodes[5].timeout_seconds": "greater_than",
        "nodes[6]": "model_type",
        "edges[0].target": "reference",
        "edges[2]": "duplicate",
        "edges[3].source_port": "port",
        "edges[4].source_port": "port",
        "edges[5].target": "missing",
        "settings.timeout_seconds": "less_than_equal",
        "settings.speed": "unknown_field",
        "variables": "type",
        "input_schema.type": "type",
    }


def test_an_unknown_type_says_what_was_perhaps_meant() -> None:
    [problem] = definition.check({"nodes": [node("a", "swich")]})

    assert "switch" in problem.message


def test_a_cycle_names_its_nodes() -> None:
    nodes = [node(name) for name in "abcd"]
    problems = definition.check({"nodes": nodes, "edges": [edge("a", "b"), edge("b", "c"), edge("c", "b"), edge("d", "d")]})

    assert [problem.type for problem in problems] == ["cycle", "cycle"]
    assert {problem.path for problem in problems} <= {"edges[1]", "edges[2]", "edges[3]"}
    text = " ".join(problem.message for problem in problems)
    assert "b -> c -> b" in text or "c -> b -> c" in text
    assert "d -> d" in text


@pytest.mark.parametrize("text", ["{{ $nodes.ghost.output }}", "Hello {{ $nodes.ghost.output.name }}"])
def test_a_reference_to_no_node_is_a_problem(text: str) -> None:
    assert found(nodes=[node("a", "set", parameters={"values": {"x": text}})]) == {"nodes[0].parameters.values.x": "reference"}


def test_where_a_template_stands_the_type_is_judged_at_run_time() -> None:
    assert found(nodes=[node("a", "delay", parameters={"seconds": "{{ $input.pause }}"})]) == {}
    assert found(nodes=[node("a", "delay", parameters={"seconds": "soon"})]) != {}


def test_braces_that_do_not_close_are_a_problem() -> None:
    assert found(nodes=[node("a", "set", parameters={"values": {"x": "{{ oops"}})]) == {
        "nodes[0].parameters.values.x": "expression"
    }


def test_bare_expressions_are_parsed_in_parameters_and_in_retry() -> None:
    assert found(
        nodes=[
            node("a", "switch", parameters={"cases": [{"name": "x", "when": "a >"}, {"name": "y", "when": "{{ a > 1 }}"}]}),
            node("b", retry={"when": "$failure.type = "}),
        ]
    ) == {"nodes[0].parameters.cases[0].when": "expression", "nodes[1].retry.when": "expression"}


def test_what_the_regular_expressions_cannot_do_is_refused_when_written() -> None:
    assert list(found(nodes=[node("a", "if", parameters={"condition": "$match(x, /(?=a)b/)"})])) == [
        "nodes[0].parameters.condition"
    ]


def test_the_cases_of_a_switch_are_its_ports() -> None:
    switch = node("s", "switch", parameters={"cases": [{"name": "big", "when": "n > 1"}]})

    assert found(nodes=[switch, node("a")], edges=[edge("s", "a", "big"), edge("s", "a", "default")]) == {}
    assert found(nodes=[switch, node("a")], edges=[edge("s", "a", "small")]) == {"edges[0].source_port": "port"}


def test_nothing_follows_a_stop() -> None:
    assert found(nodes=[node("s", "stop", parameters={"outcome": "success"}), node("a")], edges=[edge("s", "a")]) == {
        "edges[0].source_port": "port"
    }


def test_a_disabled_node_lets_its_input_through_main() -> None:
    branch = node("b", "if", parameters={"condition": "true"}, disabled=True)

    assert found(nodes=[branch, node("a")], edges=[edge("b", "a")]) == {}


def test_a_node_that_goes_on_after_errors_has_the_port_main() -> None:
    """The error's object leaves through main, whatever ports the type has otherwise."""
    branch = node("b", "if", parameters={"condition": "true"}, on_error="continue")

    assert found(nodes=[branch, node("a"), node("c")], edges=[edge("b", "a"), edge("b", "c", "true")]) == {}
    assert found(
        nodes=[node("s", "stop", parameters={"outcome": "success"}, on_error="continue"), node("a")], edges=[edge("s", "a")]
    ) == {"edges[0].source_port": "port"}


def test_at_most_200_nodes() -> None:
    assert found(nodes=[node(f"n{index}") for index in range(200)]) == {}
    assert found(nodes=[node(f"n{index}") for index in range(201)]) == {"nodes": "too_many"}


def test_at_most_300_kb() -> None:
    assert found(variables={"text": "x" * 299_000}) == {}
    assert found(variables={"text": "x" * 300_000}) == {"": "too_large"}


def test_null_stands_for_what_is_not_given() -> None:
    plain = dict.fromkeys(("name", "credential_id", "retry", "timeout_seconds", "on_error", "disabled", "position", "notes"))

    assert found(nodes=[node("a", **plain)], settings={"timeout_seconds": None, "stepping": None}) == {}


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1/schema.json"},
        {"properties": {"a": {"$ref": "other.json"}}},
        {"$schema": "http://json-schema.org/draft-07/schema#"},
        {"pattern": "(?=x)y"},
        {"$ref": "#/$defs/nothing"},
        "object",
        {"required": "name"},
    ],
)
def test_an_input_schema_must_be_draft_2020_12_and_stand_alone(schema: Any) -> None:
    problems = definition.check({"input_schema": schema})

    assert problems
    assert all(problem.path.startswith("input_schema") for problem in problems)


def test_what_does_not_fit_a_schema_is_told_as_other_problems_are() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
        "required": ["a"],
        "additionalProperties": False,
    }

    found = input_schema.misfits(schema, {"b": 5, "more": 1, "other": 2})

    assert sorted(found, key=lambda problem: problem.path) == [
        Problem("input.a", "a value is required", "missing"),
        Problem("input.b", "fits none of the schemas that are possible here", "anyof"),
        Problem("input.more", "unknown field", "unknown_field"),
        Problem("input.other", "unknown field", "unknown_field"),
    ]
    (wrong,) = input_schema.check({"type": "strin"})
    assert wrong.message == "must be one of array, boolean, integer, null, number, object, string, or a list of some of them"


class Account:
    """An account that has exactly these things."""

    def __init__(self, **things: set[str]) -> None:
        self.things = things

    def existing(self, kind: str, ids: frozenset[str]) -> frozenset[str]:
        return ids & self.things.get(kind, set())


def test_ids_must_be_things_of_the_account() -> None:
    raw = {
        "nodes": [
            node("a", credential_id="cred_1"),
            node("b", credential_id="cred_2"),
            node("c", credential_id="{{ $variables.c }}"),
        ],
        "settings": {"on_failure_workflow_id": "wf_9"},
    }

    problems = definition.check(raw, lookup=Account(credential={"cred_1"}))

    assert {problem.path: problem.type for problem in problems} == {
        "nodes[1].credential_id": "not_found",
        "settings.on_failure_workflow_id": "not_found",
    }


def test_credentials_are_named_by_an_id_and_by_an_expression() -> None:
    raw = {"nodes": [node("a", credential_id="cred_1"), node("b", credential_id="{{ $variables.c }}"), node("c")]}

    assert definition.credential_ids(raw) == {"cred_1", "{{ $variables.c }}"}
    assert definition.credential_ids({"nodes": [node("a")]}) == frozenset()


def loop(id: str, **body: Any) -> dict[str, Any]:
    return node(id, "foreach", parameters={"items": "list", "body": body})


def test_a_loops_body_is_checked_as_the_whole_is() -> None:
    inner = loop("inner", nodes=[node("deep", "nope")], edges=[edge("deep", "outside")])
    outer = loop(
        "outer",
        nodes=[node("x"), node("x"), node("y", "schedule", parameters={"cron": "0 9 * * *"}), "z", inner],
        edges=[edge("x", "y"), edge("y", "x"), edge("x", "before")],
        colour="red",
    )
    at = "nodes[1].parameters.body"

    assert found(nodes=[node("before"), outer], edges=[edge("before", "outer")]) == {
        f"{at}.nodes[1].id": "duplicate",
        f"{at}.nodes[2].type": "trigger",
        f"{at}.nodes[3]": "model_type",
        f"{at}.nodes[4].parameters.body.nodes[0].type": "unknown_type",
        f"{at}.nodes[4].parameters.body.edges[0].target": "reference",
        f"{at}.edges[0].target": "trigger",
        f"{at}.edges[1]": "cycle",
        f"{at}.edges[2].target": "reference",
        f"{at}.colour": "unknown_field",
    }


def test_a_body_sees_its_own_nodes_and_those_around_its_loop() -> None:
    body = {
        "nodes": [
            node("x"),
            node("y", "set", parameters={"values": {"v": "{{ $nodes.x.output & $nodes.before.output & $nodes.ghost.output }}"}}),
        ],
        "edges": [edge("x", "y")],
    }

    problems = definition.check({"nodes": [node("before"), loop("l", **body)], "edges": [edge("before", "l")]})

    assert [(problem.path, "ghost" in problem.message) for problem in problems] == [
        ("nodes[1].parameters.body.nodes[1].parameters.values.v", True)
    ]
    outside = node("after", "set", parameters={"values": {"v": "{{ $nodes.x.output }}"}})
    assert found(nodes=[loop("l", nodes=[node("x")]), outside]) == {"nodes[1].parameters.values.v": "reference"}


def test_nodes_in_bodies_count_for_the_limit() -> None:
    body = [node(f"n{index}") for index in range(199)]

    assert found(nodes=[loop("l", nodes=body)]) == {}
    assert found(nodes=[loop("l", nodes=[*body, node("more")])]) == {"nodes": "too_many"}


def test_loops_are_nested_at_most_ten_deep() -> None:
    inner: dict[str, Any] = {"nodes": []}
    for level in range(10):
        inner = {"nodes": [loop(f"l{level}", **inner)]}
    assert found(**inner) == {}

    assert list(found(nodes=[loop("top", **inner)]).values()) == ["too_deep"]


def test_ids_and_credentials_in_bodies_are_found() -> None:
    raw = {"nodes": [loop("l", nodes=[node("x", credential_id="cred_1")])]}

    assert definition.credential_ids(raw) == {"cred_1"}
    assert [problem.path for problem in definition.check(raw, lookup=Account())] == [
        "nodes[0].parameters.body.nodes[0].credential_id"
    ]


def test_no_edge_leads_to_a_trigger_but_a_manual_one() -> None:
    assert found(nodes=[node("a"), node("m", "manual")], edges=[edge("a", "m")]) == {}
    hook = node("h", "webhook")
    assert found(nodes=[node("a"), hook], edges=[edge("a", "h")]) == {"edges[0].target": "trigger"}


def test_a_triggers_parameters_are_fixed() -> None:
    raw = node("s", "schedule", parameters={"cron": "0 9 * * *", "timezone": "{{ $variables.zone }}"})

    assert found(nodes=[raw]) == {"nodes[0].parameters.timezone": "expression"}


def test_at_most_20_triggers() -> None:
    assert found(nodes=[node(f"h{index}", "webhook") for index in range(20)]) == {}
    assert found(nodes=[node(f"h{index}", "webhook") for index in range(21)]) == {"nodes[20]": "too_many"}


def test_no_expression_can_give_what_is_itself_an_expression() -> None:
    assert found(nodes=[node("s", "switch", parameters={"cases": "{{ $input.cases }}"})]) == {
        "nodes[0].parameters.cases": "template_not_allowed"
    }


def test_the_ids_of_a_types_own_parameters_are_found_and_those_in_free_data_are_not() -> None:
    raw = {
        "nodes": [
            node("form", "form", parameters={"form_id": "form_1"}),
            node("call", "execute_workflow", parameters={"workflow_id": "wf_1", "input": {"workflow_id": "theirs"}}),
            node("hook", "webhook", parameters={"authentication": {"type": "basic", "credential_id": "cred_1"}}),
            node("late", "execute_workflow", parameters={"workflow_id": "{{ $input.which }}"}),
            node("error", "error", parameters={"workflow_ids": ["wf_2"]}),
        ]
    }

    assert {problem.path for problem in definition.check(raw, lookup=Account())} == {
        "nodes[0].parameters.form_id",
        "nodes[1].parameters.workflow_id",
        "nodes[2].parameters.authentication.credential_id",
        "nodes[4].parameters.workflow_ids[0]",
    }


@pytest.mark.parametrize(
    ("type", "parameters"),
    [
        ("sort", {"by": [{"value": "$item.a", "order": "{{ o }}"}]}),
        ("aggregate", {"fields": {"x y": {"operation": "{{ o }}", "value": "$item.a"}}}),
        ("html", {"operation": "extract", "html": "<p>", "fields": {"p": {"selector": "p", "all": "{{ t }}"}}}),
        ("http_request", {"url": "https://example.com", "body": {"type": "{{ t }}", "value": 1}, "expect_status": ["{{ s }}"]}),
        ("foreach", {"concurrency": "{{ n }}", "on_item_error": "{{ e }}", "body": {"nodes": [], "edges": []}}),
    ],
)
def test_a_template_may_stand_wherever_no_expression_does(type: str, parameters: dict[str, Any]) -> None:
    assert definition.check({"nodes": [{"id": "n", "type": type, "parameters": parameters}]}) == []


def test_each_problem_of_a_nested_parameter_is_told_once_at_its_place() -> None:
    nodes = [
        {"id": "a", "type": "sort", "parameters": {"by": [{"value": "("}]}},
        {"id": "b", "type": "switch", "parameters": {"cases": "{{ x }}"}},
        {
            "id": "c",
            "type": "aggregate",
            "parameters": {"fields": {"x y": {"operation": "zz"}, "z": {"operation": "sum", "value": ""}}},
        },
    ]

    assert sorted(problem.path for problem in definition.check({"nodes": nodes})) == [
        "nodes[0].parameters.by[0].value",
        "nodes[1].parameters.cases",
        "nodes[2].parameters.fields.x y.operation",
        "nodes[2].parameters.fields.z.value",
    ]


def test_a_text_with_expressions_in_it_is_no_expression() -> None:
    (problem,) = definition.check({"nodes": [{"id": "n", "type": "if", "parameters": {"condition": "total is {{ total }}"}}]})

    assert problem.path == "nodes[0].parameters.condition"
    assert problem.message.startswith("takes one expression")
