"""The state machine as a loop, and the stream's relay as a function: enough to drive runs to their end in one process."""

from __future__ import annotations

from typing import Any

from flows.aws import ids, tables
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.executions import aftermath, records, service, walking
from flows.workflows import pinning
from flows.workflows import service as workflows


class Machine:
    """Plays Step Functions: one machine a run."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.started: list[str] = []
        self.transitions: dict[str, int] = {}
        self.parked: dict[str, dict[str, Any]] = {}

    def start(self, item: dict[str, Any]) -> str:
        self.started.append(item["id"])
        return "started"

    def answer_token(self, token: str) -> bool:
        self.tokens.append(token)
        return True

    def drive(self, account_id: str, execution_id: str, state: dict[str, Any] | None = None, limit: int = 100) -> dict[str, Any]:
        """Walk until the run parks or ends; returns the last state."""
        state = state or {"account_id": account_id, "execution_id": execution_id}
        for _ in range(limit):
            state = walking.walk({**state, "machine": "test"}, environment=lambda: walking.environment_of(lambda: 900.0))
            if state["next"] == "park":
                token = f"token-{ids.new_id('t')}"
                walking.park({**state, "token": token})
                if token not in self.tokens:
                    self.parked[execution_id] = state
                    return state
            elif state["next"] != "walk":
                return state
        raise AssertionError("no end")

    def settle_children(self, account_id: str) -> None:
        """What the relay does for ended runs of the account."""
        for summary in service.listed(account_id, service_window()).items:
            item = service.read(account_id, summary["id"])
            if item["status"] in records.FINAL:
                aftermath.after_end(item)


def service_window() -> Any:
    from flows.paging import Window

    return Window(limit=100)


def workflow(account_id: str, definition: dict[str, Any], publish: bool = True) -> pinning.Pinned:
    """Store a workflow and publish it."""
    workflow_id = ids.new_id("wf")
    workflows.create(account_id, workflow_id, {"name": "Test", **definition}, lambda scope: None)
    if publish:
        workflows.change(account_id, workflow_id, {"status": "published"}, lambda scope: None)
    return pinning.pinned(account_id, workflow_id)


def start(account_id: str, pinned: pinning.Pinned, input: Any = None, **more: Any) -> str:
    """Start a run of the published version."""
    more.setdefault("trigger", {"type": "api"})
    return service.start(account_id, pinned, version=pinned.version_of(None), input=input, **more).execution_id


def run(machine: Machine, account_id: str, definition: dict[str, Any], input: Any = None) -> dict[str, Any]:
    """Start a run and drive it; the API's view of it."""
    execution_id = start(account_id, workflow(account_id, definition), input)
    machine.drive(account_id, execution_id)
    return service.get(account_id, execution_id).view


def items_of(account_id: str, execution_id: str) -> list[dict[str, Any]]:
    """Everything that is stored of a run."""
    return list(
        tables.query_all(
            settings().executions_table, "pk = :pk", {":pk": records.partition(account_id, execution_id)}, consistent=True
        )
    )


def calls_of() -> list[str]:
    """Names of DynamoDB's operations from now on."""
    made: list[str] = []
    client("dynamodb").meta.events.register("before-call.dynamodb", lambda model, **_: made.append(model.name))
    return made
