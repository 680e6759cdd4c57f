"""Crontab's five fields become EventBridge Scheduler's six, and mean the same."""

from __future__ import annotations

import pytest
from flows.triggers.cron import CannotSay, to_aws


@pytest.mark.parametrize(
    ("crontab", "expected"),
    [
        ("* * * * *", "cron(* * * * ? *)"),
        ("*/15 9-17 * * 1-5", "cron(0/15 9-17 ? * MON,TUE,WED,THU,FRI *)"),
        ("0 9 * * MON-FRI", "cron(0 9 ? * MON,TUE,WED,THU,FRI *)"),
        ("0 9 * * 0", "cron(0 9 ? * SUN *)"),
        ("0 9 * * 7", "cron(0 9 ? * SUN *)"),
        ("0 9 * * 5-7", "cron(0 9 ? * SUN,FRI,SAT *)"),
        ("0 9 * * */2", "cron(0 9 ? * SUN,TUE,THU,SAT *)"),
        ("0 0 1 JAN *", "cron(0 0 1 1 ? *)"),
        ("0 0 31 12 *", "cron(0 0 31 12 ? *)"),
        ("5,10,15 */6 * * *", "cron(5,10,15 0/6 * * ? *)"),
        ("1-59/2 * * * *", "cron(1/2 * * * ? *)"),
        ("0-10/5 * * * *", "cron(0,5,10 * * * ? *)"),
        ("0-59 0-23 1-31 1-12 0-6", "cron(* * * * ? *)"),
        ("0 0 */10 * *", "cron(0 0 1/10 * ? *)"),
        ("3,4,5,9 * * * *", "cron(3-5,9 * * * ? *)"),
    ],
)
def test_each_notation_is_written_as_aws_reads_it(crontab: str, expected: str) -> None:
    assert to_aws(crontab) == expected


def test_two_restricted_day_fields_cannot_be_said() -> None:
    with pytest.raises(CannotSay):
        to_aws("0 0 1 * 1")


def test_the_longest_expression_fits() -> None:
    minutes = ",".join(str(minute) for minute in range(60) if minute % 3 != 2)
    hours = ",".join(str(hour) for hour in range(24) if hour % 3 != 2)
    days = ",".join(str(day) for day in range(1, 32) if day % 3)

    assert len(to_aws(f"{minutes} {hours} {days} 1,2,4,5,7,8,10,11 *")) <= 256
