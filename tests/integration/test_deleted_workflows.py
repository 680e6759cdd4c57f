"""What the tables' stream does for a workflow that is deleted."""

from __future__ import annotations

import time

from tests.stack import Api, RunningStack


def test_a_deleted_workflow_leaves_nothing_for_ever(stack: RunningStack, account: tuple[str, str], api: Api) -> None:
    workflow = api.post("/workflows", {"name": "gone", "nodes": [{"id": "hook", "type": "webhook"}]}).data["id"]
    api.patch(f"/workflows/{workflow}", {"status": "published"})

    assert api.delete(f"/workflows/{workflow}").status == 200

    dynamodb = stack.client("dynamodb")
    [table] = [name for name in dynamodb.list_tables()["TableNames"] if "WorkflowsTable" in name]
    request = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": f"{account[0]}#{workflow}"}},
    }
    for _ in range(300):
        left = dynamodb.query(**request)["Items"]
        if all("ttl" in item for item in left):
            break
        time.sleep(0.1)
    assert {item["sk"]["S"] for item in left} == {"version#00000001", "entry#00000001"}
    assert all(int(item["ttl"]["N"]) > time.time() + 360 * 86_400 for item in left)
