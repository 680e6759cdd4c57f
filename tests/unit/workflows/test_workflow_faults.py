"""A request that dies at any of its AWS calls, and is sent again, ends as one that did not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flows.aws import clients, clock
from flows.triggers import index
from flows.webhooks import events

from .conftest import Client, stored

NODES = [{"id": "hook", "type": "webhook"}, {"id": "a", "type": "noop"}]


class Dies(Exception):
    """The machine stops here."""


class Fault:
    """Makes the n-th call of DynamoDB fail: before it does anything, or after it did it, with its answer lost."""

    def __init__(self) -> None:
        self.left = -1
        self.after = False
        self.seen = 0
        hooks = clients.client("dynamodb").meta.events
        hooks.register("before-call.dynamodb.*", self._before)
        hooks.register("after-call.dynamodb.*", self._after)

    def at(self, call: int, *, after: bool) -> None:
        self.left, self.after, self.seen = call, after, 0

    def off(self) -> None:
        self.left, self.seen = -1, 0

    def _before(self, **_: Any) -> None:
        self.seen += 1
        if not self.after and self.seen == self.left:
            raise Dies

    def _after(self, **_: Any) -> None:
        if self.after and self.seen == self.left:
            raise Dies


@pytest.fixture
def fault(api: Client) -> Iterator[Fault]:
    fault = Fault()
    yield fault
    fault.off()


def later() -> None:
    """The lease of an Idempotency-Key has run out: its first request has died."""
    moment = clock.now() + timedelta(seconds=60)
    clock.set_now(lambda: moment)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_create_that_died_makes_one_workflow_when_it_is_sent_again(api: Client, fault: Fault, call: int, after: bool) -> None:
    key = {"Idempotency-Key": "create"}
    fault.at(call, after=after)
    assert api.post("/workflows", {"name": "Once", "nodes": NODES}, headers=key).status == 500
    fault.off()
    later()

    again = api.post("/workflows", {"name": "Once", "nodes": NODES}, headers=key)

    listed = api.get("/workflows")
    assert again.status == 201
    assert [item["id"] for item in listed.data] == [again.data["id"]]
    assert listed.body["meta"]["total"] == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", [1, 2])
def test_a_publication_that_died_is_one_publication_when_it_is_sent_again(
    api: Client, fault: Fault, call: int, after: bool
) -> None:
    made = api.make(nodes=NODES)
    path = f"/workflows/{made['id']}"
    fault.at(call, after=after)
    assert api.patch(path, {"status": "published"}).status == 500
    fault.off()

    again = api.patch(path, {"status": "published"})

    meta = stored(f"{api.account_id}#{made['id']}", "workflow")
    assert (again.data["status"], again.data["published_version"], again.data["version"]) == ("published", 1, 1)
    assert meta["revision"] == 2
    assert api.get("/workflows?status=published").body["meta"]["total"] == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", [1, 2])
def test_a_delete_that_died_leaves_all_or_nothing(api: Client, fault: Fault, call: int, after: bool) -> None:
    made = api.make(nodes=NODES)
    path = f"/workflows/{made['id']}"
    api.patch(path, {"status": "published"})
    hook = stored(f"{api.account_id}#{made['id']}", "workflow")["trigger_keys"]
    fault.at(call, after=after)
    assert api.delete(path).status == 500
    fault.off()

    happened = call == 2 and after
    assert api.get(path).status == (404 if happened else 200)
    assert api.delete(path).status == (404 if happened else 200)
    assert api.get("/workflows").body["meta"]["total"] == 0
    assert api.get("/workflows?status=published").body["meta"]["total"] == 0
    assert hook != "[]"


def test_two_writers_of_the_same_moment_both_count(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = api.make()
    path = f"/workflows/{made['id']}"
    between: list[str] = ["once"]

    def interfere(**_: Any) -> None:
        if between:
            between.pop()
            api_two = Client(api.handler, account_id=api.account_id)
            assert api_two.patch(path, {"variables": {"second": 2}}).status == 200

    clients.client("dynamodb").meta.events.register("before-call.dynamodb.TransactWriteItems", interfere)
    from flows.workflows import service

    changed = service.change(api.account_id, made["id"], {"name": "first"}, lambda scope: None)

    assert (changed.workflow.name, changed.workflow.version) == ("first", 2)
    assert api.get(path).data["variables"] == {"second": 2}


def test_an_event_recorded_twice_is_one_event() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)

    first, second = (events.new_event("workflow.published", {"workflow_id": "wf_1"}, "wf_1|1", at) for _ in range(2))

    assert first == second
    assert first["id"] != events.new_event("workflow.published", {"workflow_id": "wf_1"}, "wf_1|2", at)["id"]


def test_an_index_item_holds_no_token() -> None:
    tokens = index.hook_tokens({"nodes": NODES}, {})

    items = index.items("acct_1", "wf_1", 1, {"nodes": NODES}, tokens)

    assert len(tokens["hook"]) >= 22
    assert tokens["hook"] not in repr(items)
