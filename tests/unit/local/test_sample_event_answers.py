"""What an event's expectation says of an answer."""

from __future__ import annotations

from typing import Any

import pytest

from local.events import differences


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        ({"statusCode": 200}, {"statusCode": 200, "headers": {}}),
        ({"body": {"success": True}}, {"body": '{"success": true, "data": []}'}),
        ({"id": "*"}, {"id": "wf_1"}),
        ([{"a": 1}], [{"a": 1, "b": 2}]),
        ([], []),
    ],
)
def test_an_answer_that_contains_what_is_expected_differs_in_nothing(expected: Any, answer: Any) -> None:
    assert list(differences(expected, answer)) == []


@pytest.mark.parametrize(
    ("expected", "answer", "difference"),
    [
        ({"statusCode": 200}, {"statusCode": 404}, "answer.statusCode is 404, expected 200"),
        ({"statusCode": 200}, {}, "answer.statusCode is missing"),
        ({"body": {"success": True}}, {"body": "<html>"}, "answer.body is no JSON: <html>"),
        ({"items": []}, {"items": [1]}, "answer.items has 1 elements, expected 0"),
        ({"flag": True}, {"flag": 1}, "answer.flag is 1, expected true"),
    ],
)
def test_a_difference_is_named_with_its_place(expected: Any, answer: Any, difference: str) -> None:
    assert list(differences(expected, answer)) == [difference]
