"""Lists."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import Use
from sdk_server import Asked, Reply, Server, ok

from yourapp import AsyncClient, AsyncPage, Client, Page

NOW = "2024-01-15T10:00:00Z"


def key(number: int) -> dict[str, Any]:
    return {"id": f"key_{number}", "name": "k", "scopes": ["*"], "created_at": NOW}


def by_page(asked: Asked) -> Reply:
    page, limit = int(asked.query.get("page", 1)), int(asked.query.get("limit", 2))
    keys = [key(number) for number in range(5)][(page - 1) * limit : page * limit]
    return ok(keys, page=page, limit=limit, total=5)


def by_cursor(asked: Asked) -> Reply:
    begin = int(asked.query.get("cursor", "c0")[1:])
    more = begin + 2 < 5
    return ok(
        [key(n) for n in range(5)][begin : begin + 2], limit=2, next_cursor=f"c{begin + 2}" if more else None, has_more=more
    )


@pytest.mark.parametrize("answer", [by_page, by_cursor])
def test_iterating_goes_over_all_pages(use: Use, server: Server, answer: Any) -> None:
    server.answer = answer

    found = use(lambda client: client.api_keys.list(limit=2))

    assert [item.id for item in found] == [f"key_{number}" for number in range(5)]
    assert len(server.asked) == 3
    assert all(asked.query["limit"] == "2" for asked in server.asked)


def test_filters_go_with_every_page(server: Server) -> None:
    server.answer = lambda asked: ok([], limit=1, next_cursor="n" if "cursor" not in asked.query else None)
    with Client("k", base_url=server.url) as client:
        page = client.workflows.executions("wf_1", status="failed", from_="2024-01-01")
        assert page.next_page() is not None

    assert server.asked[1].query == {"status": "failed", "from": "2024-01-01", "cursor": "n"}


def test_a_page_tells_what_is_known(server: Server) -> None:
    server.answer = by_page
    with Client("k", base_url=server.url) as client:
        page = client.api_keys.list(limit=2)

        assert isinstance(page, Page)
        assert (len(page), page.total, page.page, page.limit, page.has_more) == (5, 5, 1, 2, True)
        assert (len(page.data), page[0].id, bool(page)) == (2, "key_0", True)
        assert [len(each.data) for each in page.pages()] == [2, 2, 1]
        assert repr(page) == "<Page: 2 of 5 ApiKey, has_more=True>"


def test_the_length_of_a_cursor_list_is_not_known(server: Server) -> None:
    server.answer = by_cursor
    with Client("k", base_url=server.url) as client:
        page = client.api_keys.list()
        assert page
        assert len(list(page)) == 5
        with pytest.raises(TypeError, match="not known"):
            len(page)


def test_an_empty_list_ends(use: Use, server: Server) -> None:
    server.will(ok([], page=1, limit=20, total=0))
    assert use(lambda client: client.workflows.list()) == []
    assert len(server.asked) == 1


def test_the_async_list_can_be_awaited_for_a_page_too(server: Server) -> None:
    server.answer = by_page

    async def go() -> None:
        async with AsyncClient("k", base_url=server.url) as client:
            page = await client.api_keys.list(limit=2)
            assert isinstance(page, AsyncPage)
            assert len(page) == 5
            assert [item.id async for item in page][-1] == "key_4"
            following = await page.next_page()
            assert following is not None
            assert following[0].id == "key_2"

    asyncio.run(go())
