"""Lists of a large account: 5,000 workflows, 100,000 executions. Calls and read units of a first page, rate limit aside.

On moto, which ends a Query at 1 MB as DynamoDB does; units are computed from what a call has read (4 KB a unit, half for an eventually
consistent read).
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import boto3
from flows import strict_json
from flows.aws import attribute_values, clients, ids
from flows.aws.settings import settings
from flows.executions import records, service
from flows.paging import Window
from flows.workflows import repository
from flows.workflows.records import RunSettings, StoredWorkflow
from flows.workflows.repository import Filters
from moto import mock_aws

from tests.template import create_tables

WORKFLOWS, EXECUTIONS = 5_000, 100_000
EACH_PUBLISHED, EACH_FAILED = 10, 500
"""Every so many workflows one is published, every so many executions one has failed."""
START = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass
class Account:
    """What was stored.

    Args:
        busy: a workflow that has half of all executions.
    """

    id: str
    busy: str


@dataclass
class Reading:
    """What a list has cost, and what it gave."""

    calls: int = 0
    read_units: float = 0.0
    items: int = 0
    total: int | None = None


@contextmanager
def tables_in_memory() -> Iterator[None]:
    """The template's tables in moto, and settings that lead there."""
    kept = dict(os.environ)
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "SIGNING_SECRET": "s" * 40,
    }
    try:
        with mock_aws():
            os.environ |= create_tables(boto3.client("dynamodb"))
            settings.cache_clear()
            clients.reset()
            yield
    finally:
        os.environ.clear()
        os.environ |= kept
        settings.cache_clear()
        clients.reset()


def seed(workflows: int = WORKFLOWS, executions: int = EXECUTIONS) -> Account:
    """Store an account as the services would, past the API."""
    account = Account(ids.new_id("acct"), "")
    made = []
    for number in range(workflows):
        workflow = StoredWorkflow(
            account_id=account.id,
            id=ids.new_id("wf", START + timedelta(seconds=number)),
            name=f"Lead notification {number}",
            description="",
            status="published" if number % EACH_PUBLISHED == 0 else "draft",
            created_at="2100-01-01T00:00:00.000Z",
            updated_at="2100-01-01T00:00:00.000Z",
            revision=1,
            latest=RunSettings(1, {}, None),
        )
        _put("workflows", workflow.list_item())
        _put("workflows", workflow.status_item())
        made.append(workflow.id)
    published = math.ceil(workflows / EACH_PUBLISHED)
    _put("workflows", {"pk": account.id, "sk": "LIST#~counts", "workflows": workflows, "published": published})
    account.busy = made[0]
    for number in range(executions):
        _put("executions", _run(account.id, made[0] if number % 2 else made[number % workflows], number))
    return account


def _run(account_id: str, workflow_id: str, number: int) -> dict[str, Any]:
    status = "failed" if number % EACH_FAILED == 0 else "completed"
    execution = ids.new_id("exec", START + timedelta(seconds=number))
    usage = {"state_transitions": 4, "invocations": 1, "duration_ms": 30, "read_units": 1, "write_units": 6}
    return {
        "pk": records.partition(account_id, execution),
        "sk": records.RUN,
        "id": execution,
        "workflow_id": workflow_id,
        "version": 1,
        "status": status,
        "trigger": '{"type":"api"}',
        "started_at": "2100-01-01T00:00:00.000Z",
        "completed_at": "2100-01-01T00:00:00.030Z",
        "usage": strict_json.dumps({**usage, "estimated_cost_usd": 0.00010429}),
        "lpk": account_id,
        "lsk": execution,
        "wpk": f"{account_id}#{workflow_id}",
        "spk": records.status_partition(account_id, status),
        "ttl": 4_200_000_000,
    }


def _put(table: str, item: dict[str, Any]) -> None:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.dynamodb.models import dynamodb_backends
    from moto.dynamodb.models.dynamo_type import Item

    # Past botocore and moto's own checks: 100,000 requests would take minutes.
    kept = dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].tables[table]
    stored = Item(_typed(item["pk"]), _typed(item["sk"]), {})
    for name, value in item.items():
        dict.__setitem__(stored.attrs, name, _typed(value) if value.__hash__ else _untyped(value))
    kept.items[stored.hash_key][stored.range_key] = stored


@lru_cache(maxsize=1_000)
def _typed(value: Any) -> Any:
    """Values that many items have are one object."""
    return _untyped(value)


