"""Lists of workflows: order, filters, pages, exact totals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flows.aws import clock

from .conftest import Client


@pytest.fixture
def seven(api: Client) -> list[str]:
    """Ids of seven workflows, the oldest first; every second one is published."""
    made = []
    start = datetime.now(UTC) - timedelta(hours=1)
    for number in range(7):
        clock.set_now(lambda number=number: start + timedelta(seconds=number))
        made.append(api.make(name=f"Workflow {'Größe' if number < 3 else 'Other'} {number}")["id"])
        if number % 2:
            api.patch(f"/workflows/{made[-1]}", {"status": "published"})
    return made


def test_newest_first_with_what_lists_show(api: Client, seven: list[str]) -> None:
    reply = api.get("/workflows")

    assert [item["id"] for item in reply.data] == seven[::-1]
    assert set(reply.data[0]) == {"id", "name", "status", "version", "created_at", "updated_at"}
    assert reply.body["meta"] == {"page": 1, "limit": 20, "total": 7, "next_cursor": None, "has_more": False}


def test_pages(api: Client, seven: list[str]) -> None:
    pages = [api.get(f"/workflows?limit=3&page={page}") for page in (1, 2, 3, 4)]

    assert [[item["id"] for item in page.data] for page in pages] == [seven[:3:-1], seven[3:0:-1], seven[:1], []]
    assert pages[1].body["meta"] == {"page": 2, "limit": 3, "total": 7}


def test_cursors_neither_repeat_nor_skip_while_others_write(api: Client, seven: list[str]) -> None:
    first = api.get("/workflows?limit=3")
    clock.set_now(None)
    api.make(name="newer")
    api.delete(f"/workflows/{seven[5]}")
    second = api.get(f"/workflows?limit=3&cursor={first.body['meta']['next_cursor']}")
    third = api.get(f"/workflows?limit=3&cursor={second.body['meta']['next_cursor']}")

    assert [item["id"] for reply in (first, second, third) for item in reply.data] == seven[::-1]
    assert third.body["meta"] == {"limit": 3, "next_cursor": None, "has_more": False}


def test_a_cursor_of_another_account_is_refused(api: Client, other: Client, seven: list[str]) -> None:
    cursor = api.get("/workflows?limit=3").body["meta"]["next_cursor"]

    assert other.get(f"/workflows?limit=3&cursor={cursor}").status == 400
    assert api.get(f"/workflows?limit=3&status=draft&cursor={cursor}").status == 400


def test_filters_and_their_totals(api: Client, seven: list[str]) -> None:
    published = api.get("/workflows?status=published&limit=2")
    drafts = api.get("/workflows?status=draft")
    found = api.get("/workflows?search=GRÖSSE")
    both = api.get("/workflows?search=other&status=published")

    assert [item["id"] for item in published.data] == [seven[5], seven[3]]
    assert published.body["meta"]["total"] == 3
    assert drafts.body["meta"]["total"] == 4
    assert {item["id"] for item in found.data} == set(seven[:3])
    assert found.body["meta"]["total"] == 3
    assert {item["id"] for item in both.data} == {seven[3], seven[5]}
    assert api.get("/workflows?search=nothing").body["meta"]["total"] == 0


def test_totals_follow_publishing_and_deleting(api: Client, seven: list[str]) -> None:
    api.patch(f"/workflows/{seven[1]}", {"status": "draft"})
    api.delete(f"/workflows/{seven[3]}")

    assert api.get("/workflows?status=published").body["meta"]["total"] == 1
    assert api.get("/workflows?status=draft").body["meta"]["total"] == 5
    assert api.get("/workflows").body["meta"]["total"] == 6


@pytest.mark.parametrize("query", ["status=live", "limit=0", "limit=101", "page=0", "cursor=zzz", "colour=red", "limit=x"])
def test_a_bad_parameter_is_named(api: Client, query: str) -> None:
    assert api.get(f"/workflows?{query}").paths == {f"query.{query.split('=', maxsplit=1)[0]}"}
