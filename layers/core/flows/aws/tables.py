"""DynamoDB: items as plain dicts, one function an operation, conditions that fail as an exception with the item that was there.

Every table has the keys ``pk`` and ``sk``. JSON values are kept as text (``flows.strict_json``), so numbers come back as they were.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from flows.aws.attribute_values import marshal, unmarshal
from flows.aws.clients import client

Item: TypeAlias = dict[str, Any]

_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between attempts of a write that meets another's transaction with the same item: AWS's SDKs do not repeat it."""


class ConditionFailed(Exception):
    """The condition of a write did not hold; ``item`` is what was there (None: nothing)."""

    def __init__(self, item: Item | None = None, index: int = 0) -> None:
        super().__init__("condition failed")
        self.item = item
        self.index = index


@dataclass(frozen=True)
class Page:
    items: list[Item]
    next_key: Item | None
    """Where to go on (``start``), or None at the end."""


@dataclass(frozen=True)
class Write:
    """One write, alone or in a transaction.

    Args:
        kind: ``put``, ``update``, ``delete`` or ``check``.
        table: the table's name.
        key: ``{"pk", "sk"}`` (for ``put``: the item).
        update: an UpdateExpression such as ``SET #a = :a``.
        condition: a ConditionExpression.
        names: ``{"#a": "attribute"}``.
        values: ``{":a": value}``.
    """

    kind: str
    table: str
    key: Mapping[str, Any]
    update: str = ""
    condition: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


def get(table: str, pk: str, sk: str, *, consistent: bool = False, attributes: Sequence[str] = ()) -> Item | None:
    """Read one item; None when there is none (or it has expired: TTL deletes days late)."""
    request: dict[str, Any] = {"TableName": table, "Key": marshal({"pk": pk, "sk": sk}), "ConsistentRead": consistent}
    if attributes:
        request["ExpressionAttributeNames"] = {f"#p{index}": name for index, name in enumerate(attributes)}
        request["ProjectionExpression"] = ", ".join(request["ExpressionAttributeNames"])
    found = client("dynamodb").get_item(**request).get("Item")
    return _alive(unmarshal(found)) if found else None


def get_many(table: str, keys: Sequence[tuple[str, str]], *, consistent: bool = False) -> dict[tuple[str, str], Item]:
    """Read items by key, 100 a call; those that are not there are missing from the answer."""
    found: dict[tuple[str, str], Item] = {}
    for start in range(0, len(keys), 100):
        wanted = [marshal({"pk": pk, "sk": sk}) for pk, sk in dict.fromkeys(keys[start : start + 100])]
        pause = 0.05
        while wanted:
            answer = client("dynamodb").batch_get_item(RequestItems={table: {"Keys": wanted, "ConsistentRead": consistent}})
            for raw in answer["Responses"].get(table, []):
                item = _alive(unmarshal(raw))
                if item:
                    found[item["pk"], item["sk"]] = item
            wanted = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
            if wanted:
                time.sleep(pause)
                pause = min(1.0, pause * 2)
    return found


def query(
    table: str,
    condition: str,
    values: Mapping[str, Any],
    *,
    index: str | None = None,
    names: Mapping[str, str] | None = None,
    filter: str = "",
    limit: int | None = None,
    start: Item | None = None,
    forward: bool = True,
    consistent: bool = False,
    attributes: Sequence[str] = (),
) -> Page:
    """One call of Query. ``limit`` is what DynamoDB reads, before the filter."""
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": marshal(values),
        "ScanIndexForward": forward,
    }
    all_names = dict(names or {})
    if attributes:
        projected = {f"#p{number}": name for number, name in enumerate(attributes)}
        all_names |= projected
        request["ProjectionExpression"] = ", ".join(projected)
    if all_names:
        request["ExpressionAttributeNames"] = all_names
    if index:
        request["IndexName"] = index
    elif consistent:
        request["ConsistentRead"] = True
    if filter:
        request["FilterExpression"] = filter
    if limit:
        request["Limit"] = limit
    if start:
        request["ExclusiveStartKey"] = marshal(start)
    answer = client("dynamodb").query(**request)
    last = answer.get("LastEvaluatedKey")
    items = [item for raw in answer["Items"] if (item := _alive(unmarshal(raw)))]
    return Page(items, unmarshal(last) if last else None)


def query_all(table: str, condition: str, values: Mapping[str, Any], **options: Any) -> Iterator[Item]:
    """Every item of a query, page after page to its end."""
    start = None
    while True:
        page = query(table, condition, values, start=start, **options)
        yield from page.items
        if page.next_key is None:
            return
        start = page.next_key


@dataclass(frozen=True)
class Counted:
    """What one call counted: ``is_all`` is False when the query goes on."""

    total: int
    is_all: bool


def count(table: str, condition: str, values: Mapping[str, Any], **options: Any) -> int:
    """How many items a query has, page after page to its end (nothing is transferred)."""
    total = 0
    start = None
    while True:
        counted, start = _count(table, condition, values, start, **options)
        total += counted
        if start is None:
            return total


def count_once(table: str, condition: str, values: Mapping[str, Any], **options: Any) -> Counted:
    """How many items the first call of a query finds: 1 MB of them."""
    total, start = _count(table, condition, values, None, **options)
    return Counted(total, start is None)


def _count(table: str, condition: str, values: Mapping[str, Any], start: Any, **options: Any) -> tuple[int, Any]:
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": marshal(values),
        "Select": "COUNT",
    }
    for option, name in (("index", "IndexName"), ("names", "ExpressionAttributeNames"), ("filter", "FilterExpression")):
        if options.get(option):
            request[name] = options[option]
    if start:
        request["ExclusiveStartKey"] = start
    answer = client("dynamodb").query(**request)
    return int(answer["Count"]), answer.get("LastEvaluatedKey")


