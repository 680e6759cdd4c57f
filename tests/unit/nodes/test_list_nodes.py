"""sort, limit, unique, aggregate, split: beyond their examples."""

from __future__ import annotations

from typing import Any

import pytest
from flows.engine import registry
from flows.engine.json_order import identity, order_key, stable_sorted
from flows.engine.results import NodeFailure
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.nodes.context import run

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)


def output(name: str, raw: dict[str, Any], data: Any) -> Any:
    node_type = registry.node_type(name)
    assert node_type is not None
    return run(node_type, raw, data).output


def test_null_comes_last_in_both_directions_and_equals_stay_in_order() -> None:
    data = [{"v": None, "n": 1}, {"v": 2, "n": 2}, {"n": 3}, {"v": 1, "n": 4}, {"v": 2, "n": 5}]

    ascending = output("sort", {"by": [{"value": "$item.v"}]}, data)
    descending = output("sort", {"by": [{"value": "$item.v", "order": "desc"}]}, data)

    assert [item["n"] for item in ascending] == [4, 2, 5, 1, 3]
    assert [item["n"] for item in descending] == [2, 5, 4, 1, 3]


def test_values_of_all_types_have_an_order() -> None:
    data = [{"a": 1}, [2], [1, 5], "b", "B", 3, -1.5, True, False]

    assert output("sort", {"by": [{"value": "$item"}]}, data) == [False, True, -1.5, 3, "B", "b", [1, 5], [2], {"a": 1}]


@given(st.lists(JSON, max_size=8))
def test_any_values_sort_and_sorting_again_changes_nothing(values: list[Any]) -> None:
    once = stable_sorted(values, [(values, False)])

    assert stable_sorted(once, [(once, False)]) == once
    assert sorted(map(order_key, values)) == [order_key(value) for value in once]


@given(JSON, JSON)
def test_the_same_values_have_the_same_identity(left: Any, right: Any) -> None:
    def tagged(value: Any) -> Any:
        if isinstance(value, bool):
            return ("bool", value)
        if isinstance(value, list):
            return [tagged(item) for item in value]
        if isinstance(value, dict):
            return {name: tagged(item) for name, item in value.items()}
        return value

    assert (identity(left) == identity(right)) == (tagged(left) == tagged(right))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [({"count": 0}, []), ({"count": 9}, [1, 2, 3]), ({"count": 0, "from": "end"}, []), ({"count": "1", "from": "end"}, [3])],
)
def test_limit_takes_what_there_is(raw: dict[str, Any], expected: list[int]) -> None:
    assert output("limit", raw, [1, 2, 3]) == expected


@pytest.mark.parametrize("raw", [{}, {"count": -1}, {"count": 1.5}, {"count": None}, {"count": 1, "side": "end"}])
def test_a_limit_that_is_no_count_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(NodeFailure) as caught:
        output("limit", raw, [1])

    assert caught.value.type == "InvalidParameters"


def test_unique_counts_a_missing_value_as_null() -> None:
    assert output("unique", {"by": "$item.k"}, [{"k": None}, {}, {"k": 0}, {"k": False}]) == [{"k": None}, {"k": 0}, {"k": False}]


def aggregated(operation: str, data: Any, value: str | None = "$item.v") -> Any:
    return output("aggregate", {"fields": {"x": {"operation": operation, "value": value}}}, data)["x"]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [("count", 2), ("sum", 5), ("avg", 2.5), ("min", 1), ("max", 4), ("first", 4), ("last", None), ("list", [4, 1, None])],
)
def test_aggregates_leave_null_out(operation: str, expected: Any) -> None:
    assert aggregated(operation, [{"v": 4}, {"v": 1}, {}]) == expected


@pytest.mark.parametrize(
    ("operation", "expected"),
    [("count", 0), ("sum", 0), ("avg", None), ("min", None), ("max", None), ("first", None), ("last", None), ("list", [])],
)
def test_aggregates_of_nothing(operation: str, expected: Any) -> None:
    assert aggregated(operation, []) == expected


def test_sums_are_exact() -> None:
    assert aggregated("sum", [0.1] * 10, None) == 1.0
    assert aggregated("sum", [2**60, 1, 1], None) == 2**60 + 2


@pytest.mark.parametrize("data", [["5"], [True], [[1]], [1e308, 1e308]])
def test_what_cannot_be_summed_fails(data: list[Any]) -> None:
    with pytest.raises(NodeFailure, match=r"the (value|sum)"):
        aggregated("sum", data, None)


def test_groups_come_in_the_order_in_which_they_begin() -> None:
    rows = [{"g": "b"}, {"g": None}, {"g": "a"}, {"g": "b"}, {}]

    assert output("aggregate", {"group_by": "$item.g", "fields": {"n": {"operation": "count"}}}, rows) == [
        {"key": "b", "n": 2},
        {"key": None, "n": 2},
        {"key": "a", "n": 1},
    ]


def test_a_field_cannot_be_called_key_in_groups() -> None:
    with pytest.raises(NodeFailure, match="key is the group's value"):
        output("aggregate", {"group_by": "$item", "fields": {"key": {"operation": "count"}}}, [])


def test_split_keeps_the_rest_and_reaches_into_objects() -> None:
    data = [{"id": 1, "a": {"b": [1, 2], "c": 3}}, {"id": 2, "a": {"b": []}}, {"id": 3, "a": {"b": "x"}}, {"id": 4}]

    assert output("split", {"field": "a.b"}, data) == [
        {"id": 1, "a": {"b": 1, "c": 3}},
        {"id": 1, "a": {"b": 2, "c": 3}},
        {"id": 3, "a": {"b": "x"}},
    ]


def test_split_of_what_is_no_object_fails() -> None:
    with pytest.raises(NodeFailure, match="item 1 is no object"):
        output("split", {"field": "x"}, [{"x": [1]}, 2])


def test_an_expression_over_the_items_says_at_which_item_it_failed() -> None:
    from tests.unit.engine.runs import Run, definition, node

    items = [{"n": 2}, {"n": 3}, {"n": None}]
    error = Run(definition([node("keep", "filter", where="$item.n > 2")]), items).to_the_end()["error"]

    assert error["message"].startswith("in parameter 'where', item 2: {{ $item.n > 2 }} at character 9: ")
    assert error["message"].endswith("on the left is null, on the right a number")
    assert {"parameter": "where", "item": 2, "position": 9}.items() <= error["details"].items()
