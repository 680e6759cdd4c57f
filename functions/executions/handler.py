"""The executions API: starting, watching, cancelling and retrying runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from flows.accounts.plans import plan
from flows.api.answer import Answer, Listing, ok
from flows.api.app import Api
from flows.api.caller import caller
from flows.api.lists import CursorQuery, ListQuery, listing, window
from flows.api.times import query_time
from flows.errors import invalid
from flows.executions import cancelling, retrying, service
from flows.executions.models import (
    ExecuteWorkflow,
    ExecutionSummary,
    ExecutionView,
    LogEntry,
    RetryExecution,
    StartedView,
    Status,
)
from flows.executions.preference import wait_seconds
from flows.executions.records import FINAL, PENDING
from flows.paging import Listed
from flows.workflows import pinning

TAG = "Executions"
PAGED = 1_000
"""Executions that can be read by page; more go by cursor."""

StatusFilter = Annotated[Status | None, Query(alias="status", description="Only executions of this status.")]
WorkflowFilter = Annotated[str | None, Query(max_length=100, description="Only executions of this workflow.")]
From = Annotated[str | None, Query(alias="from", max_length=64, description="Started at this time or later (ISO 8601).")]
To = Annotated[str | None, Query(alias="to", max_length=64, description="Started before this time (ISO 8601).")]
Prefer = Annotated[
    str | None,
    Header(alias="Prefer", description="wait=20 answers with the finished execution when it ends in time (at most 25 s)."),
]


@dataclass(frozen=True)
class Filters:
    """The filters that lists of executions share."""

    status: StatusFilter = None
    since: From = None
    until: To = None


_NO_INPUT = ExecuteWorkflow()
_AS_IT_WAS = RetryExecution()

api = Api("executions")


@api.post(
    "/workflows/<workflow_id>/execute",
    scope="workflows:execute",
    status=202,
    also=(200,),
    summary="Execute workflow",
    tag=TAG,
    errors=("CONFLICT",),
    request_example={"input": {"email": "user@example.com", "name": "John Doe"}},
)
def execute_workflow(
    workflow_id: str, body: ExecuteWorkflow = _NO_INPUT, prefer: Prefer = None
) -> Answer[StartedView | ExecutionView]:
    """Starts a run of the published version, or else of the draft. With `Prefer: wait=20` the answer is the finished execution
    (200) when it ends within that time."""
    workflow = pinning.pinned(caller().account_id, workflow_id)
    started = service.start(
        caller().account_id,
        workflow,
        version=workflow.version_of(body.version),
        input=body.input,
        trigger={"type": "api"},
        execution_id=_own_id(),
        started_at=caller().started_at() if caller().repeatable else None,
        retention_days=plan(caller().plan).retention_days,
        most_runs=caller().most_runs,
    )
    return _started(started, prefer)


@api.get("/workflows/<workflow_id>/executions", scope="executions:read", summary="List a workflow's executions", tag=TAG)
def list_workflow_executions(workflow_id: str, query: ListQuery, filters: Filters) -> Listing[ExecutionSummary]:
    """Newest first, without input, output and logs. By page up to 1,000 executions; beyond them by cursor."""
    if query.page and query.page * query.limit > PAGED:
        raise invalid("query.page", f"pages reach the newest {PAGED:,} executions; use cursor for those before them", "too_far")
    route, told = f"GET /workflows/{workflow_id}/executions", _told(filters)
    at = window(query, route, told)
    found = service.listed(caller().account_id, at, workflow_id=workflow_id, with_total=True, **_interval(filters))
    if not found.items:
        pinning.pinned(caller().account_id, workflow_id)  # NOT_FOUND and "none so far" are told apart
    return listing(found, query, route, told)


@api.get("/executions", scope="executions:read", summary="List executions", tag=TAG)
def list_executions(query: CursorQuery, filters: Filters, workflow_id: WorkflowFilter = None) -> Listing[ExecutionSummary]:
    """Newest first, without input, output and logs."""
    told = {**_told(filters), "workflow_id": workflow_id}
    at = window(query, "GET /executions", told)
    found = service.listed(caller().account_id, at, workflow_id=workflow_id, **_interval(filters))
    return listing(found, query, "GET /executions", told)


@api.get("/executions/<execution_id>", scope="executions:read", summary="Get execution", tag=TAG)
def get_execution(execution_id: str) -> Answer[ExecutionView]:
    """The execution with its input, output and logs."""
    return ok(_view(service.get(caller().account_id, execution_id)))


@api.get("/executions/<execution_id>/logs", scope="executions:read", summary="List an execution's logs", tag=TAG)
def list_logs(execution_id: str, query: CursorQuery) -> Listing[LogEntry]:
    """Every run of a node, in the order of their start, skipped nodes included."""
    route = _logs_route(execution_id)
    found = service.read_logs(caller().account_id, execution_id, window(query, route, {}).after, query.limit)
    return listing(Listed(found.entries, found.next), query, route, {})


@api.post(
    "/executions/<execution_id>/cancel", scope="workflows:execute", summary="Cancel execution", tag=TAG, errors=("CONFLICT",)
)
def cancel_execution(execution_id: str, prefer: Prefer = None) -> Answer[ExecutionView]:
    """Ends what has not started or waits; what is at work ends after the node that it is at: `Prefer: wait=20` answers then. An
    execution that has ended already is CONFLICT."""
    found = cancelling.cancel(caller().account_id, execution_id)
    seconds = wait_seconds(prefer)
    if not seconds:
        return ok(_view(found))
    if found.view["status"] not in FINAL:
        found = service.wait(caller().account_id, execution_id, seconds)
    return ok(_view(found), headers={"Preference-Applied": f"wait={seconds}"})


@api.post(
    "/executions/<execution_id>/retry",
    scope="workflows:execute",
    status=202,
    also=(200,),
    summary="Retry execution",
    tag=TAG,
    errors=("CONFLICT",),
)
def retry_execution(
    execution_id: str, body: RetryExecution = _AS_IT_WAS, prefer: Prefer = None
) -> Answer[StartedView | ExecutionView]:
    """Starts a new execution that takes over the results of the nodes that succeeded. Answers as execute does."""
    started = retrying.retry(
        caller().account_id,
        execution_id,
        from_node=body.from_node,
        version=body.version,
        new_execution_id=_own_id(),
        started_at=caller().started_at() if caller().repeatable else None,
        retention_days=plan(caller().plan).retention_days,
        most_runs=caller().most_runs,
    )
    return _started(started, prefer)


def _own_id() -> str | None:
    """The run's id where the request may be repeated; else it is made with the run, of the moment that it starts."""
    return caller().new_id("exec") if caller().repeatable else None


