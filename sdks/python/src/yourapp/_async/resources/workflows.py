"""Workflows."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, overload

from yourapp._async.paginator import AsyncPaginator
from yourapp._async.resource import AsyncResource
from yourapp._async.resources.executions import AsyncExecutions
from yourapp._async.resources.workflow_versions import AsyncWorkflowVersions
from yourapp._async.transport import AsyncTransport
from yourapp._request import NOT_GIVEN, NotGiven, Request, given, path
from yourapp.models import (
    Deleted,
    Edge,
    Execution,
    ExecutionSummary,
    Node,
    ScheduledTime,
    StartedExecution,
    Trigger,
    Validation,
    Workflow,
    WorkflowSummary,
)

Nodes = Sequence[Node | Mapping[str, Any]]
Edges = Sequence[Edge | Mapping[str, Any]]
Object = Mapping[str, Any]


class AsyncWorkflows(AsyncResource):
    """``client.workflows``; their versions are ``client.workflows.versions``."""

    def __init__(self, transport: AsyncTransport, executions: AsyncExecutions) -> None:
        super().__init__(transport)
        self._executions = executions
        self.versions = AsyncWorkflowVersions(transport)

    def list(
        self,
        *,
        status: str | None = None,
        search: str | None = None,
        limit: int | None = None,
        page: int | None = None,
        cursor: str | None = None,
    ) -> AsyncPaginator[WorkflowSummary]:
        """The account's workflows.

        Args:
            status: only ``draft`` or ``published`` ones.
            search: a part of the name.
            limit: items a page, at most 100.
            page: which page, from 1.
            cursor: where to go on.
        """
        query = {"status": status, "search": search, "limit": limit, "page": page, "cursor": cursor}
        return self._list(Request("GET", path("/workflows"), query), WorkflowSummary)

    async def get(self, workflow_id: str) -> Workflow:
        """One workflow with its newest definition."""
        return await self._one(Request("GET", path("/workflows/{workflow_id}", workflow_id=workflow_id)), Workflow)

    async def create(
        self,
        *,
        name: str,
        description: str | NotGiven | None = NOT_GIVEN,
        nodes: Nodes | NotGiven = NOT_GIVEN,
        edges: Edges | NotGiven = NOT_GIVEN,
        variables: Object | NotGiven = NOT_GIVEN,
        settings: Object | NotGiven = NOT_GIVEN,
        input_schema: Object | NotGiven | None = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Workflow:
        """Make a workflow; it is a draft until it is published.

        Args:
            name: its name.
            description: what it is for.
            nodes: its steps, as models or as JSON objects.
            edges: what follows on what.
            variables: values that expressions can use.
            settings: time limit, concurrency and so on.
            input_schema: the JSON Schema that inputs must fit.
            idempotency_key: your own name of this request.

        Raises:
            ValidationError: the definition is wrong; ``details`` lists everything that is.
        """
        body = given(
            name=name,
            description=description,
            nodes=nodes,
            edges=edges,
            variables=variables,
            settings=settings,
            input_schema=input_schema,
        )
        return await self._one(Request("POST", path("/workflows"), body=body, idempotency_key=idempotency_key), Workflow)

    async def update(
        self,
        workflow_id: str,
        *,
        name: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven | None = NOT_GIVEN,
        status: str | NotGiven = NOT_GIVEN,
        nodes: Nodes | NotGiven = NOT_GIVEN,
        edges: Edges | NotGiven = NOT_GIVEN,
        variables: Object | NotGiven = NOT_GIVEN,
        settings: Object | NotGiven = NOT_GIVEN,
        input_schema: Object | NotGiven | None = NOT_GIVEN,
        if_match: int | None = None,
    ) -> Workflow:
        """Change a workflow; what is not given stays. Other arguments as for :meth:`create`.

        Args:
            workflow_id: which.
            name: see :meth:`create`, and so for the others.
            description: None takes it away.
            status: ``published`` pins the present definition, ``draft`` takes the workflow out of service.
            nodes: all of them.
            edges: all of them.
            variables: all of them.
            settings: all of them.
            input_schema: None takes it away.
            if_match: the version that you saw last.

        Raises:
            ConflictError: the workflow has moved on from ``if_match``.
        """
        body = given(
            name=name,
            description=description,
            status=status,
            nodes=nodes,
            edges=edges,
            variables=variables,
            settings=settings,
            input_schema=input_schema,
        )
        headers = {} if if_match is None else {"If-Match": str(if_match)}
        where = path("/workflows/{workflow_id}", workflow_id=workflow_id)
        return await self._one(Request("PATCH", where, body=body, headers=headers), Workflow)

    async def publish(self, workflow_id: str, *, if_match: int | None = None) -> Workflow:
        """Put the present definition in service."""
        return await self.update(workflow_id, status="published", if_match=if_match)

    async def delete(self, workflow_id: str) -> Deleted:
        """Delete a workflow; runs under way finish."""
        return await self._one(Request("DELETE", path("/workflows/{workflow_id}", workflow_id=workflow_id)), Deleted)

    async def duplicate(
        self, workflow_id: str, *, name: str | NotGiven | None = NOT_GIVEN, idempotency_key: str | None = None
    ) -> Workflow:
        """Copy a workflow."""
        where = path("/workflows/{workflow_id}/duplicate", workflow_id=workflow_id)
        return await self._one(Request("POST", where, body=given(name=name), idempotency_key=idempotency_key), Workflow)

    async def validate(
        self,
        *,
        name: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven | None = NOT_GIVEN,
        nodes: Nodes | NotGiven = NOT_GIVEN,
        edges: Edges | NotGiven = NOT_GIVEN,
        variables: Object | NotGiven = NOT_GIVEN,
        settings: Object | NotGiven = NOT_GIVEN,
        input_schema: Object | NotGiven | None = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Validation:
        """Check a definition without storing it; ``problems`` of the result lists everything that is wrong."""
        body = given(
            name=name,
            description=description,
            nodes=nodes,
            edges=edges,
            variables=variables,
            settings=settings,
            input_schema=input_schema,
        )
        return await self._one(
            Request("POST", path("/workflows/validate"), body=body, idempotency_key=idempotency_key), Validation
        )

    def triggers(
        self, workflow_id: str, *, limit: int | None = None, page: int | None = None, cursor: str | None = None
    ) -> AsyncPaginator[Trigger]:
        """What starts the workflow: hook URLs, next scheduled times, last errors; all at once unless you give a limit."""
        where = path("/workflows/{workflow_id}/triggers", workflow_id=workflow_id)
        return self._list(Request("GET", where, {"limit": limit, "page": page, "cursor": cursor}), Trigger)

    async def schedule(self, workflow_id: str) -> builtins.list[ScheduledTime]:
        """The next ten moments at which the published schedules start the workflow."""
        return await self._all(Request("GET", path("/workflows/{workflow_id}/schedule", workflow_id=workflow_id)), ScheduledTime)

    def executions(
        self,
        workflow_id: str,
        *,
        status: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        limit: int | None = None,
        page: int | None = None,
        cursor: str | None = None,
    ) -> AsyncPaginator[ExecutionSummary]:
        """A workflow's runs, newest first.

        Args:
            workflow_id: which workflow.
            status: only runs of this status.
            from_: started at this time or later; a time without zone is UTC.
            to: started before this time.
            limit: items a page, at most 100.
            page: which page, from 1; pages reach the newest 1,000 runs.
            cursor: where to go on.
        """
        where = path("/workflows/{workflow_id}/executions", workflow_id=workflow_id)
        query = {"status": status, "from": from_, "to": to, "limit": limit, "page": page, "cursor": cursor}
        return self._list(Request("GET", where, query), ExecutionSummary)

    @overload
    async def execute(
        self,
        workflow_id: str,
        *,
        input: Any = NOT_GIVEN,
        version: str | int | None = None,
        wait: Literal[False] = False,
        timeout: float = 60.0,
        idempotency_key: str | None = None,
    ) -> StartedExecution: ...

    @overload
    async def execute(
        self,
        workflow_id: str,
        *,
        input: Any = NOT_GIVEN,
        version: str | int | None = None,
        wait: Literal[True],
        timeout: float = 60.0,
        idempotency_key: str | None = None,
    ) -> Execution: ...

    async def execute(
        self,
        workflow_id: str,
        *,
        input: Any = NOT_GIVEN,
        version: str | int | None = None,
        wait: bool = False,
        timeout: float = 60.0,
        idempotency_key: str | None = None,
    ) -> StartedExecution | Execution:
        """Run a workflow.

        Args:
            workflow_id: which.
            input: JSON; must fit the workflow's ``input_schema`` where it has one.
            version: ``published``, ``draft`` or a number; default: the published version, else the draft.
            wait: follow the run to its end, and return all of it.
            timeout: seconds to wait at most.
            idempotency_key: your own name of this request.

        Raises:
            ExecutionFailedError: waited for, it failed; carries the failing node's message and a link to the logs.
            ExecutionCancelledError: waited for, it was cancelled.
            ExecutionTimeoutError: it goes on after ``timeout``.
        """
        where = path("/workflows/{workflow_id}/execute", workflow_id=workflow_id)
        body = given(input=input, version=NOT_GIVEN if version is None else version)
        return await self._executions.start(
            Request("POST", where, body=body, idempotency_key=idempotency_key), wait=wait, timeout=timeout
        )