def put(
    table: str,
    item: Item,
    condition: str = "",
    *,
    names: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Write an item whole.

    Raises:
        ConditionFailed: with the item that was there. A lost answer makes boto3 repeat the call: when the condition is
            ``attribute_not_exists`` compare the item with yours before you take it for another's.
    """
    request: dict[str, Any] = {"TableName": table, "Item": marshal(item)}
    _conditional(client("dynamodb").put_item, request, condition, names, values)


def update(
    table: str,
    pk: str,
    sk: str,
    expression: str,
    values: Mapping[str, Any] | None = None,
    *,
    names: Mapping[str, str] | None = None,
    condition: str = "",
    returns: str = "ALL_NEW",
) -> Item:
    """Update an item in place and return it (``returns``: ``ALL_NEW``, ``ALL_OLD``, ``NONE``).

    Raises:
        ConditionFailed: with the item that was there.
    """
    request: dict[str, Any] = {
        "TableName": table,
        "Key": marshal({"pk": pk, "sk": sk}),
        "UpdateExpression": expression,
        "ReturnValues": returns,
    }
    answer = _conditional(client("dynamodb").update_item, request, condition, names, values)
    return unmarshal(answer.get("Attributes") or {})


def delete(
    table: str,
    pk: str,
    sk: str,
    condition: str = "",
    *,
    names: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
) -> Item | None:
    """Delete an item; returns what it was, None when there was none."""
    request: dict[str, Any] = {"TableName": table, "Key": marshal({"pk": pk, "sk": sk}), "ReturnValues": "ALL_OLD"}
    answer = _conditional(client("dynamodb").delete_item, request, condition, names, values)
    old = answer.get("Attributes")
    return unmarshal(old) if old else None


def transact(writes: Sequence[Write], *, token: str | None = None) -> None:
    """Write all or nothing (at most 100).

    Args:
        writes: the writes.
        token: makes a repeat within 10 minutes return as the first did (ClientRequestToken, at most 36 characters).

    Raises:
        ConditionFailed: ``index`` is the first write whose condition failed, ``item`` what was there.
    """
    request: dict[str, Any] = {"TransactItems": [_transact_item(write) for write in writes]}
    if token:
        request["ClientRequestToken"] = token
    dynamodb = client("dynamodb")
    pauses = iter(_PAUSES)
    while True:
        try:
            dynamodb.transact_write_items(**request)
            return
        except dynamodb.exceptions.TransactionCanceledException as error:
            reasons = error.response.get("CancellationReasons") or []
            for index, reason in enumerate(reasons):
                if reason.get("Code") == "ConditionalCheckFailed":
                    raw = reason.get("Item")
                    raise ConditionFailed(unmarshal(raw) if raw else None, index) from None
            conflict = any(reason.get("Code") in ("TransactionConflict", "ThrottlingError") for reason in reasons)
            pause = next(pauses, None)
            if not conflict or pause is None:
                raise
        time.sleep(pause)


def put_many(table: str, items: Sequence[Item]) -> None:
    """Write items without a condition, 25 a call, until all are written."""
    for start in range(0, len(items), 25):
        _batch_write(table, [{"PutRequest": {"Item": marshal(item)}} for item in items[start : start + 25]])


def delete_many(table: str, keys: Sequence[tuple[str, str]]) -> None:
    """Delete items by key, 25 a call, until all are gone."""
    for start in range(0, len(keys), 25):
        _batch_write(table, [{"DeleteRequest": {"Key": marshal({"pk": pk, "sk": sk})}} for pk, sk in keys[start : start + 25]])


def _batch_write(table: str, requests: list[dict[str, Any]]) -> None:
    pause = 0.05
    while requests:
        answer = client("dynamodb").batch_write_item(RequestItems={table: requests})
        requests = answer.get("UnprocessedItems", {}).get(table, [])
        if requests:
            time.sleep(pause)
            pause = min(1.0, pause * 2)


def _conditional(
    call: Any,
    request: dict[str, Any],
    condition: str,
    names: Mapping[str, str] | None,
    values: Mapping[str, Any] | None,
) -> dict[str, Any]:
    if names:
        request["ExpressionAttributeNames"] = dict(names)
    if values:
        request["ExpressionAttributeValues"] = marshal(values)
    dynamodb = client("dynamodb")
    if condition:
        request["ConditionExpression"] = condition
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    pauses = iter(_PAUSES)
    while True:
        try:
            return call(**request)  # type: ignore[no-any-return]  # boto3 has no types
        except dynamodb.exceptions.ConditionalCheckFailedException as error:
            raw = error.response.get("Item")
            raise ConditionFailed(unmarshal(raw) if raw else None) from None
        except dynamodb.exceptions.TransactionConflictException:
            pause = next(pauses, None)  # a transaction with the same item is under way
            if pause is None:
                raise
        time.sleep(pause)


def _transact_item(write: Write) -> dict[str, Any]:
    body: dict[str, Any] = {"TableName": write.table}
    if write.kind == "put":
        body["Item"] = marshal(write.key)
    else:
        body["Key"] = marshal({"pk": write.key["pk"], "sk": write.key["sk"]})
    if write.update:
        body["UpdateExpression"] = write.update
    if write.condition:
        body["ConditionExpression"] = write.condition
        body["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    if write.names:
        body["ExpressionAttributeNames"] = dict(write.names)
    if write.values:
        body["ExpressionAttributeValues"] = marshal(write.values)
    return {{"put": "Put", "update": "Update", "delete": "Delete", "check": "ConditionCheck"}[write.kind]: body}


def _alive(item: Item) -> Item | None:
    expires = item.get("ttl")
    return None if expires is not None and expires <= time.time() else item
