"""Every operation of the API, called once at least: for the test of its AWS calls, and for ``make bench``."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.hook_calls import publish_hook
from tests.e2e.receiver import Receiver
from tests.e2e.runs import create, node, start, until
from tests.stack import Answer, Api, RunningStack

FIELDS = [{"name": "email", "type": "email", "required": True}, {"name": "cv", "type": "file"}]
EMAIL = {"data": {"email": "ada@example.com"}}
PUBLIC = ("f", "hooks", "approvals", "oauth", "docs", "openapi.json")
HOOKS = "ANY /hooks/{token}"
"""The one route for all methods, and for paths below."""


class Caller:
    """Makes requests and keeps which route each was for."""

    def __init__(self, api: Api, nobody: Api) -> None:
        self.api, self.nobody = api, nobody
        self.made: dict[str, str] = {}

    def __call__(self, route: str, path: str = "", body: Any = None, **options: Any) -> Answer:
        method, template = route.split(" ")
        who = self.nobody if template.split("/")[1] in PUBLIC else self.api
        answer = who(str(options.pop("method", method)), path or template, body, **options)
        assert answer.status < 400 or template == "/oauth/callback", f"{route}: {answer.text}"
        self.made[answer.headers["X-Request-Id"]] = route
        return answer


def workflows(call: Caller, api: Api) -> None:
    form = api.post("/forms", {"name": "F", "fields": FIELDS[:1]}).data["id"]
    credential = api.post("/credentials", {"name": "C", "type": "api_key", "value": "0123456789abcdef"}).data["id"]
    nodes = [
        {"id": "form", "type": "form", "parameters": {"form_id": form}},
        {"id": "each", "type": "schedule", "parameters": {"cron": "0 9 * * *"}},
        {"id": "a", "type": "noop", "credential_id": credential},
    ]
    body = {"name": "W", "nodes": nodes}
    made = call("POST /workflows", body=body).data["id"]
    path = f"/workflows/{made}"
    call("GET /workflows")
    call("GET /workflows", "/workflows?status=published&search=w&page=1")
    call("POST /workflows/validate", body={"nodes": [{"id": "a", "type": "noop"}]})
    call("GET /workflows/{workflow_id}", path)
    call("PATCH /workflows/{workflow_id}", path, {"nodes": [*nodes, {"id": "b", "type": "noop"}], "status": "published"})
    call("GET /workflows/{workflow_id}/versions", f"{path}/versions")
    call("GET /workflows/{workflow_id}/versions/{version}", f"{path}/versions/1")
    call("POST /workflows/{workflow_id}/versions/{version}/restore", f"{path}/versions/1/restore")
    call("POST /workflows/{workflow_id}/duplicate", f"{path}/duplicate", {})
    call("GET /workflows/{workflow_id}/triggers", f"{path}/triggers")
    call("GET /workflows/{workflow_id}/schedule", f"{path}/schedule")
    call("GET /node-types")
    call("POST /expressions/evaluate", body={"expression": "1 + 1", "input": {}})
    call("DELETE /workflows/{workflow_id}", path)


def executions(call: Caller, api: Api) -> None:
    workflow = create(api, [node("wait", "approval")])
    executed = call("POST /workflows/{workflow_id}/execute", f"/workflows/{workflow}/execute", {"input": {}})
    execution = executed.data["execution_id"]
    found = until(api, execution, "waiting")
    call("GET /executions")
    call("GET /executions", f"/executions?workflow_id={workflow}&status=waiting")
    call("GET /workflows/{workflow_id}/executions", f"/workflows/{workflow}/executions")
    call("GET /executions/{execution_id}", f"/executions/{execution}")
    call("GET /executions/{execution_id}/logs", f"/executions/{execution}/logs")
    call("POST /executions/{execution_id}/cancel", f"/executions/{execution}/cancel")
    call("POST /executions/{execution_id}/retry", f"/executions/{execution}/retry", {})
    call("POST /executions/{execution_id}/retry", f"/executions/{execution}/retry", {"version": "draft"})
    call(HOOKS, publish_hook(api)[1], {"a": 1}, method="POST")
    another = until(api, start(api, workflow), "waiting")
    link = urlsplit(another["logs"][0]["output"]["links"]["approve"]).path.removeprefix("/v1")
    call("GET /approvals/{token}", link)
    call("POST /approvals/{token}", link, data={"by": "Ada"})
    assert found["logs"]


def forms(call: Caller, api: Api) -> None:
    made = call("POST /forms", body={"name": "F", "fields": FIELDS, "settings": {"min_seconds": 0}}).data
    path = f"/forms/{made['id']}"
    call("GET /forms")
    call("GET /forms/{form_id}", path)
    call("PATCH /forms/{form_id}", path, {"name": "G"})
    call("GET /forms/{form_id}/versions", f"{path}/versions")
    call("GET /forms/{form_id}/versions/{version}", f"{path}/versions/1")
    sent = call("POST /forms/{form_id}/submissions", f"{path}/submissions", EMAIL).data["id"]
    call("GET /forms/{form_id}/submissions", f"{path}/submissions")
    call("GET /forms/{form_id}/submissions", f"{path}/submissions?format=csv")
    call("GET /forms/{form_id}/submissions/{submission_id}", f"{path}/submissions/{sent}")
    call("DELETE /forms/{form_id}/submissions/{submission_id}", f"{path}/submissions/{sent}")
    upload = {"field": "cv", "name": "a.txt", "content_type": "text/plain", "size": 1}
    call("POST /forms/{form_id}/uploads", f"{path}/uploads", upload)
    page = f"/f/{made['public_id']}"
    shown = call("GET /f/{public_id}", page).text
    call("POST /f/{public_id}/uploads", f"{page}/uploads", upload)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown))
    call("POST /f/{public_id}", page, data={**hidden, "email": "ada@example.com"})
    api.post(f"{path}/submissions", EMAIL)
    call("DELETE /forms/{form_id}", f"{path}?force=true")


def credentials(call: Caller, api: Api, receiver: Receiver) -> None:
    made = call("POST /credentials", body={"name": "C", "type": "bearer", "value": "0123456789abcdef"}).data["id"]
    path = f"/credentials/{made}"
    call("GET /credentials")
    call("GET /credentials/{credential_id}", path)
    call("PATCH /credentials/{credential_id}", path, {"name": "D"})
    call("PATCH /credentials/{credential_id}", path, {"value": "fedcba9876543210"})
    begin = {"name": "Mail", "connector": "gmail", "client_id": "id"}
    begun = call("POST /credentials/oauth2/authorize", body=begin)
    call("GET /oauth/callback", "/oauth/callback?error=access_denied&state=" + _state(begun.data))
    connect = {"provider": "rest", "credential_id": made, "config": {"base_url": receiver.url}}
    integration = call("POST /integrations", body=connect).data["id"]
    call("GET /integrations")
    call("GET /integrations/catalog")
    call("GET /integrations/{integration_id}", f"/integrations/{integration}")
    call("POST /integrations/{integration_id}/test", f"/integrations/{integration}/test")
    call("DELETE /integrations/{integration_id}", f"/integrations/{integration}")
    call("DELETE /credentials/{credential_id}", path)


def _state(authorize: dict[str, Any]) -> str:
    found = re.search(r"[?&]state=([^&]+)", json.dumps(authorize))
    assert found
    return found.group(1)


def webhooks(call: Caller, api: Api, receiver: Receiver) -> None:
    made = call("POST /webhooks", body={"url": receiver.url, "events": ["workflow.executed"]}).data["id"]
    path = f"/webhooks/{made}"
    call("GET /webhooks")
    call("GET /webhooks/events")
    call("GET /webhooks/{webhook_id}", path)
    call("PATCH /webhooks/{webhook_id}", path, {"description": "d"})
    call("POST /webhooks/{webhook_id}/rotate-secret", f"{path}/rotate-secret", {})
    sent = call("POST /webhooks/{webhook_id}/test", f"{path}/test", {}).data
    deadline = time.monotonic() + 30
    while api.get(f"{path}/deliveries/{sent['id']}").data["status"] != "succeeded":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    call("GET /webhooks/{webhook_id}/deliveries", f"{path}/deliveries")
    call("GET /webhooks/deliveries", f"/webhooks/deliveries?event_id={sent['event_id']}")
    call("GET /webhooks/{webhook_id}/deliveries/{delivery_id}", f"{path}/deliveries/{sent['id']}")
    again = f"{path}/deliveries/{sent['id']}/redeliver"
    call("POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", again)
    call("POST /webhooks/{webhook_id}/redeliver", f"{path}/redeliver", {"since": "2024-01-01T00:00:00Z"})
    call("DELETE /webhooks/{webhook_id}", path)


def account(call: Caller) -> None:
    call("GET /account")
    made = call("POST /api-keys", body={"name": "K"}).data["id"]
    call("GET /api-keys")
    call("DELETE /api-keys/{key_id}", f"/api-keys/{made}")
    call("GET /docs")
    call("GET /openapi.json")


def call_every(stack: RunningStack, api: Api) -> dict[str, str]:
    """Make a request, or several, of each operation of the API.

    Returns:
        By X-Request-Id the route that it was for, as ``GET /workflows/{workflow_id}``.
    """
    call = Caller(api, stack.anonymous())
    with Receiver(stack.receivers[0]) as receiver:
        workflows(call, api)
        executions(call, api)
        forms(call, api)
        credentials(call, api, receiver)
        webhooks(call, api, receiver)
        account(call)
    return call.made


def described(api: Api) -> set[str]:
    """The operations of the OpenAPI document; those at a hook are one."""
    return {
        HOOKS if path.startswith("/hooks") else f"{method.upper()} {path}"
        for path, item in api.get("/openapi.json").body["paths"].items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    }


def log_lines(stack: RunningStack, wanted: dict[str, str], begun: int) -> list[tuple[str, dict[str, Any]]]:
    """The functions' log lines of requests, each with its route.

    Args:
        wanted: from :func:`call_every`.
        begun: milliseconds since 1970, before the first of them.
    """
    found: list[tuple[str, dict[str, Any]]] = []
    left = dict(wanted)
    logs = stack.client("logs")
    deadline = time.monotonic() + 30
    while left and time.monotonic() < deadline:
        for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]:
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"], startTime=begun):
                for event in page["events"]:
                    line = json.loads(event["message"]) if event["message"].startswith("{") else {}
                    if route := left.pop(str(line.get("request_id")), None):
                        found.append((route, line))
        time.sleep(0.5)
    assert not left, f"no log line of {left}"
    return found
