"""What the caller of a hook gets: an acceptance at once, the run's output, or what its ``respond`` node says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows import strict_json
from flows.errors import FlowsError
from flows.executions import service as executions

WAIT_SECONDS = 25.0

SANDBOX = {
    "Content-Security-Policy": "sandbox allow-forms allow-popups allow-scripts",
    "X-Content-Type-Options": "nosniff",
}
"""All accounts' hooks share one origin: a page that a workflow answers with runs in an origin of its own (docs/triggers.md)."""


@dataclass(frozen=True)
class HookAnswer:
    """An answer.

    Args:
        status: HTTP.
        headers: of this answer.
        data: what goes into the envelope; not with `body`.
        body: goes out as it is.
        execution_id: the run, for the log.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Any = None
    body: str | None = None
    execution_id: str | None = None


def accepted(execution_id: str, status: str, *, is_repeat: bool = False) -> HookAnswer:
    """The run has been started, or goes on."""
    data: dict[str, Any] = {"execution_id": execution_id, "status": status}
    if is_repeat:
        data["duplicate"] = True
    return HookAnswer(202, {}, data, None, execution_id)


def when_known(account_id: str, execution_id: str, *, or_responded: bool) -> HookAnswer:
    """Wait for the run (or for its ``respond`` node) and answer with what it gave; 202 when that takes too long.

    Raises:
        FlowsError: the run failed or was cancelled.
    """
    run = executions.until_ended(account_id, execution_id, WAIT_SECONDS, or_responded=or_responded)
    response = executions.response_of(run)
    if response is not None and (or_responded or run["status"] == "completed"):
        return _responded(response, execution_id)
    if run["status"] == "completed":
        return HookAnswer(
            200, {"Content-Type": "application/json", **SANDBOX}, None, strict_json.dumps(executions.output_of(run)), execution_id
        )
    if run["status"] in ("failed", "cancelled"):
        raise FlowsError(f"The execution {run['status']}", {"execution_id": execution_id, "status": run["status"]})
    return accepted(execution_id, run["status"])


def _responded(response: Mapping[str, Any], execution_id: str) -> HookAnswer:
    body = response.get("body")
    status = int(response["status_code"])
    headers: dict[str, str] = dict(response.get("headers") or {})
    named = {name.lower() for name in headers}
    if status in (204, 304) or body is None:
        text = ""
    elif isinstance(body, str):
        text = body
        if "content-type" not in named:
            headers["Content-Type"] = "text/plain; charset=utf-8"
    else:
        text = strict_json.dumps(body)
        if "content-type" not in named:
            headers["Content-Type"] = "application/json"
    return HookAnswer(status, {**headers, **SANDBOX}, None, text, execution_id)
