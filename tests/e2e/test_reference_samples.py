"""The public reference, sample by sample: what it shows works as it shows it."""

from __future__ import annotations

import time
from typing import Any

from tests.stack import Answer, Api, RunningStack

NODES = [
    {"id": "start", "type": "manual"},
    {"id": "greet", "type": "set", "parameters": {"values": {"text": "{{ 'Hello ' & name }}"}}},
]
EDGES = [{"source": "start", "target": "greet"}]


def ended(api: Api, execution_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        execution: dict[str, Any] = api.get(f"/executions/{execution_id}").data
        if execution["status"] in ("completed", "failed", "cancelled"):
            return execution
        time.sleep(0.3)
    raise AssertionError(f"{execution_id} did not end")


def is_success(answer: Answer, status: int = 200) -> bool:
    return answer.status == status and answer.body["success"] is True and "data" in answer.body


def test_authentication_and_the_envelopes(stack: RunningStack, api: Api) -> None:
    listed = api.get("/workflows")
    refused = stack.anonymous().get("/workflows")

    assert is_success(listed)
    assert {"page": 1, "limit": 20, "total": 0}.items() <= listed.body["meta"].items()
    assert refused.body["success"] is False
    assert set(refused.body["error"]) == {"code", "message", "details"}
    assert all(name in listed.headers for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"))


def test_workflows(api: Api) -> None:
    made = api.post("/workflows", {"name": "New Workflow", "description": "Workflow description", "nodes": [], "edges": []})
    assert is_success(made, 201)
    workflow = made.data["id"]
    assert workflow.startswith("wf_")

    updated = api.patch(f"/workflows/{workflow}", {"name": "Updated Name", "status": "published"})
    assert (updated.data["name"], updated.data["status"]) == ("Updated Name", "published")

    listed = api.get("/workflows", params={"page": 1, "limit": 20, "status": "published", "search": "UPDATED"})
    (item,) = listed.data
    assert {"id", "name", "status", "created_at", "updated_at"} <= set(item)
    assert item["created_at"].endswith("Z")
    assert listed.body["meta"]["total"] == 1

    assert {"id", "name", "description", "status", "nodes", "edges", "variables", "created_at"} <= set(
        api.get(f"/workflows/{workflow}").data
    )
    assert api.delete(f"/workflows/{workflow}").data == {"id": workflow, "deleted": True}
    assert api.get(f"/workflows/{workflow}").error["code"] == "NOT_FOUND"


def test_execution(api: Api) -> None:
    workflow = api.post("/workflows", {"name": "Greets", "nodes": NODES, "edges": EDGES}).data["id"]

    started = api.post(f"/workflows/{workflow}/execute", {"input": {"email": "user@example.com", "name": "John Doe"}})

    assert started.status == 202
    assert {"execution_id", "status", "started_at"} <= set(started.data)
    assert started.data["execution_id"].startswith("exec_")
    execution = ended(api, started.data["execution_id"])
    assert {"id", "workflow_id", "status", "started_at", "completed_at", "output", "logs"} <= set(execution)
    assert (execution["status"], execution["workflow_id"]) == ("completed", workflow)
    assert execution["output"] == {"text": "Hello John Doe"}
    assert [entry["node_id"] for entry in execution["logs"]] == ["start", "greet"]

    listed = api.get(
        f"/workflows/{workflow}/executions",
        params={"status": "completed", "from": "2024-01-15T10:00:00Z", "to": "2999-01-01T00:00:00Z"},
    )
    assert [item["id"] for item in listed.data] == [execution["id"]]
    assert api.get(f"/workflows/{workflow}/executions", params={"to": "2024-01-15"}).data == []


def test_pagination_by_cursor(api: Api) -> None:
    workflow = api.post("/workflows", {"name": "Empty"}).data["id"]
    started = {api.post(f"/workflows/{workflow}/execute", {}).data["execution_id"] for _ in range(3)}

    first = api.get("/executions", params={"limit": 2}).body
    second = api.get("/executions", params={"cursor": first["meta"]["next_cursor"], "limit": 50}).body

    assert first["meta"]["has_more"] is True
    assert second["meta"]["has_more"] is False
    assert second["meta"]["next_cursor"] is None
    assert {item["id"] for item in first["data"] + second["data"]} == started


def test_forms(api: Api) -> None:
    fields = [{"name": "email", "type": "email", "required": True}, {"name": "message", "type": "textarea", "required": True}]
    made = api.post("/forms", {"name": "Contact Form", "fields": fields})
    assert is_success(made, 201)
    form = made.data["id"]
    assert form.startswith("form_")

    assert [item["id"] for item in api.get("/forms").data] == [form]
    assert [field["name"] for field in api.get(f"/forms/{form}").data["fields"]] == ["email", "message"]
    submitted = api.post(f"/forms/{form}/submissions", {"data": {"email": "user@example.com", "message": "Hello!"}})
    assert is_success(submitted, 201)
    (submission,) = api.get(f"/forms/{form}/submissions").data
    assert submission["data"] == {"email": "user@example.com", "message": "Hello!"}
    assert submission["id"].startswith("sub_")


def test_credentials(api: Api) -> None:
    made = api.post("/credentials", {"name": "Slack Bot Token", "type": "api_key", "value": "xoxb-your-token"})
    assert is_success(made, 201)
    assert made.data["id"].startswith("cred_")

    listed = api.get("/credentials")
    assert [item["id"] for item in listed.data] == [made.data["id"]]
    assert "xoxb-your-token" not in listed.text + made.text
    assert api.delete(f"/credentials/{made.data['id']}").data == {"id": made.data["id"], "deleted": True}


def test_integrations(api: Api) -> None:
    assert api.get("/integrations").data == []
    assert api.post("/integrations/int_00000000000000000000000000/test").error["code"] == "NOT_FOUND"


def test_webhooks(api: Api) -> None:
    body = {
        "url": "https://yoursite.com/webhook",
        "events": ["workflow.executed", "form.submitted"],
        "secret": "your-webhook-secret",
    }
    made = api.post("/webhooks", body)
    assert is_success(made, 201), made.text
    assert made.data["id"].startswith("wh_")

    listed = api.get("/webhooks")
    assert [item["id"] for item in listed.data] == [made.data["id"]]
    assert listed.data[0]["events"] == ["workflow.executed", "form.submitted"]
    assert "your-webhook-secret" not in listed.text
    assert api.delete(f"/webhooks/{made.data['id']}").data == {"id": made.data["id"], "deleted": True}
