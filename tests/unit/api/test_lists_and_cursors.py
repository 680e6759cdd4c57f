"""Lists: page and cursor, exact totals, signed positions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flows.api import cursors
from flows.api.answer import Listing
from flows.api.app import Api
from flows.api.lists import CursorQuery, ListQuery, WholeQuery, listing, whole, window
from flows.aws.tables import Page
from flows.errors import ValidationFailed
from flows.paging import Listed, Window, walk

from tests.unit.api.conftest import ACCOUNT, NOON

api = Api("lists")
rows: list[int] = []


def read(start: dict[str, Any] | None, limit: int) -> Page:
    """A query over ``rows``, two at most a call, to see that pages are walked to their end."""
    rest = [row for row in rows if start is None or row > start["n"]]
    shown = rest[: min(limit, 2)]
    return Page([{"n": row} for row in shown], {"n": shown[-1]} if len(rest) > len(shown) else None)


def listed(wanted: Window, keep: Callable[[dict[str, Any]], bool] | None = None) -> Listed[dict[str, Any]]:
    return walk(read, wanted, key_of=lambda item: {"n": item["n"]}, keep=keep, total=len(rows))


@api.get("/rows", scope="forms:read")
def list_rows(query: ListQuery, status: str | None = None) -> Listing[int]:
    filters = {"status": status}
    return listing(listed(window(query, "rows", filters)), query, "rows", filters, view=lambda item: item["n"])


@api.get("/events", scope="forms:read")
def list_events(query: CursorQuery) -> Listing[int]:
    return listing(listed(window(query, "events", {})), query, "events", {}, view=lambda item: item["n"])


@pytest.fixture(autouse=True)
def ten_rows():
    rows[:] = range(10)


def test_a_list_is_20_a_page_by_default_and_tells_how_to_go_on_both_ways(send):
    rows[:] = range(25)

    got = send(api, "GET", "/rows").json

    assert got["data"] == list(range(20))
    assert got["meta"].pop("next_cursor")
    assert got["meta"] == {"page": 1, "limit": 20, "total": 25, "has_more": True}


def test_pages_are_counted_from_one_and_end_empty(send):
    pages = [send(api, "GET", "/rows", query={"limit": "4", "page": str(page)}).json for page in (1, 2, 3, 4)]

    assert [page["data"] for page in pages] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9], []]
    assert pages[1]["meta"] == {"page": 2, "limit": 4, "total": 10}


def walk_all(send: Any, path: str, between: Callable[[], None] = lambda: None) -> list[int]:
    found: list[int] = []
    query = {"limit": "3"}
    while True:
        got = send(api, "GET", path, query=query).json
        found += got["data"]
        if not got["meta"]["has_more"]:
            assert got["meta"]["next_cursor"] is None
            return found
        assert len(got["data"]) == 3
        query = {"limit": "3", "cursor": got["meta"]["next_cursor"]}
        between()


def test_a_cursor_walks_everything_once(send):
    assert walk_all(send, "/rows") == list(range(10))
    assert walk_all(send, "/events") == list(range(10))


def test_has_more_is_false_when_the_last_page_is_full(send):
    rows[:] = range(6)
    first = send(api, "GET", "/rows", query={"limit": "3"}).json["meta"]["next_cursor"]

    got = send(api, "GET", "/rows", query={"limit": "3", "cursor": first}).json

    assert got["meta"] == {"limit": 3, "next_cursor": None, "has_more": False}


def test_what_was_there_throughout_comes_once_while_others_write_and_delete(send):
    rows[:] = list(range(0, 40, 2))
    kept = set(rows) - {4, 10}

    def between() -> None:
        rows[:] = sorted(({*rows} | {len(rows) * 2 + 1, 1}) - {4, 10})

    found = walk_all(send, "/rows", between)

    assert kept <= set(found)
    assert len(found) == len(set(found))


def test_a_filter_that_drops_most_still_fills_the_page(table):
    rows[:] = range(100)

    found = listed(Window(3), keep=lambda item: item["n"] % 10 == 0)
    rest = listed(Window(3, None, found.next_key), keep=lambda item: item["n"] % 10 == 0)

    assert [item["n"] for item in found.items + rest.items] == [0, 10, 20, 30, 40, 50]


def test_a_list_by_cursor_knows_no_page(send):
    assert send(api, "GET", "/events", query={"page": "1"}).problems == {"query.page": "unknown_parameter"}
    assert set(send(api, "GET", "/events").json["meta"]) == {"limit", "next_cursor", "has_more"}


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", ""])
def test_a_limit_is_1_to_100(send, limit):
    assert list(send(api, "GET", "/rows", query={"limit": limit}).problems) == ["query.limit"]


def test_page_and_cursor_exclude_each_other(send):
    cursor = send(api, "GET", "/rows", query={"limit": "3"}).json["meta"]["next_cursor"]

    assert send(api, "GET", "/rows", query={"cursor": cursor, "page": "1"}).problems == {"query.page": "conflict"}


def test_a_cursor_of_another_account_route_or_filter_or_an_altered_one_is_refused(send):
    cursor = send(api, "GET", "/rows", query={"limit": "3"}).json["meta"]["next_cursor"]
    flipped = cursor[:30] + ("A" if cursor[30] != "A" else "B") + cursor[31:]

    refused = [
        send(api, "GET", "/rows", query={"cursor": cursor}, account="acct_other"),
        send(api, "GET", "/events", query={"cursor": cursor}),
        send(api, "GET", "/rows", query={"cursor": cursor, "status": "x"}),
        *(
            send(api, "GET", "/rows", query={"cursor": bad})
            for bad in (flipped, cursor[:-1], cursor + "A", "abc", "é", "=" * 8, "")
        ),
    ]

    assert [got.problems for got in refused] == [{"query.cursor": "cursor"}] * len(refused)


def test_every_altered_character_is_noticed(table):
    cursor = cursors.write({"n": 1}, [ACCOUNT])
    for index, char in enumerate(cursor):
        altered = cursor[:index] + ("A" if char != "A" else "B") + cursor[index + 1 :]
        with pytest.raises(ValidationFailed):
            cursors.read(altered, [ACCOUNT])


def test_a_cursor_is_good_for_a_day(table, at):
    at(NOON)
    cursor = cursors.write({"n": 1}, [ACCOUNT])

    at(NOON + timedelta(hours=23))
    assert cursors.read(cursor, [ACCOUNT]) == {"n": 1}
    at(NOON + timedelta(hours=24, seconds=1))
    with pytest.raises(ValidationFailed):
        cursors.read(cursor, [ACCOUNT])


def test_without_a_signing_secret_nothing_is_signed(table, monkeypatch):
    from flows.aws.settings import settings

    monkeypatch.setenv("SIGNING_SECRET", "")
    settings.cache_clear()

    with pytest.raises(RuntimeError):
        cursors.write({"n": 1}, [ACCOUNT])


@api.get("/catalogue", scope="forms:read")
def list_catalogue(query: WholeQuery) -> Listing[int]:
    return whole(list(range(150)), query, "catalogue")


def test_a_catalogue_comes_whole_and_in_pages_when_asked(send):
    got = send(api, "GET", "/catalogue").json

    assert got["data"] == list(range(150))
    assert got["meta"] == {"page": 1, "limit": 150, "total": 150, "next_cursor": None, "has_more": False}
    assert send(api, "GET", "/catalogue", query={"limit": "100", "page": "2"}).data == list(range(100, 150))
    first = send(api, "GET", "/catalogue", query={"limit": "90"}).json
    assert send(api, "GET", "/catalogue", query={"limit": "90", "cursor": first["meta"]["next_cursor"]}).data == list(
        range(90, 150)
    )
