"""Answers to waiting runs: written first, then the parked machine is woken; nothing is lost in between."""

from __future__ import annotations

import hashlib
from typing import Any

from flows import strict_json
from flows.aws import clock, tables
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item, Write
from flows.engine.state import Scope
from flows.errors import Conflict, NotFound
from flows.executions import values
from flows.executions.records import FINAL, LOST_AFTER, RUN, due, partition

_DEAD = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")


def answer(
    account_id: str,
    execution_id: str,
    scope: Scope,
    node_id: str,
    kind: str,
    data: Any,
    answer_id: str,
    *,
    at_once: bool = True,
) -> bool:
    """Give a waiting node an answer.

    Args:
        account_id, execution_id, scope, node_id: the node.
        kind: ``approval``, ``webhook`` or ``execution``.
        data: JSON.
        answer_id: what makes this answer this one: a second one with the same id counts for nothing.
        at_once: wake the parked machine here; else the table's stream does, which saves a request two calls.

    Returns:
        False when an answer with this id was there already.

    Raises:
        NotFound: no such run.
        Conflict: the run has ended.
    """
    table, pk = settings().executions_table, partition(account_id, execution_id)
    once = hashlib.sha256(answer_id.encode()).hexdigest()[:32]
    item: Item = {
        "pk": pk,
        "sk": f"{_place(scope, node_id)}{once}",
        "account_id": account_id,
        "scope": strict_json.dumps([list(step) for step in scope]),
        "node_id": node_id,
        "kind": kind,
        "data": strict_json.dumps(values.pack(account_id, execution_id, data)),
        "at": clock.now_iso(),
        "ttl": clock.epoch() + 400 * 86_400,
    }
    again = due(execution_id, clock.now() + LOST_AFTER)
    try:
        tables.transact(
            [
                Write("put", table, item, condition="attribute_not_exists(pk)"),
                Write(
                    "update",
                    table,
                    {"pk": pk, "sk": RUN},
                    update="SET answers = if_not_exists(answers, :zero) + :one, dpk = :dpk, dsk = :dsk"
                    + ("" if at_once else ", wake = :wake"),
                    condition="attribute_exists(pk) AND NOT #status IN (:a, :b, :c)",
                    names={"#status": "status"},
                    values={
                        ":zero": 0,
                        ":one": 1,
                        ":dpk": again["dpk"],
                        ":dsk": again["dsk"],
                        ":a": "completed",
                        ":b": "failed",
                        ":c": "cancelled",
                        **({} if at_once else {":wake": item["sk"]}),
                    },
                ),
            ]
        )
    except ConditionFailed as failed:
        if failed.index == 0:
            if at_once:
                wake(account_id, execution_id)
            return False
        if failed.item is None:
            raise NotFound("Execution not found") from None
        raise Conflict("The execution has ended", {"status": failed.item["status"]}) from None
    if at_once:
        wake(account_id, execution_id)
    return True


def given(account_id: str, execution_id: str, scope: Scope, node_id: str) -> list[Any]:
    """The data of a node's answers so far, in the order of their arrival."""
    found = tables.query_all(
        settings().executions_table,
        "pk = :pk AND begins_with(sk, :place)",
        {":pk": partition(account_id, execution_id), ":place": _place(scope, node_id)},
        consistent=True,
    )
    return [values.unpack(strict_json.stored(item["data"])) for item in sorted(found, key=lambda item: str(item["at"]))]


def _place(scope: Scope, node_id: str) -> str:
    """What the keys of a node's answers begin with."""
    digest = hashlib.sha256(strict_json.dumps([list(scope), node_id]).encode()).hexdigest()
    return f"A#{digest[:20]}#"


def wake(account_id: str, execution_id: str) -> None:
    """Answer the parked machine's token, when there is one. Without one the walker is at work and will see, or ``park`` will."""
    run = tables.get(
        settings().executions_table,
        partition(account_id, execution_id),
        RUN,
        consistent=True,
        attributes=("park_token", "status"),
    )
    if run is not None and run.get("park_token") and run["status"] not in FINAL:
        send(run["park_token"])


def send(token: str) -> bool:
    """Answer a task token; False when it is dead, which is as good: the machine has gone on by itself."""
    states = client("stepfunctions")
    try:
        states.send_task_success(taskToken=token, output="{}")
    except states.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in _DEAD:
            raise
        return False
    return True
