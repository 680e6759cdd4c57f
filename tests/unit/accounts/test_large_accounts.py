"""An account with as many workflows as it may have lists its first page in two calls of DynamoDB, with the exact total. See ``make bench`` too."""

from __future__ import annotations

from tests.benchmarks import lists

COUNTED_TO_ITS_END = "GET /workflows/{id}/executions?page=1"


def test_first_pages_take_two_calls_and_tell_exact_totals() -> None:
    found = lists.measure(workflows=5_000, executions=3_000)["lists"]

    assert {name: row["calls"] for name, row in found.items() if row["calls"] > 2 and name != COUNTED_TO_ITS_END} == {}
    assert {name: row["total"] for name, row in found.items() if name.startswith("GET /workflows") and "{id}" not in name} == {
        "GET /workflows": 5_000,
        "GET /workflows?page=1": 5_000,
        "GET /workflows?status=published": 500,
        "GET /workflows?status=draft&page=1": 4_500,
        "GET /workflows?search=lead": 5_000,
        "GET /workflows?search=4999": 1,
        "GET /workflows?search=notification&status=published": 500,
    }
    assert found["GET /workflows/{id}/executions?status=failed"]["total"] == _failed_of_the_busy_one()


def _failed_of_the_busy_one() -> int:
    """Every 500th of 3,000 has failed; those with an even number are spread over the workflows, of which one is the first."""
    return sum(1 for number in range(0, 3_000, lists.EACH_FAILED) if number % 2 or number % 5_000 == 0)
