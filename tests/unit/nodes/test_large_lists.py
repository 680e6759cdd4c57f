"""Lists and texts larger than what an expression may make."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.engine.runs import Run, definition, node

ORDERS = [{"id": number, "name": "x" * 40} for number in range(10_000)]


@pytest.mark.parametrize("items", ["orders", "$input.orders", "{{ orders }}"])
def test_a_list_that_is_there_may_be_as_large_as_an_output(items: str) -> None:
    end = Run(definition([node("it", "limit", items=items, count=1, **{"from": "end"})]), {"orders": ORDERS}).to_the_end()

    assert (end["status"], end["output"]) == ("completed", [ORDERS[-1]])


@pytest.mark.parametrize("items", [None, "$", "$input"])
def test_so_may_the_input_itself(items: str | None) -> None:
    raw: dict[str, Any] = {"where": "$item.id = 9999"} if items is None else {"where": "$item.id = 9999", "items": items}

    end = Run(definition([node("it", "filter", **raw)]), ORDERS).to_the_end()

    assert (end["status"], end["output"]) == ("completed", [ORDERS[-1]])


def test_a_list_that_an_expression_makes_is_bounded() -> None:
    end = Run(definition([node("it", "limit", items="orders[id >= 0]", count=1)]), {"orders": ORDERS}).to_the_end()

    assert end["status"] == "failed"
    assert "256 KB" in end["error"]["message"]


def test_a_text_that_is_there_may_be_handed_on_whole() -> None:
    page = {"body": "<p>" + "x" * 1_000_000}

    end = Run(definition([node("it", "html", operation="to_text", html="{{ body }}")]), page).to_the_end()

    assert (end["status"], len(end["output"]["text"])) == ("completed", 1_000_000)


def test_all_that_is_handed_on_is_at_most_what_an_output_may_be() -> None:
    values = {f"copy{number}": "{{ body }}" for number in range(12)}

    end = Run(definition([node("it", "set", values=values)]), {"body": "x" * 1_000_000}).to_the_end()

    assert end["status"] == "failed"
    assert "values.copy10" in end["error"]["message"]


def test_a_text_that_an_expression_makes_is_bounded() -> None:
    end = Run(definition([node("it", "set", values={"a": "{{ body & '' }}"})]), {"body": "x" * 500_000}).to_the_end()

    assert "256 KB" in end["error"]["message"]
