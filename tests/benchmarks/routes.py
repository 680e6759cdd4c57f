"""AWS calls and DynamoDB units of each route, from the functions' own log lines."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.benchmarks import workloads
from tests.e2e.runs import create, start, until
from tests.stack import RunningStack


def measure(stack: RunningStack) -> dict[str, Any]:
    """The most calls and units that a request of each route took."""
    api = stack.api(stack.make_account("business")[1])
    workflow_id = create(api, *workloads.chain(5))
    execution_id = start(api, workflow_id, {"count": 0})
    until(api, execution_id)
    form = api.post("/forms", {"name": "Contact", "fields": [{"name": "email", "type": "email", "required": True}]}).data
    calls = [
        ("GET", "/workflows", None),
        ("GET", f"/workflows/{workflow_id}", None),
        ("PATCH", f"/workflows/{workflow_id}", {"name": "Other"}),
        ("POST", f"/workflows/{workflow_id}/execute", {"input": {"count": 0}}),
        ("GET", f"/workflows/{workflow_id}/executions", None),
        ("GET", "/executions", None),
        ("GET", f"/executions/{execution_id}", None),
        ("GET", f"/executions/{execution_id}/logs", None),
        ("GET", "/forms", None),
        ("POST", f"/forms/{form['id']}/submissions", {"data": {"email": "ada@example.com"}}),
        ("GET", f"/forms/{form['id']}/submissions", None),
        ("GET", "/credentials", None),
        ("POST", "/credentials", {"name": "Token", "type": "api_key", "value": "0123456789abcdef"}),
        ("GET", "/integrations", None),
        ("GET", "/webhooks", None),
        ("POST", "/webhooks", {"url": "https://example.com/hook", "events": ["*"]}),
        ("GET", "/api-keys", None),
        ("GET", "/account", None),
    ]
    wanted = {}
    for method, path, body in calls:
        api(method, path, body)
        answer = api(method, path, body)  # the second is warm, and in a minute that has begun
        wanted[answer.headers["X-Request-Id"]] = (method, path)
    return _lines(stack, wanted)


def _lines(stack: RunningStack, wanted: dict[str, tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    logs = stack.client("logs")
    deadline = time.monotonic() + 20
    while len(found) < len(wanted) and time.monotonic() < deadline:
        for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]:
            for event in logs.filter_log_events(logGroupName=group["logGroupName"], limit=10_000)["events"]:
                if not event["message"].startswith("{"):
                    continue
                line = json.loads(event["message"])
                if line.get("request_id") in wanted:
                    method, _ = wanted[line["request_id"]]
                    found[f"{method} {line.get('route')}".replace(f"{method} {method} ", f"{method} ")] = {
                        key: line[key] for key in ("aws_calls", "read_units", "write_units") if key in line
                    }
        time.sleep(0.5)
    return found