def _untyped(value: Any) -> Any:
    from moto.dynamodb.models.dynamo_type import DynamoType

    return DynamoType(attribute_values.marshal({"v": value})["v"])


def measure(workflows: int = WORKFLOWS, executions: int = EXECUTIONS) -> dict[str, Any]:
    """Calls, read units, items and totals of first pages."""
    with tables_in_memory():
        begun = time.monotonic()
        account = seed(workflows, executions)
        seeded = round(time.monotonic() - begun, 1)
        return {"seconds_to_seed": seeded, "lists": {name: vars(_read(act)) for name, act in _lists(account).items()}}


def _lists(account: Account) -> dict[str, Any]:
    def flows(window: Window, status: str | None = None, search: str | None = None) -> Any:
        return lambda: repository.listed(account.id, window, Filters(status, search))

    def runs(window: Window = Window(), **more: Any) -> Any:  # noqa: B008 - a window is frozen
        return lambda: service.listed(account.id, window, **more)

    busy = {"workflow_id": account.busy, "with_total": True}
    return {
        "GET /workflows": flows(Window()),
        "GET /workflows?page=1": flows(Window(page=1)),
        "GET /workflows?status=published": flows(Window(), "published"),
        "GET /workflows?status=draft&page=1": flows(Window(page=1), "draft"),
        "GET /workflows?search=lead": flows(Window(), None, "lead"),
        "GET /workflows?search=4999": flows(Window(), None, "4999"),
        "GET /workflows?search=notification&status=published": flows(Window(), "published", "notification"),
        "GET /executions": runs(),
        "GET /executions?status=failed": runs(status="failed"),
        "GET /executions?status=running": runs(status="running"),
        "GET /executions?status=completed": runs(status="completed"),
        "GET /executions?workflow_id=...": runs(workflow_id=account.busy),
        "GET /workflows/{id}/executions": runs(**busy),
        "GET /workflows/{id}/executions?status=failed": runs(**busy, status="failed"),
        "GET /workflows/{id}/executions?status=running": runs(**busy, status="running"),
        "GET /workflows/{id}/executions?status=completed": runs(**busy, status="completed"),
        "GET /workflows/{id}/executions?page=1, counted for the first time": runs(Window(page=1), **busy),
        "GET /workflows/{id}/executions?page=1": runs(Window(page=1), **busy),
    }


def _read(act: Any) -> Reading:
    reading = Reading()

    def count(model: Any, parsed: dict[str, Any], context: Any, **_: Any) -> None:
        reading.calls += 1
        if model.name != "PutItem":
            reading.read_units += _units(parsed, context)

    def note(params: dict[str, Any], context: Any, **_: Any) -> None:
        context["asked"] = params

    events = clients.client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb", note, unique_id="asked")
    events.register("after-call.dynamodb", count, unique_id="counted")
    try:
        found = act()
    finally:
        events.unregister("provide-client-params.dynamodb", unique_id="asked")
        events.unregister("after-call.dynamodb", unique_id="counted")
    reading.items, reading.total = len(found.items), found.total
    return reading


def _units(parsed: dict[str, Any], context: Any) -> float:
    asked = context["asked"]
    if "Items" not in parsed and "Count" not in parsed:
        return 1.0  # a GetItem of a small item, consistently read
    size = _item_bytes(asked) * parsed["ScannedCount"]
    return math.ceil(max(1, size) / 4096) * (1.0 if asked.get("ConsistentRead") else 0.5)


def _item_bytes(asked: dict[str, Any]) -> int:
    """Bytes of a typical item of the table or index that was read, by DynamoDB's rules: names and values; 100 for an index entry."""
    if asked["TableName"] == "executions":
        item, more = _run("acct_" + "0" * 26, "wf_" + "0" * 26, 1), 100
    else:
        item, more = (
            {
                "pk": "acct_" + "0" * 26,
                "sk": "LIST#wf_" + "0" * 26,
                "id": "wf_" + "0" * 26,
                "name": "Lead notification 1234",
                "folded": "lead notification 1234",
                "status": "published",
                "version": 1,
                "created_at": "2100-01-01T00:00:00.000Z",
                "updated_at": "2100-01-01T00:00:00.000Z",
                "credential_ids": [],
            },
            0,
        )
    return more + sum(len(name) + (len(value) if isinstance(value, str) else 4) for name, value in item.items())
