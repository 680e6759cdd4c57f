"""manual, noop, set, if, switch, merge, filter, stop, delay: beyond their examples."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flows.engine import registry
from flows.engine.contract import NodeType
from flows.engine.results import NodeFailure, Wait

from tests.unit.nodes.context import NOW, resume, run


def node(name: str) -> NodeType:
    found = registry.node_type(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "port"),
    [
        ("true", "true"),
        ("0", "false"),
        ("''", "false"),
        ("[]", "false"),
        ("{}", "false"),
        ("[0, 1]", "true"),
        ("[0, '']", "false"),
    ],
)
def test_a_condition_holds_as_the_boolean_of_jsonata(value: str, port: str) -> None:
    assert run(node("if"), {"condition": value}).port == port


def test_a_condition_may_stand_in_braces() -> None:
    assert run(node("if"), {"condition": "{{ a > 1 }}"}, {"a": 2}).port == "true"


def test_a_condition_with_text_around_its_braces_is_refused() -> None:
    with pytest.raises(NodeFailure, match="condition: takes one expression") as caught:
        run(node("if"), {"condition": "{{ a }} is {{ a }}"}, {"a": 2})

    assert caught.value.type == "InvalidParameters"


def test_set_keeps_the_type_of_a_single_expression_and_makes_text_of_others() -> None:
    output = run(
        node("set"), {"values": {"n": "{{ n }}", "t": "n={{ n }}", "none": "{{ gone }}", "deep": [{"x": "{{ n }}"}]}}, {"n": 1.5}
    )

    assert output.output == {"n": 1.5, "t": "n=1.5", "none": None, "deep": [{"x": 1.5}]}


def test_set_never_evaluates_what_came_from_outside() -> None:
    assert run(node("set"), {"values": {"x": "{{ name }}"}}, {"name": "{{ 1+1 }}"}).output == {"x": "{{ 1+1 }}"}


def test_set_over_an_input_that_is_no_object_fails() -> None:
    assert run(node("set"), {"values": {"a": 1}, "keep_input": True}, None).output == {"a": 1}
    with pytest.raises(NodeFailure, match="keep_input needs an object"):
        run(node("set"), {"values": {"a": 1}, "keep_input": True}, [1])


def test_a_text_is_no_boolean() -> None:
    with pytest.raises(NodeFailure, match="keep_input"):
        run(node("set"), {"values": {}, "keep_input": "false"})


def test_switch_takes_the_first_case_and_evaluates_no_later_one() -> None:
    cases = [{"name": "a", "when": "true"}, {"name": "b", "when": "$error('never')"}]

    assert run(node("switch"), {"cases": cases}).port == "a"


@pytest.mark.parametrize("names", [["a", "a"], ["default"], ["error"], [""], ["{{ x }}"]])
def test_names_of_cases_are_unique_and_not_taken(names: list[str]) -> None:
    with pytest.raises(NodeFailure, match="cases"):
        run(node("switch"), {"cases": [{"name": name, "when": "true"} for name in names]})


@pytest.mark.parametrize("raw", [{}, {"cases": None}, {"cases": [1, {"name": 2}]}, {"cases": "{{ x }}"}])
def test_ports_of_a_broken_switch_are_told_without_an_error(raw: dict[str, Any]) -> None:
    assert list(node("switch").port_names(raw)) == ["default"]


def test_data_cannot_become_cases() -> None:
    with pytest.raises(NodeFailure, match="must be written out"):
        run(node("switch"), {"cases": "{{ cases }}"}, {"cases": [{"name": "x", "when": "true"}]})


def merged(raw: dict[str, Any], **inputs: Any) -> Any:
    return run(node("merge"), raw, inputs, inputs=inputs).output


def test_merge_by_node_id_also_of_one_live_branch() -> None:
    assert merged({}, a=[1]) == {"a": [1]}


def test_merge_append_keeps_the_order_of_the_edges() -> None:
    assert list(merged({"mode": "append"}, b=[3, 4], a=None, c={"x": 1})) == [3, 4, {"x": 1}]


def test_merge_combine_refuses_what_is_no_object() -> None:
    assert merged({"mode": "combine"}, a={"x": 1}, b=None, c={"x": 2, "y": 3}) == {"x": 2, "y": 3}
    with pytest.raises(NodeFailure, match="the output of b is none"):
        merged({"mode": "combine"}, a={"x": 1}, b=[1])


@pytest.mark.parametrize(
    ("join", "expected"),
    [("inner", [{"x": 1, "y": 1}]), ("left", [{"x": 1, "y": 1}, {"x": 2}]), ("outer", [{"x": 1, "y": 1}, {"x": 2}])],
)
def test_merge_by_position_lays_objects_over_one_another(join: str, expected: list[Any]) -> None:
    assert merged({"mode": "position", "join": join}, a=[{"x": 1}, {"x": 2}], b=[{"y": 1}]) == expected


@pytest.mark.parametrize(
    ("join", "expected"),
    [
        ("inner", [{"id": 1, "a": 1, "b": 1}, {"id": 1, "a": 1, "b": 2}]),
        ("left", [{"id": 1, "a": 1, "b": 1}, {"id": 1, "a": 1, "b": 2}, {"id": 2, "a": 2}, {"a": 3}]),
        (
            "outer",
            [{"id": 1, "a": 1, "b": 1}, {"id": 1, "a": 1, "b": 2}, {"id": 2, "a": 2}, {"a": 3}, {"id": 9, "b": 3}, {"b": 4}],
        ),
    ],
)
def test_merge_by_key_joins_as_a_database_does(join: str, expected: list[Any]) -> None:
    left = [{"id": 1, "a": 1}, {"id": 2, "a": 2}, {"a": 3}]
    right = [{"id": 1.0, "b": 1}, {"id": 1, "b": 2}, {"id": 9, "b": 3}, {"b": 4}]

    assert merged({"mode": "key", "key": "id", "join": join}, a=left, b=right) == expected


def test_merge_by_key_tells_true_from_one() -> None:
    assert merged({"mode": "key", "key": "id"}, a=[{"id": 1}], b=[{"id": True}]) == []


def test_a_join_that_explodes_ends_as_a_failure() -> None:
    with pytest.raises(NodeFailure, match="more than 100000 rows"):
        merged({"mode": "key", "key": "id"}, a=[{"id": 1}] * 1000, b=[{"id": 1}] * 1000)


def test_merge_by_key_needs_a_key() -> None:
    with pytest.raises(NodeFailure, match="needs the parameter key"):
        merged({"mode": "key"}, a=[])


def test_filter_sees_item_index_and_the_input_as_document() -> None:
    output = run(
        node("filter"), {"items": "list", "where": "$item > limit and $index < 3"}, {"list": [1, 5, 6, 7], "limit": 4}
    ).output

    assert output == [5, 6]


def test_a_single_value_counts_as_a_list_of_one_and_null_as_none() -> None:
    assert run(node("filter"), {"where": "true"}, {"a": 1}).output == [{"a": 1}]
    assert run(node("filter"), {"where": "true"}, None).output == []


def test_a_failing_expression_names_its_parameter() -> None:
    with pytest.raises(NodeFailure, match="where"):
        run(node("filter"), {"where": "$item + 'x'"}, [1])


def test_stop_without_a_message_says_which_node_it_was() -> None:
    outcome = run(node("stop"), {"outcome": "failure"})

    assert outcome.end is not None
    assert (outcome.end.status, outcome.end.message) == ("failed", "The node node stopped the execution.")


def test_a_delay_waits_until_its_time_and_hands_the_input_on() -> None:
    outcome = run(node("delay"), {"seconds": "{{ wait }}"}, {"wait": "90"})

    assert outcome.wait is not None
    assert outcome.wait.until == NOW + timedelta(seconds=90)
    assert resume(node("delay"), {"seconds": 90}, timed_out=True, input=7, wait=outcome.wait).output == 7


def test_a_delay_that_is_woken_early_goes_on_waiting_for_the_same_time() -> None:
    wait = Wait(NOW + timedelta(seconds=90), "delay")

    assert resume(node("delay"), {"seconds": 90}, wait=wait).wait is wait


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"seconds": 1, "until": "2027-01-01"},
        {"seconds": -1},
        {"seconds": 360 * 86400 + 1},
        {"seconds": True},
        {"seconds": "{{ gone }}"},
        {"until": "tomorrow"},
        {"until": "2027-03-14T15:09:27Z"},
    ],
)
def test_a_delay_that_cannot_be_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(NodeFailure) as caught:
        run(node("delay"), raw)

    assert caught.value.type == "InvalidParameters"
