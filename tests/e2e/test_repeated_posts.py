"""A POST whose worker died after the effect, before its answer was kept: the repeat makes nothing new and gives the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack import Api, RunningStack

VARYING = ("updated_at", "last_used_at", "started_at", "created_at", "submitted_at")


def forget_answer(stack: RunningStack, account_id: str) -> None:
    """What is left of an Idempotency-Key when the worker dies before the answer is stored, and its lease has run out."""
    dynamodb = stack.client("dynamodb")
    table = stack.outputs["AccountsTableName"]
    records = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": account_id}, ":sk": {"S": "IDEMPOTENCY#"}},
    )["Items"]
    assert records
    for record in records:
        dynamodb.update_item(
            TableName=table,
            Key={"pk": record["pk"], "sk": record["sk"]},
            UpdateExpression="SET lease = :none REMOVE body, headers, #status",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":none": {"N": "0"}},
        )


def things(api: Api) -> Iterator[tuple[str, dict[str, Any] | None, str]]:
    """Path, body, and the list in which the thing stands."""
    workflow = api.post("/workflows", {"name": "W"}).data["id"]
    form = api.post("/forms", {"name": "F", "fields": [{"name": "a", "type": "text"}]}).data["id"]
    credential = api.post("/credentials", {"name": "C", "type": "bearer", "value": "a-token-of-length"}).data["id"]
    yield "/workflows", {"name": "Once"}, "/workflows"
    yield f"/workflows/{workflow}/duplicate", None, "/workflows"
    yield f"/workflows/{workflow}/execute", {"input": {}}, f"/workflows/{workflow}/executions"
    yield "/forms", {"name": "Once", "fields": []}, "/forms"
    yield f"/forms/{form}/submissions", {"data": {"a": "x"}}, f"/forms/{form}/submissions"
    yield "/credentials", {"name": "Once", "type": "bearer", "value": "another-token-here"}, "/credentials"
    yield "/integrations", {"provider": "slack", "credential_id": credential}, "/integrations"
    yield "/webhooks", {"url": "https://example.com/hook", "events": ["*"]}, "/webhooks"
    yield "/api-keys", {"name": "Once"}, "/api-keys"
    pages = {"authorize_url": "https://example.com/authorize", "token_url": "https://example.com/token"}
    yield "/credentials/oauth2/authorize", {"name": "Once", "client_id": "c", **pages}, "/credentials"


@pytest.mark.parametrize("number", range(10))
def test_a_repeat_after_a_crash_makes_nothing_new(stack: RunningStack, account: tuple[str, str], number: int) -> None:
    account_id, key = account
    api = stack.api(key)
    path, body, listed = list(things(api))[number]
    again = {"Idempotency-Key": "crash"}
    first = api.post(path, body, headers=again)
    assert first.status in (201, 202), f"{path}: {first.text}"
    before = api.get(listed).data

    forget_answer(stack, account_id)
    second = api.post(path, body, headers=again)

    assert second.status == first.status, f"{path}: {second.text}"
    assert same(second.data) == same(first.data), path
    assert len(api.get(listed).data) == len(before), path


def same(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in (*VARYING, "status")}
