"""Executions: runs of workflows."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import anyio

from yourapp._answers import parsed
from yourapp._async.paginator import AsyncPaginator
from yourapp._async.resource import AsyncResource
from yourapp._async.resources.log_stream import AsyncLogStream
from yourapp._request import NOT_GIVEN, Request, given, path
from yourapp._waiting import FIRST_POLL, next_poll, prefer
from yourapp.errors import ExecutionCancelledError, ExecutionFailedError, ExecutionTimeoutError
from yourapp.models import Execution, ExecutionSummary, LogEntry, StartedExecution


class AsyncExecutions(AsyncResource):
    """``client.executions``"""

    def list(
        self,
        *,
        workflow_id: str | None = None,
        status: str | None = None,
        from_: datetime | str | None = None,
        to: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AsyncPaginator[ExecutionSummary]:
        """The account's runs, newest first.

        Args:
            workflow_id: only runs of this workflow.
            status: only runs of this status.
            from_: started at this time or later; a time without zone is UTC.
            to: started before this time.
            limit: items a page, at most 100.
            cursor: where to go on.
        """
        query = {
            "workflow_id": workflow_id,
            "status": status,
            "from": from_,
            "to": to,
            "limit": limit,
            "cursor": cursor,
        }
        return self._list(Request("GET", path("/executions"), query), ExecutionSummary)

    async def get(self, execution_id: str) -> Execution:
        """One run with its input, output and logs."""
        return await self._one(Request("GET", path("/executions/{execution_id}", execution_id=execution_id)), Execution)

    async def cancel(self, execution_id: str, *, idempotency_key: str | None = None) -> Execution:
        """Stop what has not started.

        Raises:
            ConflictError: the run has ended already.
        """
        where = path("/executions/{execution_id}/cancel", execution_id=execution_id)
        return await self._one(Request("POST", where, idempotency_key=idempotency_key), Execution)

    async def retry(
        self,
        execution_id: str,
        *,
        from_node: str | None = None,
        version: str | int | None = None,
        wait: bool = False,
        timeout: float = 60.0,
        idempotency_key: str | None = None,
    ) -> StartedExecution | Execution:
        """Run again, taking over the results of the nodes that succeeded.

        Args:
            execution_id: the run that is tried again.
            from_node: run this node and all behind it again, whatever they did.
            version: ``published``, ``draft`` or a number; default: that run's.
            wait: follow the new run to its end, as ``client.workflows.execute`` does.
            timeout: seconds to wait at most.
            idempotency_key: your own name of this request.
        """
        where = path("/executions/{execution_id}/retry", execution_id=execution_id)
        body = given(from_node=NOT_GIVEN if from_node is None else from_node, version=NOT_GIVEN if version is None else version)
        return await self.start(Request("POST", where, body=body, idempotency_key=idempotency_key), wait=wait, timeout=timeout)

    def logs(self, execution_id: str, *, limit: int | None = None, cursor: str | None = None) -> AsyncPaginator[LogEntry]:
        """A run's logs so far: one entry a node, in the order of their starts."""
        where = path("/executions/{execution_id}/logs", execution_id=execution_id)
        return self._list(Request("GET", where, {"limit": limit, "cursor": cursor}), LogEntry)

    async def stream_logs(self, execution_id: str) -> AsyncIterator[LogEntry]:
        """A run's logs as they come, until it has ended.

        An entry comes when its node is done, and once more before that when the node waits for something.
        """
        where = path("/executions/{execution_id}/logs", execution_id=execution_id)
        stream = AsyncLogStream()
        delay = FIRST_POLL
        while True:
            ended = (await self.get(execution_id)).is_final
            found = False
            async for entry in stream.read(self._transport, Request("GET", where, {"limit": 100})):
                found = True
                yield entry
            if ended:
                return
            delay = FIRST_POLL if found else next_poll(delay)
            await anyio.sleep(delay)

    async def wait(self, execution_id: str, *, timeout: float = 60.0, raise_on_failure: bool = True) -> Execution:
        """Follow a run to its end.

        Args:
            execution_id: which.
            timeout: seconds to wait at most.
            raise_on_failure: False: give a failed or cancelled run back like any other.

        Raises:
            ExecutionFailedError: it failed; carries the failing node's message and a link to the logs.
            ExecutionCancelledError: it was cancelled.
            ExecutionTimeoutError: it goes on after ``timeout``.
        """
        end = time.monotonic() + timeout
        delay = FIRST_POLL
        while True:
            execution = await self.get(execution_id)
            if execution.is_final:
                return self._ended(execution) if raise_on_failure else execution
            left = end - time.monotonic()
            if left <= 0:
                raise ExecutionTimeoutError(execution_id, execution.status, timeout, logs_url=self._logs_url(execution_id))
            await anyio.sleep(min(delay, left))
            delay = next_poll(delay)

    async def output(self, execution_id: str) -> Any:
        """A run's output, also one over 1 MB, which ``get`` only links to."""
        output = (await self.get(execution_id)).output
        if isinstance(output, dict) and set(output) == {"$ref", "size"}:
            return json.loads(await self._transport.fetch(str(output["$ref"])))
        return output

    async def start(self, request: Request, *, wait: bool, timeout: float) -> StartedExecution | Execution:
        """Send a request that starts a run (internal: use ``workflows.execute`` or ``retry``)."""
        if not wait:
            return await self._one(request, StartedExecution)
        end = time.monotonic() + timeout
        seconds, headers = prefer(timeout)
        answer = await self._transport.send(replace(request, headers=headers, extra_seconds=seconds))
        if "execution_id" not in answer.data:
            return self._ended(parsed(Execution, answer.data, answer.response))
        started = parsed(StartedExecution, answer.data, answer.response)
        return await self.wait(started.execution_id, timeout=max(0.0, end - time.monotonic()))

    def _ended(self, execution: Execution) -> Execution:
        if execution.status == "failed":
            raise ExecutionFailedError(execution, logs_url=self._logs_url(execution.id))
        if execution.status == "cancelled":
            raise ExecutionCancelledError(execution, logs_url=self._logs_url(execution.id))
        return execution

    def _logs_url(self, execution_id: str) -> str:
        where = path("/executions/{execution_id}/logs", execution_id=execution_id)
        return self._transport.options.base_url + where
