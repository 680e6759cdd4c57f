"""What a node did, and what that means for the run: recorded, tried again, waited for, failed."""

from __future__ import annotations

import heapq
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flows.aws.clock import iso
from flows.engine import retrying
from flows.engine.context import RunningContext
from flows.engine.contract import bare
from flows.engine.failures import node_limit, run_error
from flows.engine.finishing import Ended
from flows.engine.graph import ERROR, Node
from flows.engine.journal import Packed
from flows.engine.recorder import entry_of
from flows.engine.results import EndRun, NodeFailure, Outcome, Wait
from flows.engine.state import COMPLETED, FAILED, RUNNING, WAITING, Frame, NodeState
from flows.engine.truth import holds

if TYPE_CHECKING:
    from flows.engine.walker import Turn

IN_PROCESS_PAUSE_SECONDS = 3.0
"""A shorter pause between attempts is spent in the turn; for a longer one the run parks."""


class Outcomes:
    """Takes what nodes return and raise."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn

    def succeeded(self, frame: Frame, node_id: str, outcome: Outcome, context: RunningContext, started: float) -> None:
        node = frame.graph.nodes[node_id]
        if outcome.wait is not None:
            self._waits(frame, node_id, outcome.wait, context)
            return
        same = outcome.output is context.input
        output = outcome.output if same else context.masked(outcome.output)
        try:
            packed = None if same else self.turn.store.pack(output)
        except NodeFailure as failure:
            self.failed(frame, node_id, failure, context, started)
            return
        except (ValueError, TypeError, RecursionError):
            problem = NodeFailure(
                "InvalidOutput", f"The output of {node_id!r} is not JSON (a number out of range, or nested too deeply)"
            )
            self.failed(frame, node_id, problem, context, started)
            return
        if outcome.response is not None:
            # Answered first and recorded then: a repeat answers nothing twice, and no recorded answer was never given.
            self.turn.recorder.flush()
            self.turn.store.respond(context.masked(dict(outcome.response)))
        if outcome.end is not None:
            self._end_by_node(node, output, outcome.end)
        self.decided(frame, node_id, COMPLETED, outcome.port, output, packed, context, started)
        if outcome.end is None:
            self.turn.deciding.after(frame, node_id)

    def _end_by_node(self, node: Node, output: Any, end: EndRun) -> None:
        if end.status == "failed":
            message = end.message or "Stopped by the workflow"
            self.turn.end_by_node(
                node.id, Ended(FAILED, output, run_error(node.id, "Stopped", message, output)), with_output=True
            )
        else:
            self.turn.end_by_node(node.id, Ended(COMPLETED, output), with_output=True)

    def _waits(self, frame: Frame, node_id: str, wait: Wait, context: RunningContext) -> None:
        state = frame.nodes[node_id]
        node = frame.graph.nodes[node_id]
        again = state.status == WAITING
        limit = (state.wait or {}).get("limit") if again else node_limit(node, self.turn.environment.now())
        state.status = WAITING
        state.wait = {"kind": wait.kind, "until": iso(wait.until) if wait.until else None, "data": dict(wait.data)}
        if limit is not None:
            state.wait["limit"] = limit
        self.turn.waits.note(state)
        self.turn.recorder.changed = True
        if again:
            return
        entry = entry_of(frame, node, state.seq, WAITING, state.attempt, state.started_at, 0)
        entry["i"] = list(context.inputs)
        entry["o"] = self.turn.store.pack(dict(wait.data))
        self.turn.recorder.record(entry)
        if wait.kind in ("approval", "webhook"):
            self.turn.recorder.flush(event=self._waiting_event(frame, node_id, state))

    def _waiting_event(self, frame: Frame, node_id: str, state: NodeState) -> dict[str, Any]:
        wait = state.wait or {}
        return {
            "type": "execution.waiting",
            "seed": f"{self.turn.run.execution_id}|{frame.scope}|{node_id}",
            "data": {
                "execution_id": self.turn.run.execution_id,
                "workflow_id": self.turn.run.workflow_id,
                "workflow_name": self.turn.run.workflow_name,
                "version": self.turn.run.version,
                "node_id": node_id,
                "scope": [list(step) for step in frame.scope],
                "kind": wait.get("kind"),
                "until": wait.get("until"),
                **{key: value for key, value in (wait.get("data") or {}).items() if key in ("message", "links", "url")},
            },
        }

    def failed(
        self, frame: Frame, node_id: str, failure: NodeFailure, context: RunningContext | None, started: float | None = None
    ) -> None:
        state = frame.nodes[node_id]
        node = frame.graph.nodes[node_id]
        begun = time.monotonic() if started is None else started
        if context is None:
            context = self.turn.contexts.context(frame, node_id)
        wanted, failure = self._is_wanted(frame, node_id, failure, context)
        if wanted:
            self._try_again(frame, node_id, failure)
            return
        error = context.masked(failure.as_dict())
        if node.on_error == "fail":
            state.status, state.port = FAILED, None
            if self.turn.deadline_is_over():
                self.turn.end_by_deadline()
            elif frame.parent is None:
                told = run_error(node_id, error["type"], error["message"], error.get("details"))
                self.turn.end_by_node(node_id, Ended(FAILED, error=told))
            self.turn.recorder.record_node(frame, node_id, FAILED, None, None, error, context, begun)
            if frame.parent is not None:
                self.turn.finishing.cancel_open(frame)
                self.turn.loops.item_failed(frame, {"node_id": node_id, **error})
            return
        if self.turn.deadline_is_over():
            self.turn.end_by_deadline()
        output = {"error": error, "input": context.input}
        port = ERROR if node.on_error == "route" else "main"
        try:
            packed = self.turn.store.pack(output)
        except (NodeFailure, ValueError, TypeError):
            output = {"error": error, "input": None}
            packed = self.turn.store.pack(output)
        self.decided(frame, node_id, FAILED, port, output, packed, context, begun, error)
        self.turn.deciding.after(frame, node_id)

    def _is_wanted(self, frame: Frame, node_id: str, failure: NodeFailure, context: RunningContext) -> tuple[bool, NodeFailure]:
        """Whether there is to be another attempt, and what the node has failed with: a ``when`` that fails itself is told."""
        retry = frame.graph.nodes[node_id].retry
        attempt = frame.nodes[node_id].attempt
        if retry is None or attempt >= retry.max_attempts or failure.type == "Crashed" or self.turn.deadline_is_over():
            return False, failure
        if not retry.when:
            return failure.retryable, failure
        try:
            return holds(
                context.evaluate(bare(retry.when), parameter="retry.when", failure=failure.as_dict(), attempt=attempt)
            ), failure
        except NodeFailure as broken:
            message = f"{broken.message}; it was evaluated since the node had failed with {failure.type}: {failure.message}"
            return False, NodeFailure(broken.type, message, {**(broken.details or {}), "failure": failure.as_dict()})

    def _try_again(self, frame: Frame, node_id: str, failure: NodeFailure) -> None:
        state = frame.nodes[node_id]
        retry = frame.graph.nodes[node_id].retry
        assert retry is not None  # noqa: S101 - _is_wanted has looked
        pause = retrying.pause_seconds(retry, state.attempt, failure)
        state.attempt += 1
        state.loop = None
        self.turn.recorder.changed = True
        if pause <= IN_PROCESS_PAUSE_SECONDS:
            state.status, state.wait = RUNNING, None
            heapq.heappush(self.turn.timers, (time.monotonic() + pause, state.seq, frame, node_id))
        else:
            state.status = WAITING
            state.wait = {"kind": "retry", "until": iso(self.turn.environment.now() + timedelta(seconds=pause))}
            self.turn.waits.note(state)

    def decided(
        self,
        frame: Frame,
        node_id: str,
        status: str,
        port: str,
        output: Any,
        packed: Packed | None,
        context: RunningContext,
        started: float,
        error: dict[str, Any] | None = None,
    ) -> None:
        """Record a result, and remember it for what follows."""
        state = frame.nodes[node_id]
        state.status, state.port, state.wait = status, port, None
        self.turn.memory.keep(frame.scope, node_id, output)
        self.turn.recorder.record_node(frame, node_id, status, port, packed, error, context, started)
        state.loop = None