def _started(started: service.Started, prefer: str | None) -> Answer[Any]:
    seconds = wait_seconds(prefer)
    # A run that has just been written is on its way: the reference shows it as running.
    status = "running" if started.status == PENDING else started.status
    data = {"execution_id": started.execution_id, "status": status, "started_at": started.started_at}
    if not seconds:
        return ok(data)
    found = service.wait(caller().account_id, started.execution_id, seconds)
    applied = {"Preference-Applied": f"wait={seconds}"}
    if found.view["status"] in FINAL:
        return ok(_view(found), headers=applied, status=200)
    return ok({**data, "status": found.view["status"]}, headers=applied)


def _view(found: service.Execution) -> dict[str, Any]:
    if found.logs_next is None:
        return found.view
    execution_id = found.view["id"]
    rest = listing(Listed([], dict(found.logs_next)), CursorQuery(), _logs_route(execution_id), {})
    return {**found.view, "logs_next_cursor": (rest.meta or {})["next_cursor"]}


def _logs_route(execution_id: str) -> str:
    return f"GET /executions/{execution_id}/logs"


def _told(filters: Filters) -> dict[str, Any]:
    return {"status": filters.status, "from": filters.since, "to": filters.until}


def _interval(filters: Filters) -> Mapping[str, Any]:
    return {
        "status": filters.status,
        "since": query_time("from", filters.since),
        "until": query_time("to", filters.until),
    }


handler = api.handler
