"""When schedules fire: across changes of the clock, within their dates, and never before they were published."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest
from flows.triggers import clockwork


def moments(parameters: dict[str, Any], after: str, count: int = 3, published: str = "2026-01-01T00:00:00") -> list[str]:
    rule = clockwork.rule_of(parameters, datetime.fromisoformat(published).replace(tzinfo=UTC))
    found = list(islice(clockwork.ticks(rule, datetime.fromisoformat(after).replace(tzinfo=UTC)), count))
    return [moment.strftime("%Y-%m-%dT%H:%M:%S") for moment in found]


def test_nine_o_clock_stays_nine_o_clock_when_summer_time_begins_and_ends() -> None:
    nine = {"cron": "0 9 * * *", "timezone": "Europe/Berlin"}

    assert moments(nine, "2026-03-28T00:00:00") == ["2026-03-28T08:00:00", "2026-03-29T07:00:00", "2026-03-30T07:00:00"]
    assert moments(nine, "2026-10-24T00:00:00") == ["2026-10-24T07:00:00", "2026-10-25T08:00:00", "2026-10-26T08:00:00"]


def test_a_time_that_the_clock_skips_does_not_come_on_that_day() -> None:
    half_past_two = {"cron": "30 2 * * *", "timezone": "Europe/Berlin"}

    assert moments(half_past_two, "2026-03-27T12:00:00", 2) == ["2026-03-28T01:30:00", "2026-03-30T00:30:00"]


def test_a_time_that_the_clock_shows_twice_comes_once() -> None:
    half_past_two = {"cron": "30 2 * * *", "timezone": "Europe/Berlin"}

    assert moments(half_past_two, "2026-10-24T12:00:00", 2) == ["2026-10-25T00:30:00", "2026-10-26T01:30:00"]
    # Asked between the two: the first has been, the second is none.
    assert moments(half_past_two, "2026-10-25T00:45:00", 1) == ["2026-10-26T01:30:00"]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham", "UTC"])
def test_ticks_are_in_order_and_on_the_wall_clock_of_their_zone(zone: str) -> None:
    from zoneinfo import ZoneInfo

    rule = clockwork.rule_of({"cron": "15 */3 * * *", "timezone": zone}, datetime(2026, 1, 1, tzinfo=UTC))
    found = list(islice(clockwork.ticks(rule, datetime(2026, 3, 1, tzinfo=UTC)), 2_000))

    assert found == sorted(set(found))
    assert {moment.astimezone(ZoneInfo(zone)).minute for moment in found} == {15}
    assert {moment.astimezone(ZoneInfo(zone)).hour % 3 for moment in found} == {0}


def test_a_leap_day_is_found_and_a_day_that_never_comes_is_refused() -> None:
    assert moments({"cron": "0 0 29 2 *"}, "2026-03-01T00:00:00", 1) == ["2028-02-29T00:00:00"]
    with pytest.raises(ValueError, match="never comes"):
        moments({"cron": "0 0 31 2 *"}, "2026-03-01T00:00:00", 1)


def test_the_next_ten_leap_days_are_all_found() -> None:
    found = moments({"cron": "0 0 29 2 *"}, "2026-11-26T00:00:00", 10)

    assert [moment[:4] for moment in found] == [str(year) for year in range(2028, 2068, 4)]


def test_an_interval_counts_from_publication_or_from_its_start() -> None:
    every = {"every": {"minutes": 15}}

    assert moments(every, "2026-01-01T00:00:00", 2, "2026-01-01T00:05:00") == ["2026-01-01T00:20:00", "2026-01-01T00:35:00"]
    assert moments({**every, "start_at": "2026-02-01T00:07:00Z"}, "2026-01-05T00:00:00", 2) == [
        "2026-02-01T00:07:00",
        "2026-02-01T00:22:00",
    ]
    assert moments({**every, "start_at": "2020-01-01T00:07:00Z"}, "2026-01-05T00:07:00", 1) == ["2026-01-05T00:22:00"]


def test_no_tick_comes_before_the_start_or_after_the_end() -> None:
    daily = {"cron": "0 12 * * *", "start_at": "2026-01-10T12:00:00Z", "end_at": "2026-01-11T12:00:00Z"}

    assert moments(daily, "2026-01-01T00:00:00", 5) == ["2026-01-10T12:00:00", "2026-01-11T12:00:00"]


def test_the_rate_of_an_interval_is_written_as_aws_reads_it() -> None:
    def expression(**every: int) -> str:
        return clockwork.rule_of({"every": every}, datetime(2026, 1, 1, tzinfo=UTC)).expression

    assert [expression(minutes=1), expression(hours=2), expression(days=1)] == ["rate(1 minute)", "rate(2 hours)", "rate(1 day)"]
