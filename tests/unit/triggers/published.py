"""Published workflows and what they started, for tests of triggers."""

from __future__ import annotations

from typing import Any

from flows.accounts import allowance
from flows.accounts import service as accounts
from flows.aws import ids
from flows.executions import service as executions
from flows.forms import service as forms
from flows.forms.models import CreateForm
from flows.paging import Window
from flows.triggers import standing
from flows.workflows import pinning
from flows.workflows import service as workflows


def anything(*_: Any) -> None:
    """Grants every scope."""


def forget() -> None:
    """What a worker of Lambda would keep from one test to the next."""
    pinning.load.cache_clear()
    standing._noted.clear()
    allowance.forget()


def make_account(plan: str = "pro") -> str:
    account, _, _ = accounts.create_account("test", plan)
    return account.id


def make_form(account_id: str) -> str:
    body = CreateForm.model_validate({"name": "Contact", "fields": [{"name": "email", "type": "email"}]})
    return forms.create(account_id, body).id


def publish(account_id: str, *nodes: dict[str, Any], edges: tuple[dict[str, str], ...] = ()) -> str:
    """A published workflow of these nodes; its id."""
    workflow_id = ids.new_id("wf")
    workflows.create(account_id, workflow_id, {"name": "Test", "nodes": list(nodes), "edges": list(edges)}, anything)
    change(account_id, workflow_id, status="published")
    return workflow_id


def change(account_id: str, workflow_id: str, **fields: Any) -> None:
    workflows.change(account_id, workflow_id, fields, anything, None)


def trigger(type: str, **parameters: Any) -> dict[str, Any]:
    return {"id": "on", "type": type, "parameters": parameters}


def runs_of(account_id: str, workflow_id: str) -> list[dict[str, Any]]:
    """The workflow's runs, newest first, with their inputs."""
    listed = executions.listed(account_id, Window(100), workflow_id=workflow_id)
    return [executions.get(account_id, run["id"]).view for run in listed.items]
