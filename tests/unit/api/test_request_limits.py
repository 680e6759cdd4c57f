"""Limits by plan: exact in both windows, one write a request, headers on every answer."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from flows.accounts.plans import PLANS, Plan
from flows.api import limits, public_limit, usage
from flows.api.answer import Answer, ok
from flows.api.app import Api
from flows.aws import tables
from flows.errors import RateLimited

from tests.unit.api.conftest import ACCOUNT, NOON

api = Api("limited")
runs: list[int] = []


@api.get("/x", scope="forms:read")
def read() -> Answer[str]:
    runs.append(1)
    return ok("x")


SMALL = Plan("small", 5, 1_000, retention_days=1, max_concurrent_runs=None, own_gateway_key=False)


def outcome(account: str, plan: Plan) -> bool:
    try:
        limits.count(account, plan)
    except RateLimited:
        return False
    return True


def test_the_plans_are_those_of_the_reference():
    told = {name: (plan.per_minute, plan.per_day) for name, plan in PLANS.items()}

    assert told == {
        "free": (60, 1_000),
        "starter": (120, 10_000),
        "pro": (300, 50_000),
        "business": (600, 200_000),
        "unlimited": (None, None),
    }


def test_of_200_simultaneous_requests_on_free_exactly_60_pass(table, at, one_at_a_time):
    at(NOON)
    passed: list[bool] = []
    threads = [threading.Thread(target=lambda: passed.append(outcome(ACCOUNT, PLANS["free"]))) for _ in range(200)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert passed.count(True) == 60


def test_the_day_window_is_exact_and_ends_at_midnight_utc(table, at):
    small = Plan("small", 10, 25, retention_days=1, max_concurrent_runs=None, own_gateway_key=False)
    passed = 0
    for minute in range(5):
        at(NOON + timedelta(minutes=minute))
        passed += sum(outcome(ACCOUNT, small) for _ in range(10))

    assert passed == 25
    with pytest.raises(RateLimited) as caught:
        limits.count(ACCOUNT, small)
    assert caught.value.details == {
        "limit": 25,
        "window": "day",
        "reset": int(datetime(2036, 3, 2, tzinfo=NOON.tzinfo).timestamp()),
    }
    at(NOON + timedelta(hours=12))
    assert outcome(ACCOUNT, small)


def test_a_new_minute_starts_at_nothing(table, at):
    at(NOON)
    assert [outcome(ACCOUNT, SMALL) for _ in range(6)].count(True) == 5
    at(NOON + timedelta(seconds=30))
    assert outcome(ACCOUNT, SMALL)


def test_a_worker_whose_clock_is_behind_meets_the_same_counter(table, at):
    at(NOON)
    for _ in range(5):
        limits.count(ACCOUNT, SMALL)
    at(NOON + timedelta(minutes=1))
    limits.count(ACCOUNT, SMALL)

    at(NOON)

    assert not outcome(ACCOUNT, SMALL)


def test_every_request_is_one_call_and_the_item_stays_small(table, at):
    for minute in range(0, 1440, 31):
        at(datetime(2036, 3, 1, tzinfo=NOON.tzinfo) + timedelta(minutes=minute))
        counted = usage.begin()
        limits.count(ACCOUNT, PLANS["business"])
        assert counted.calls == 1

    item = tables.get(table, ACCOUNT, "LIMIT#2036-03-01")
    assert item is not None
    assert item["d"] == len(range(0, 1440, 31))
    assert sum(len(str(key)) + 8 for key in item) < 1024


def test_one_account_does_not_use_up_anothers(table, at):
    at(NOON)
    for _ in range(5):
        limits.count(ACCOUNT, SMALL)

    assert outcome("acct_other", SMALL)


def test_headers_count_down_and_stand_on_errors_and_429s_too(send, at):
    at(NOON)

    first, second, unknown = (send(api, "GET", path, plan="free") for path in ("/x", "/x", "/unknown"))

    assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("60", "59")
    assert second.headers["X-RateLimit-Remaining"] == "58"
    assert (unknown.status, unknown.headers["X-RateLimit-Remaining"]) == (404, "57")
    assert int(first.headers["X-RateLimit-Reset"]) == int(NOON.timestamp()) + 30


def test_headers_tell_the_day_when_fewer_are_left_in_it(table, at):
    at(NOON)
    small = Plan("small", 10, 3, retention_days=1, max_concurrent_runs=None, own_gateway_key=False)

    standing = limits.count(ACCOUNT, small)

    assert (standing.limit, standing.remaining, standing.window) == (3, 2, "day")


def test_a_limited_request_does_nothing_else_and_says_when_to_come_again(send, at):
    at(NOON)
    for _ in range(60):
        send(api, "GET", "/x", plan="free")
    runs.clear()

    got = send(api, "GET", "/x", plan="free")

    assert runs == []
    assert (got.status, got.error["code"]) == (429, "RATE_LIMITED")
    assert got.headers["Retry-After"] == "30"
    assert got.headers["X-RateLimit-Remaining"] == "0"
    assert got.error["details"] == {"limit": 60, "window": "minute", "reset": int(NOON.timestamp()) + 30}


def test_an_unlimited_account_is_not_counted(send):
    counted = usage.begin()

    got = send(api, "GET", "/x", plan="unlimited")

    assert got.status == 200
    assert counted.calls == 0
    assert int(got.headers["X-RateLimit-Remaining"]) > 1_000_000


def test_addresses_have_limits_of_their_own_and_are_kept_as_hashes(table, at):
    at(NOON)
    for _ in range(3):
        public_limit.count_address("203.0.113.7", "docs", 3)

    with pytest.raises(RateLimited):
        public_limit.count_address("203.0.113.7", "docs", 3)
    public_limit.count_address("203.0.113.7", "form", 3)
    public_limit.count_address("203.0.113.8", "docs", 3)
    stored = [item["pk"]["S"] for item in _scan(table)]
    assert not any("203.0.113" in pk for pk in stored)


def test_one_customers_ipv6_network_counts_as_one_address(table, at):
    at(NOON)
    public_limit.count_address("2001:db8:1:2::1", "docs", 1)

    with pytest.raises(RateLimited):
        public_limit.count_address("2001:db8:1:2:ffff::9", "docs", 1)
    public_limit.count_address("2001:db8:1:3::1", "docs", 1)


def _scan(table: str) -> list[dict]:
    from flows.aws.clients import client

    return client("dynamodb").scan(TableName=table)["Items"]
