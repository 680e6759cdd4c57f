"""An event's identity and size."""

from datetime import UTC, datetime, timedelta

from flows import strict_json
from flows.webhooks.events import MAX_DATA_BYTES, new_event

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_work_that_runs_twice_makes_the_same_event():
    assert new_event("form.submitted", {"a": 1}, "sub_1", AT) == new_event("form.submitted", {"a": 1}, "sub_1", AT)


def test_another_type_seed_or_moment_is_another_event():
    events = [
        new_event("form.submitted", {}, "sub_1", AT),
        new_event("form.submitted", {}, "sub_2", AT),
        new_event("workflow.executed", {}, "sub_1", AT),
        new_event("form.submitted", {}, "sub_1", AT + timedelta(seconds=1)),
    ]

    assert len({event["id"] for event in events}) == 4
    assert events[0]["id"] < events[3]["id"]


def test_an_event_says_what_and_when():
    event = new_event("form.submitted", {"a": 1.5}, "sub_1", AT)

    assert list(event) == ["id", "type", "created_at", "data"]
    assert event["created_at"] == "2026-01-02T03:04:05.000Z"
    assert event["id"].startswith("evt_")


def test_what_is_too_large_is_left_out_with_a_mark_and_the_rest_stays():
    data = {"execution_id": "exec_1", "output": "x" * MAX_DATA_BYTES, "status": "completed"}

    kept = new_event("workflow.executed", data, "exec_1", AT)["data"]

    assert kept == {
        "execution_id": "exec_1",
        "output": {"$truncated": True, "size": MAX_DATA_BYTES + 2},
        "status": "completed",
    }
    assert strict_json.size(kept) < MAX_DATA_BYTES


def test_data_at_the_limit_stays_whole():
    data = {"output": "x" * (MAX_DATA_BYTES - len('{"output":""}'))}

    assert new_event("workflow.executed", data, "exec_1", AT)["data"] == data
