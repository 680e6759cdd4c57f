"""Idempotency-Key: one effect, the first answer again, for 24 hours."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from flows.api import idempotency
from flows.api.answer import Answer, ok
from flows.api.app import Api
from flows.api.caller import caller
from flows.errors import Conflict, FlowsError
from pydantic import BaseModel, ConfigDict

from tests.unit.api.conftest import NOON, event

KEY = {"Idempotency-Key": "order-1"}
effects: list[str] = []
behaviour: dict[str, Any] = {}


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str


api = Api("orders")


def act(name: str) -> Answer[dict[str, str]]:
    made = caller().new_id("wf")
    effects.append(made)
    if behaviour.get("after"):
        raise behaviour["after"]
    return ok({"id": made, "name": name, "text": "é" * behaviour.get("size", 1)})


@api.post("/orders", scope="forms:write", status=201)
def create(body: Order) -> Answer[dict[str, str]]:
    return act(body.name)


@api.post("/orders/<order_id>/again", scope="forms:write")
def again(order_id: str, force: bool = False) -> Answer[dict[str, str]]:
    return act(f"{order_id} {force}")


@api.post("/secrets", scope="forms:write", status=201, secret_answer=True)
def secret(body: Order) -> Answer[dict[str, str]]:
    made = caller().derived("secret").hex()
    effects.append(made)
    return ok({"secret": made})


@pytest.fixture(autouse=True)
def fresh():
    effects.clear()
    behaviour.clear()


def test_the_same_request_gets_the_first_answer_again(send):
    first = send(api, "POST", "/orders", {"name": "a"}, headers=KEY)
    second = send(api, "POST", "/orders", b'{ "name" : "a" }', headers=KEY)

    assert (second.status, second.body) == (first.status, first.body)
    assert len(effects) == 1
    assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]


def test_without_a_key_each_request_is_its_own(send):
    assert send(api, "POST", "/orders", {"name": "a"}).data != send(api, "POST", "/orders", {"name": "a"}).data


@pytest.mark.parametrize(
    ("path", "body", "query"),
    [("/orders", {"name": "b"}, None), ("/orders/1/again", None, None), ("/orders", {"name": "a"}, {"x": "1"})],
)
def test_the_key_is_bound_to_route_query_and_body(send, path, body, query):
    send(api, "POST", "/orders", {"name": "a"}, headers=KEY)

    got = send(api, "POST", path, body, query=query, headers=KEY)

    assert got.status in (400, 409)
    assert got.error["code"] == ("VALIDATION_ERROR" if query else "CONFLICT")
    assert len(effects) == 1


def test_a_query_parameter_makes_another_request(send):
    send(api, "POST", "/orders/1/again", headers=KEY)

    assert send(api, "POST", "/orders/1/again", query={"force": "true"}, headers=KEY).error["code"] == "CONFLICT"


def test_the_key_is_bound_to_the_account(send):
    mine = send(api, "POST", "/orders", {"name": "a"}, headers=KEY)
    theirs = send(api, "POST", "/orders", {"name": "a"}, headers=KEY, account="acct_other")

    assert mine.data["id"] != theirs.data["id"]


def test_after_24_hours_the_key_is_new(send, at):
    at(NOON)
    first = send(api, "POST", "/orders", {"name": "a"}, headers=KEY)

    at(NOON + timedelta(hours=24, seconds=1))
    second = send(api, "POST", "/orders", {"name": "b"}, headers=KEY)

    assert second.status == 201
    assert second.data["id"] != first.data["id"]


def test_concurrent_duplicates_have_one_effect_and_the_same_answer(table, one_at_a_time):
    answers: list[Any] = []

    def run() -> None:
        claimed = idempotency.claim("acct_1", "k", _request(), {"name": "a"})
        if isinstance(claimed, idempotency.Stored):
            answers.append(claimed.body)
            return
        time.sleep(0.3)
        effects.append("effect")
        idempotency.settle(claimed, 201, {}, "the answer", keep=True)
        answers.append("the answer")

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert effects == ["effect"]
    assert answers == ["the answer"] * 8


def test_a_duplicate_that_waited_long_enough_is_told_that_it_is_in_progress(table, monkeypatch):
    monkeypatch.setattr(idempotency, "PATIENCE", 0.2)
    idempotency.claim("acct_1", "k", _request(), {})

    with pytest.raises(Conflict, match="in progress"):
        idempotency.claim("acct_1", "k", _request(), {})


def test_a_crash_between_effect_and_answer_makes_the_same_thing_again(send, at):
    at(NOON)
    behaviour["after"] = RuntimeError("the worker dies")
    assert send(api, "POST", "/orders", {"name": "a"}, headers=KEY).status == 500
    behaviour.clear()
    at(NOON + timedelta(seconds=5))

    got = send(api, "POST", "/orders", {"name": "a"}, headers=KEY)

    assert got.status == 201
    assert effects == [got.data["id"]] * 2


def test_a_worker_that_vanished_is_replaced_when_its_lease_ends(table, at):
    at(NOON)
    lost = idempotency.claim("acct_1", "k", _request(), {})
    at(NOON + timedelta(seconds=idempotency.LEASE + 1))

    found = idempotency.claim("acct_1", "k", _request(), {})

    assert isinstance(found, idempotency.Claim)
    assert isinstance(lost, idempotency.Claim)
    assert found.repeatable == lost.repeatable
    idempotency.settle(lost, 201, {}, "too late", keep=True)
    idempotency.settle(found, 201, {}, "in time", keep=True)
    stored = idempotency.claim("acct_1", "k", _request(), {})
    assert isinstance(stored, idempotency.Stored)
    assert stored.body == "in time"


def test_a_refusal_that_stays_is_kept_and_one_that_passes_is_not(send):
    behaviour["after"] = Conflict("taken")
    assert send(api, "POST", "/orders", {"name": "a"}, headers=KEY).status == 409
    behaviour["after"] = FlowsError()
    assert send(api, "POST", "/orders", {"name": "a"}, headers=KEY).error["message"] == "taken"
    other = {"Idempotency-Key": "order-2"}
    assert send(api, "POST", "/orders", {"name": "a"}, headers=other).status == 500
    behaviour.clear()
    assert send(api, "POST", "/orders", {"name": "a"}, headers=other).status == 201


def test_an_answer_too_large_to_keep_is_made_again_with_the_same_ids(send):
    behaviour["size"] = 200_000
    first = send(api, "POST", "/orders", {"name": "a"}, headers=KEY)
    second = send(api, "POST", "/orders", {"name": "a"}, headers=KEY)

    assert first.body == second.body
    assert len(effects) == 2


def test_an_answer_with_a_secret_is_never_stored_but_made_again(send, table):
    from flows.aws.clients import client

    first = send(api, "POST", "/secrets", {"name": "a"}, headers=KEY)
    second = send(api, "POST", "/secrets", {"name": "a"}, headers=KEY)

    assert first.body == second.body
    assert ("Idempotent-Replayed" in first.headers, second.headers["Idempotent-Replayed"]) == (False, "true")
    assert first.data["secret"] not in str(client("dynamodb").scan(TableName=table)["Items"])


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "a\tb"])
def test_a_key_is_1_to_255_printable_characters(send, key):
    got = send(api, "POST", "/orders", {"name": "a"}, headers={"Idempotency-Key": key})

    assert got.problems == {"header.Idempotency-Key": "idempotency_key"}
    assert effects == []


def _request():
    from flows.api import request

    return request.read(event("POST", "/orders", {"name": "a"}))


def test_a_claim_whose_answer_got_lost_is_known_by_its_owner(table):
    from flows.aws.clients import client

    # boto3 sends the put again when its answer is lost; the second one fails, on our own item.
    lost: list[str] = []

    def again(params: dict[str, Any], **_: Any) -> None:
        if not lost:
            lost.append("once")
            client("dynamodb").put_item(TableName=table, Item=params["Item"])

    client("dynamodb").meta.events.register("provide-client-params.dynamodb.PutItem", lambda params, **_: again(params))

    claimed = idempotency.claim("acct_1", "k", _request(), {})

    assert lost
    assert isinstance(claimed, idempotency.Claim)
