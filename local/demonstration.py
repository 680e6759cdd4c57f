"""Create, publish and execute a workflow over HTTP, and show what was sent and what came back."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

from local.settings import StackProblem

PATIENCE_SECONDS = 60
ANSWER_SECONDS = 60
FINAL = ("completed", "failed", "cancelled")

WORKFLOW: dict[str, Any] = {
    "name": "Lead notification",
    "description": "Grades a lead and greets those worth a call",
    "nodes": [
        {"id": "grade", "type": "set", "parameters": {"values": {
            "name": "{{ name }}",
            "score": "{{ $contains(email, '@example.com') ? 90 : 10 }}",
        }}},
        {"id": "worth_a_call", "type": "if", "parameters": {"condition": "score > 50"}},
        {"id": "greet", "type": "set", "parameters": {"values": {
            "message": "Hello {{ name }}, we call you today",
            "score": "{{ score }}",
        }}},
    ],
    "edges": [
        {"source": "grade", "target": "worth_a_call"},
        {"source": "worth_a_call", "target": "greet", "source_port": "true"},
    ],
}  # fmt: skip
INPUT = {"email": "ada@example.com", "name": "Ada Lovelace"}


class Caller:
    """Calls the API with one key, as any HTTP client does."""

    def __init__(self, base_url: str, key: str) -> None:
        self.base_url = base_url
        self.key = key
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's ``data``; raises StackProblem with what came back when it is no success."""
        request = urllib.request.Request(
            self.base_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=ANSWER_SECONDS) as answer:
                return json.loads(answer.read())["data"]
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")[:500]
            raise StackProblem(f"{method} {path} answered {error.code}: {text} (make logs FUNCTION=...)") from None
        except OSError as error:
            raise StackProblem(f"{method} {path} got no answer within {ANSWER_SECONDS} s: {error}") from None


def demonstrate(base_url: str, key: str) -> str:
    """Run the demonstration and print it; returns the workflow's id. Raises StackProblem when the run does not complete."""
    call = Caller(base_url, key)
    print("\n  POST /workflows")
    print(indented(json.dumps(WORKFLOW, indent=2)))
    workflow = call("POST", "/workflows", WORKFLOW)
    print(f"  -> {workflow['id']}, status {workflow['status']}")
    published = call("PATCH", f"/workflows/{workflow['id']}", {"status": "published"})
    print(f'\n  PATCH /workflows/{workflow["id"]} {{"status": "published"}}\n  -> status {published["status"]}')
    print(f"\n  POST /workflows/{workflow['id']}/execute {json.dumps({'input': INPUT})}")
    started = call("POST", f"/workflows/{workflow['id']}/execute", {"input": INPUT})
    print(f"  -> {started['execution_id']}, status {started['status']}")
    execution = wait(call, started["execution_id"])
    print(f"\n  GET /executions/{execution['id']}\n  -> status {execution['status']}")
    print(f"     output {json.dumps(execution['output'])}\n")
    print(table(execution["logs"]))
    if execution["status"] != "completed":
        raise StackProblem(f"The demonstration ended {execution['status']}: {json.dumps(execution['error'])}")
    return str(workflow["id"])


def wait(call: Caller, execution_id: str) -> dict[str, Any]:
    """The execution once it has ended; raises StackProblem after a minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        execution: dict[str, Any] = call("GET", f"/executions/{execution_id}")
        if execution["status"] in FINAL:
            return execution
        if time.monotonic() > deadline:
            raise StackProblem(
                f"{execution_id} is still {execution['status']} after {PATIENCE_SECONDS} s: make logs FUNCTION=run_node"
            )
        time.sleep(0.2)


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def table(logs: list[dict[str, Any]]) -> str:
    """The node logs as aligned columns."""
    rows = [("node", "type", "status", "ms", "output")]
    for log in logs:
        output = json.dumps(log.get("output"))
        shown = output if len(output) <= 70 else output[:67] + "..."
        node = str(log.get("node_id") or log.get("id"))
        rows.append((node, str(log["type"]), str(log["status"]), str(log.get("duration_ms") or 0), shown))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  " + "  ".join([*(row[i].ljust(widths[i]) for i in range(4)), row[4]]) for row in rows]
    lines.insert(1, "  " + "  ".join(["-" * width for width in widths] + ["-" * 20]))
    return "\n".join(lines)
