"""One turn of a run: run what is ready, record it, say what comes next.

The walker holds the run's lease, so there is one of it a run. Pure nodes and expressions run on the main thread, effects in threads;
only the main thread touches the state and the journal. What is recorded when:

* results of pure nodes together, at the latest before an effect that depends on them starts, and at the hand-back;
* an effect is marked as started first (a page says ``running``, or the page before this turn armed it), and its result is a page
  before anything that depends on it starts. In a loop, marks and results go in batches.
"""

from __future__ import annotations

import heapq
import queue
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flows import strict_json
from flows.aws.clock import iso, parse_iso
from flows.engine import parameters, planner, retrying
from flows.engine.context import RunningContext
from flows.engine.contract import Answer, EndRun, NodeFailure, Outcome, Wait
from flows.engine.environment import Environment
from flows.engine.expressions.hard_stop import hard_stop
from flows.engine.expressions.limits import Stopped
from flows.engine.graph import ERROR, Node
from flows.engine.journal import Entry, Packed, Page, RunRecord, Store, scope_key
from flows.engine.loops import Loops
from flows.engine.memory import Memory
from flows.engine.prepared import Plan
from flows.engine.state import (
    CANCELLED,
    COMPLETED,
    FAILED,
    RUNNING,
    SKIPPED,
    WAITING,
    Frame,
    NodeState,
    RunState,
    Scope,
)
from flows.engine.takeover import take_over

TURN_SECONDS = 600.0
"""A turn hands back after this time: Lambda ends an invocation after 900 seconds."""
IN_PROCESS_PAUSE_SECONDS = 3.0
"""A shorter pause between attempts is spent in the turn; for a longer one the run parks."""
PURE_SECONDS = 15.0
"""A pure node that takes longer is stopped."""
EFFECT_SECONDS = 60.0
"""What an effect may take when neither node nor parameters say."""
LONGEST_EFFECT_SECONDS = 830.0
MAX_CRASHES = 3
PAGE_BYTES = 200_000
PAGE_ENTRIES = 400
RENEW_SECONDS = 10.0
CANCEL_POLL_SECONDS = 2.0
CANCEL_GRACE_SECONDS = 3.0
LONGEST_PARK_SECONDS = 30_000_000
"""347 days: less than a Step Functions execution may live."""


@dataclass(frozen=True)
class HandBack:
    """What comes after a turn.

    Args:
        next: ``walk`` (at once), ``park`` (after `seconds`, or an answer), ``done``.
        seconds: longest time to park.
        seen: answers that the walker knew of: a newer one ends the parking at once.
        waiting: nodes wait for people, times or others (and not only for the next attempt).
    """

    next: str
    seconds: int = 0
    seen: int = 0
    waiting: bool = False


@dataclass(frozen=True)
class _Ended:
    """The run ends: by a node, a cancel, a deadline."""

    status: str
    output: Any = None
    error: dict[str, Any] | None = None


@dataclass
class _Done:
    """An effect has ended in its thread."""

    frame: Frame
    node_id: str
    context: RunningContext
    outcome: Outcome | None
    failure: NodeFailure | None
    started: float


class Turn:
    """One turn of one run."""

    def __init__(self, store: Store, run: RunRecord, plan: Plan, environment: Environment, owner: str) -> None:
        self.store = store
        self.run = run
        self.plan = plan
        self.environment = environment
        self.owner = owner
        self.stepping = plan.settings.get("stepping") or "node"
        self.begun = time.monotonic()
        self.work: deque[tuple[Frame, str]] = deque()
        self.in_flight: dict[tuple[Scope, str], Future[None]] = {}
        self.events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.timers: list[tuple[float, int, Frame, str]] = []
        self.alone: deque[tuple[Frame, str]] = deque()
        self.alone_running = False
        self.armed: set[tuple[Scope, str]] = set()
        self.entries: list[Entry] = []
        self.entry_bytes = 0
        self.changed = False
        self.executed = 0
        self.effects_started = 0
        self.held: list[tuple[Frame, str]] = []
        self.ended: _Ended | None = None
        self.pool: ThreadPoolExecutor | None = None
        self.last_renewal = self.last_poll = self.begun
        self.memory = Memory(store)
        self.loops = Loops(self)
        self._values: dict[str, Any] = {}

    # ------------------------------------------------------------------------------------------------ the turn as a whole

    def walk(self) -> HandBack:
        """Run the turn.

        Raises:
            Superseded: another walker has the run; nothing more may be done.
        """
        try:
            self._load()
            if self.run.cancel_requested:
                self._cancel()
            if self.ended is None:
                self._wake()
            while self.ended is None and self._step():
                pass
            if self.ended is None:
                self._look_at_the_end()
            return self._hand_back()
        finally:
            if self.pool is not None:
                self.pool.shutdown(wait=False, cancel_futures=True)

    def _load(self) -> None:
        head = self.store.head()
        self.memory.start(self._starting_input())
        if head is None:
            self.position = 1
            self.state = RunState(Frame(self.plan.graph))
            self.changed = True
            if self.run.seed:
                take_over(self)
            if self.ended is None:
                self._begin(crashes=max(0, self.run.turn - 1))
            return
        self.position = head.number + 1
        self.state = RunState.load(head.state, self.plan.graph)
        self.memory.remember(head)
        crashes = max(0, self.run.turn - head.turn - 1)
        for frame, node_id, state in self.state.root.walk():
            if state.status != RUNNING:
                continue
            if state.loop is not None:
                if crashes and state.loop.armed > state.loop.low:
                    state.loop.crashes += crashes
                continue
            state.crashes += crashes
            self.armed.add((frame.scope, node_id))
            self.work.append((frame, node_id))
        self.loops.resume()

    def _starting_input(self) -> Callable[[], Any]:
        packed = self.run.trigger_output if self.run.trigger_output is not None else self.run.input
        return lambda: self.store.unpack(packed)

    def _begin(self, crashes: int) -> None:
        root = self.state.root
        chosen = set(planner.begin(root.graph, self.run.trigger_node))
        for node_id in root.graph.starts:
            if node_id in root.nodes:
                continue
            if node_id in chosen:
                self._ready(root, node_id, crashes=crashes)
                self.armed.add((root.scope, node_id))
            else:
                self._skip(root, node_id)
        for node_id in list(root.nodes):
            if root.nodes[node_id].decided:
                self._after(root, node_id)

    def _wake(self) -> None:
        """Whatever waits and is due, or has an answer, goes on."""
        given: dict[tuple[Scope, str], list[Answer]] = {}
        if self.run.answers != self.state.answers:
            for one in self.store.answers():
                given.setdefault((scope_key(one.scope), one.node_id), []).append(one.answer)
            self.state.answers = self.run.answers
            self.changed = True
        now = self.environment.now()
        for frame, node_id, state in list(self.state.root.walk()):
            if state.status != WAITING or state.wait is None or self.ended is not None:
                continue
            until = state.wait.get("until")
            due = until is not None and parse_iso(until) <= now
            answers = given.get((frame.scope, node_id), [])
            if state.wait["kind"] == "retry":
                if due:
                    state.status, state.wait = RUNNING, None
                    self.work.append((frame, node_id))
            elif due or answers:
                self._resume(frame, node_id, state, answers, due)

    def _step(self) -> bool:
        """Do one thing, or wait for one; False when nothing can be done in this turn."""
        self._look_around()
        if self.ended is not None:
            return False
        self._take_events(block=False)
        if self.ended is not None:
            return False
        if self.work and not self.time_is_up():
            frame, node_id = self.work.popleft()
            self._execute(frame, node_id)
            return True
        if self.alone and not self.in_flight and not self.time_is_up():
            frame, node_id = self.alone.popleft()
            self.alone_running = True
            self._start_effect(frame, node_id)
            return True
        if self.in_flight:
            self._take_events(block=True)
            return True
        if self.timers and not self.time_is_up():
            pause = self.timers[0][0] - time.monotonic()
            if pause > 0:
                time.sleep(min(pause, 0.5))
            self._take_timers()
            return True
        return False

    def _look_around(self) -> None:
        """Renew the lease, see a cancel, see the deadline: each now and then."""
        self._take_timers()
        now = time.monotonic()
        if now - self.last_renewal >= RENEW_SECONDS:
            self.last_renewal = self.last_poll = now
            if self.store.renew().cancel_requested:
                self._cancel()
        elif now - self.last_poll >= CANCEL_POLL_SECONDS:
            self.last_poll = now
            if self.store.cancelled():
                self._cancel()
        if self.ended is None and self.run.deadline is not None and self.environment.now() >= self.run.deadline:
            seconds = self.plan.settings.get("timeout_seconds")
            self.ended = _Ended(
                FAILED,
                error=_error(None, "ExecutionTimeout", f"The execution took longer than its timeout_seconds ({seconds})", None),
            )

    def _cancel(self) -> None:
        self.ended = _Ended(CANCELLED)

    def time_is_up(self) -> bool:
        return time.monotonic() - self.begun > TURN_SECONDS or self.environment.seconds_left() < 60

    def _take_timers(self) -> None:
        now = time.monotonic()
        while self.timers and self.timers[0][0] <= now:
            _, _, frame, node_id = heapq.heappop(self.timers)
            self.work.append((frame, node_id))

    def _take_events(self, *, block: bool) -> None:
        while True:
            try:
                if block:
                    limit = 0.25 if self.timers else 0.5
                    event = self.events.get(timeout=limit)
                else:
                    event = self.events.get_nowait()
            except queue.Empty:
                return
            if isinstance(event, _Done):
                self._effect_ended(event)
            else:
                event()
            if block or self.ended is not None:
                return

    # ------------------------------------------------------------------------------------------------------- deciding

    def _ready(self, frame: Frame, node_id: str, crashes: int = 0) -> None:
        frame.nodes[node_id] = NodeState(
            RUNNING, seq=self.state.next_seq(), started_at=iso(self.environment.now()), crashes=crashes
        )
        self.work.append((frame, node_id))

    def begin_body(self, frame: Frame) -> None:
        """Start the nodes that a loop's body begins with."""
        for node_id in frame.graph.starts:
            self._ready(frame, node_id)

    def run_pure(self, frame: Frame) -> None:
        """Run what is ready in a frame until only effects, waits and other frames are left."""
        while self.ended is None and self.work and self.work[-1][0].scope[: len(frame.scope)] == frame.scope:
            inner, node_id = self.work.pop()
            kind = self.plan.node(inner.graph.nodes[node_id]).type
            if kind is not None and kind.effect:
                self.work.append((inner, node_id))
                return
            self._execute(inner, node_id)

    def later(self, function: Callable[[], None]) -> None:
        """Do something once the present step is done: keeps loops from nesting ever deeper."""
        self.events.put(function)

    def _skip(self, frame: Frame, node_id: str) -> None:
        node = frame.graph.nodes[node_id]
        seq = self.state.next_seq()
        frame.nodes[node_id] = NodeState(SKIPPED, page=self.position, seq=seq)
        now = iso(self.environment.now())
        self.record(_entry(frame, node, seq, SKIPPED, 1, now, 0))

    def _after(self, frame: Frame, node_id: str) -> None:
        """Look at what follows a node that has been decided."""
        pending = deque([node_id])
        while pending:
            for edge in frame.graph.outgoing(pending.popleft()):
                if edge.target in frame.nodes:
                    continue
                verdict = planner.decide(frame, edge.target)
                if verdict == planner.READY:
                    self._ready(frame, edge.target)
                elif verdict == planner.SKIP:
                    self._skip(frame, edge.target)
                    pending.append(edge.target)
        if frame.parent is not None and len(frame.nodes) == len(frame.graph.nodes):
            if all(state.decided for state in frame.nodes.values()):
                self.loops.item_ended(frame)

    # ------------------------------------------------------------------------------------------------------ executing

    def _execute(self, frame: Frame, node_id: str) -> None:
        state = frame.nodes[node_id]
        if state.status != RUNNING:
            return
        prepared = self.plan.node(frame.graph.nodes[node_id])
        if self.stepping == "each" and self.executed and not self.in_flight and frame.parent is None:
            self.held.append((frame, node_id))
            return
        if state.crashes >= MAX_CRASHES:
            self.failed(
                frame,
                node_id,
                NodeFailure("Crashed", f"The node crashed its worker {state.crashes} times and was given up"),
                None,
            )
            return
        if prepared.node.disabled:
            context = self.context(frame, node_id)
            self.succeeded(frame, node_id, Outcome(context.input), context, time.monotonic())
            return
        if prepared.type is None:
            self.failed(frame, node_id, NodeFailure("UnknownType", f"There is no node type {prepared.node.type!r}"), None)
            return
        if prepared.node.type == "foreach":
            self.executed += 1
            self.loops.start(frame, node_id)
            return
        if prepared.type.effect:
            self._consider_effect(frame, node_id)
            return
        self.executed += 1
        started = time.monotonic()
        context = self.context(frame, node_id)
        try:
            values = self.parameters(context, prepared.node)
            with hard_stop(PURE_SECONDS):
                outcome = prepared.type.run(context, values)
        except Exception as error:  # whatever a node raises is the node's failure, never the walker's
            self.failed(frame, node_id, _as_failure(error, prepared.node), context, started)
            return
        self.succeeded(frame, node_id, outcome, context, started)

    def _consider_effect(self, frame: Frame, node_id: str) -> None:
        """Start an effect in this turn, or hand back before it: see ``settings.stepping``."""
        state = frame.nodes[node_id]
        if state.crashes:
            self.alone.append((frame, node_id))
            return
        if self.alone_running or len(self.in_flight) >= self.environment.threads:
            self.held.append((frame, node_id))
            return
        first = self.effects_started == 0
        others = self.in_flight or self.work or self.held or self.timers
        if self.stepping == "segment" or first or others or frame.parent is not None:
            self._start_effect(frame, node_id)
            return
        self.held.append((frame, node_id))

    def _start_effect(self, frame: Frame, node_id: str) -> None:
        state = frame.nodes[node_id]
        prepared = self.plan.node(frame.graph.nodes[node_id])
        assert prepared.type is not None  # noqa: S101 - _execute has looked
        context = self.context(frame, node_id)
        started = time.monotonic()
        self.effects_started += 1
        self.executed += 1
        try:
            values = self.parameters(context, prepared.node)
        except Exception as error:  # as in _execute
            self.alone_running = False
            self.failed(frame, node_id, _as_failure(error, prepared.node), context, started)
            return
        if not self._is_marked(frame, node_id):
            self.loops.arm(frame)
            self.changed = True
            self.flush()
        if self.pool is None:
            self.pool = ThreadPoolExecutor(self.environment.threads, thread_name_prefix="effect")
        run = prepared.type.run

        def work() -> None:
            done = _Done(frame, node_id, context, None, None, started)
            try:
                done.outcome = run(context, values)
            except Exception as error:  # as in _execute
                done.failure = _as_failure(error, prepared.node)
            self.events.put(done)

        state.status = RUNNING
        self.in_flight[frame.scope, node_id] = self.pool.submit(work)

    def _is_marked(self, frame: Frame, node_id: str) -> bool:
        if frame.parent is None:
            return (frame.scope, node_id) in self.armed
        return (frame.scope, node_id) in self.armed or self.loops.is_armed(frame)

    def _effect_ended(self, done: _Done) -> None:
        self.in_flight.pop((done.frame.scope, done.node_id), None)
        self.armed.discard((done.frame.scope, done.node_id))
        self.alone_running = False
        if done.frame.nodes[done.node_id].status != RUNNING:
            return  # its loop's item has failed meanwhile, and it counts as cancelled
        done.frame.dirty = True
        self._record_effect(done)
        while self.held and len(self.in_flight) < self.environment.threads:
            self.work.append(self.held.pop(0))
            if len(self.work) + len(self.in_flight) >= self.environment.threads:
                break

    def _record_effect(self, done: _Done) -> None:
        if done.failure is not None:
            self.failed(done.frame, done.node_id, done.failure, done.context, done.started)
        else:
            assert done.outcome is not None  # noqa: S101 - one of the two is set
            self.succeeded(done.frame, done.node_id, done.outcome, done.context, done.started)

    def _resume(self, frame: Frame, node_id: str, state: NodeState, answers: Sequence[Answer], due: bool) -> None:
        prepared = self.plan.node(frame.graph.nodes[node_id])
        started = time.monotonic()
        context = self.context(frame, node_id)
        context.wait = Wait(
            parse_iso(state.wait["until"]) if state.wait and state.wait.get("until") else None,
            state.wait["kind"] if state.wait else "",
            (state.wait or {}).get("data") or {},
        )
        try:
            if prepared.type is None or prepared.type.resume is None:
                raise NodeFailure("UnknownType", f"A node of type {prepared.node.type!r} cannot go on after a wait")
            values = self.parameters(context, prepared.node)
            with hard_stop(PURE_SECONDS):
                outcome = prepared.type.resume(context, values, answers, due)
        except Exception as error:  # as in _execute
            self.failed(frame, node_id, _as_failure(error, prepared.node), context, started)
            return
        self.succeeded(frame, node_id, outcome, context, started)

    def parameters(self, context: RunningContext, node: Node) -> Any:
        """The node's parameters, rendered and validated. Raises NodeFailure."""
        prepared = self.plan.node(node)
        assert prepared.type is not None  # noqa: S101 - callers have looked
        if prepared.has_templates:
            return parameters.read(prepared.type.parameters, node.parameters, context.render)
        fixed = self.plan.fixed.get(id(node))
        if fixed is None:
            fixed = self.plan.fixed[id(node)] = parameters.read(prepared.type.parameters, node.parameters, context.render)
        return fixed

    # ------------------------------------------------------------------------------------------------------ outcomes

    def succeeded(self, frame: Frame, node_id: str, outcome: Outcome, context: RunningContext, started: float) -> None:
        state = frame.nodes[node_id]
        node = frame.graph.nodes[node_id]
        if outcome.wait is not None:
            self._waits(frame, node_id, outcome.wait, context)
            return
        same = outcome.output is context.input
        output = outcome.output if same else context.masked(outcome.output)
        try:
            packed = None if same else self.store.pack(output)
        except NodeFailure as failure:
            self.failed(frame, node_id, failure, context, started)
            return
        except (ValueError, TypeError, RecursionError):
            problem = NodeFailure(
                "InvalidOutput", f"The output of {node_id!r} is not JSON (a number out of range, or nested too deeply)"
            )
            self.failed(frame, node_id, problem, context, started)
            return
        self.decided(frame, node_id, COMPLETED, outcome.port, output, packed, context, started)
        if outcome.response is not None and self.ended is None:
            response = context.masked(dict(outcome.response))
            self._values.setdefault("respond", output)
            self.flush()
            self.store.respond(response)
        if outcome.end is not None:
            self._end_by_node(node, output, outcome.end)
            return
        if state.status == COMPLETED:
            self._after(frame, node_id)

    def _end_by_node(self, node: Node, output: Any, end: EndRun) -> None:
        if end.status == "failed":
            message = end.message or "Stopped by the workflow"
            self.ended = _Ended(FAILED, output, _error(node.id, "Stopped", message, output))
        else:
            self.ended = _Ended(COMPLETED, output)

    def _waits(self, frame: Frame, node_id: str, wait: Wait, context: RunningContext) -> None:
        state = frame.nodes[node_id]
        node = frame.graph.nodes[node_id]
        again = state.status == WAITING
        state.status = WAITING
        state.wait = {"kind": wait.kind, "until": iso(wait.until) if wait.until else None, "data": dict(wait.data)}
        self.changed = True
        if again:
            return
        entry = _entry(frame, node, state.seq, WAITING, state.attempt, state.started_at, 0)
        entry["i"] = list(context.inputs)
        entry["o"] = self.store.pack(dict(wait.data))
        self.record(entry)
        if wait.kind in ("approval", "webhook"):
            self.flush(event=self._waiting_event(frame, node_id, state))

    def _waiting_event(self, frame: Frame, node_id: str, state: NodeState) -> dict[str, Any]:
        wait = state.wait or {}
        return {
            "type": "execution.waiting",
            "seed": f"{self.run.execution_id}|{frame.scope}|{node_id}",
            "data": {
                "execution_id": self.run.execution_id,
                "workflow_id": self.run.workflow_id,
                "workflow_name": self.run.workflow_name,
                "version": self.run.version,
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
            context = self.context(frame, node_id)
        if self._try_again(frame, node_id, failure, context):
            return
        error = context.masked(failure.as_dict())
        if node.on_error == "fail":
            state.status, state.port = FAILED, None
            self._record_node(frame, node_id, FAILED, None, None, error, context, begun)
            self._fail_frame(frame, node_id, error)
            return
        output = {"error": error, "input": context.input}
        port = ERROR if node.on_error == "route" else "main"
        try:
            packed = self.store.pack(output)
        except (NodeFailure, ValueError, TypeError):
            output = {"error": error, "input": None}
            packed = self.store.pack(output)
        self.decided(frame, node_id, FAILED, port, output, packed, context, begun, error)
        self._after(frame, node_id)

    def _fail_frame(self, frame: Frame, node_id: str, error: dict[str, Any]) -> None:
        if frame.parent is None:
            self.ended = _Ended(FAILED, error=_error(node_id, error["type"], error["message"], error.get("details")))
            return
        self._cancel_open(frame)
        self.loops.item_failed(frame, {"node_id": node_id, **error})

    def _try_again(self, frame: Frame, node_id: str, failure: NodeFailure, context: RunningContext) -> bool:
        state = frame.nodes[node_id]
        retry = frame.graph.nodes[node_id].retry
        if retry is None or state.attempt >= retry.max_attempts or failure.type == "Crashed":
            return False
        if retry.when:
            try:
                wanted = bool(
                    context.evaluate(retry.when, parameter="retry.when", failure=failure.as_dict(), attempt=state.attempt)
                )
            except NodeFailure:
                wanted = False
        else:
            wanted = failure.retryable
        if not wanted:
            return False
        pause = retrying.pause_seconds(retry, state.attempt, failure)
        state.attempt += 1
        state.loop = None
        self.changed = True
        if pause <= IN_PROCESS_PAUSE_SECONDS:
            state.status = RUNNING
            heapq.heappush(self.timers, (time.monotonic() + pause, state.seq, frame, node_id))
        else:
            state.status = WAITING
            state.wait = {"kind": "retry", "until": iso(self.environment.now() + timedelta(seconds=pause))}
        return True

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
        state.status, state.port, state.wait, state.loop = status, port, None, None
        self.memory.keep(frame.scope, node_id, output)
        self._record_node(frame, node_id, status, port, packed, error, context, started)

    def _record_node(
        self,
        frame: Frame,
        node_id: str,
        status: str,
        port: str | None,
        packed: Packed | None,
        error: dict[str, Any] | None,
        context: RunningContext,
        started: float,
    ) -> None:
        state = frame.nodes[node_id]
        now = self.environment.now()
        duration = max(0, round((time.monotonic() - started) * 1000))
        if state.started_at:
            duration = max(duration, round((now - parse_iso(state.started_at)).total_seconds() * 1000))
        entry = _entry(
            frame, frame.graph.nodes[node_id], state.seq, status, state.attempt, state.started_at or iso(now), duration
        )
        entry["i"] = list(context.inputs)
        if port is not None and port != "main":
            entry["p"] = port
        if error is not None:
            entry["e"] = error
        if packed is not None:
            entry["o"] = packed
        elif status == COMPLETED:
            entry["same"] = True
        self.record(entry)
        state.page = self.position

    def record(self, entry: Entry) -> None:
        size = strict_json.size(entry)
        if self.entries and (self.entry_bytes + size > PAGE_BYTES or len(self.entries) >= PAGE_ENTRIES):
            self.flush()
        self.entries.append(entry)
        self.entry_bytes += size
        self.changed = True

    def flush(self, event: Mapping[str, Any] | None = None) -> None:
        """Write what has happened since the last page. Raises Superseded."""
        if not self.changed and event is None:
            return
        self.loops.before_flush()
        page = Page(self.position, self.run.turn, self.owner, self.entries, self.state.dump())
        self.store.append(page, event)
        self.memory.remember(page)
        self.position += 1
        self.entries = []
        self.entry_bytes = 0
        self.changed = False
        for frame, node_id, state in self.state.root.walk():
            frame.dirty = False
            if state.status == RUNNING and state.loop is None:
                self.armed.add((frame.scope, node_id))

    # -------------------------------------------------------------------------------------------------------- context

    def context(self, frame: Frame, node_id: str) -> RunningContext:
        node = frame.graph.nodes[node_id]
        state = frame.nodes[node_id]
        sources = planner.live_predecessors(frame, node_id)
        inputs = {source: self.memory.output(frame, source) for source in sources}
        given = planner.join(inputs) if inputs else self.frame_input(frame)
        seconds = min(node.timeout_seconds or EFFECT_SECONDS, LONGEST_EFFECT_SECONDS)
        if node.timeout_seconds is None and "timeout_seconds" in node.parameters:
            seconds = LONGEST_EFFECT_SECONDS
        deadline = self.environment.now() + timedelta(seconds=min(seconds, max(1.0, self.environment.seconds_left() - 20)))
        if self.run.deadline is not None:
            deadline = min(deadline, self.run.deadline)
        return RunningContext(
            run=self.run,
            node_id=node_id,
            scope=frame.scope,
            attempt=state.attempt,
            input=given,
            inputs=inputs,
            credential_id=node.credential_id,
            deadline=deadline,
            bindings=self._bindings(frame, node, given),
            environment=self.environment,
            store=self.store,
            on_main_thread=self._on_main_thread,
        )

    def frame_input(self, frame: Frame) -> Any:
        """What the start nodes of a frame get."""
        return self.memory.starting_input() if frame.parent is None else self.loops.item(frame)

    def _bindings(self, frame: Frame, node: Node, given: Any) -> dict[str, Any]:
        reads = self.plan.node(node).reads
        bindings: dict[str, Any] = {
            "input": given,
            "variables": self.plan.variables,
            "execution": {
                "id": self.run.execution_id,
                "workflow_id": self.run.workflow_id,
                "started_at": self.run.started_at,
            },
        }
        if "trigger" in reads.variables:
            bindings["trigger"] = self._trigger()
        if frame.parent is not None:
            bindings["item"] = self.loops.item(frame)
            bindings["index"] = frame.index
        if reads.nodes or reads.all_nodes:
            bindings["nodes"] = self._outputs(frame, None if reads.all_nodes else reads.nodes)
        elif "nodes" in reads.variables:
            bindings["nodes"] = {}
        return bindings

    def _trigger(self) -> Any:
        if self.run.trigger_output is not None:
            return self.memory.starting_input()
        return {"type": self.run.trigger.get("type", "api"), "input": self.memory.starting_input()}

    def _outputs(self, frame: Frame, names: frozenset[str] | None) -> dict[str, Any]:
        outer = self._outputs(frame.parent[0], names) if frame.parent is not None else {}
        for node_id, state in frame.nodes.items():
            if (names is None or node_id in names) and state.decided and state.port is not None:
                outer[node_id] = {"output": self.memory.output(frame, node_id)}
        return outer

    def _on_main_thread(self, function: Callable[[], Any]) -> Any:
        answer: Future[Any] = Future()

        def serve() -> None:
            try:
                answer.set_result(function())
            except BaseException as error:  # the thread that asked raises it
                answer.set_exception(error)

        self.events.put(serve)
        return answer.result(timeout=LONGEST_EFFECT_SECONDS)

    # --------------------------------------------------------------------------------------------------------- ending

    def _look_at_the_end(self) -> None:
        """The run ends when everything has been decided."""
        root = self.state.root
        if self.work or self.alone or self.held or self.timers or self.in_flight:
            return
        if len(root.nodes) < len(root.graph.nodes) or not all(state.decided for state in root.nodes.values()):
            return
        ends = planner.ends(root)
        if not root.graph.nodes:
            output: Any = self.memory.starting_input()
        elif len(ends) == 1:
            output = self.memory.output(root, ends[0])
        elif ends:
            output = {node_id: self.memory.output(root, node_id) for node_id in ends}
        else:
            output = None
        self.ended = _Ended(COMPLETED, output)

    def _hand_back(self) -> HandBack:
        self.state.invocations += 1
        self.state.transitions += 2
        self.state.busy_ms += round((time.monotonic() - self.begun) * 1000)
        if self.ended is not None:
            self._finish(self.ended)
            return HandBack("done")
        waits = [state.wait for _, _, state in self.state.root.walk() if state.status == WAITING and state.wait]
        busy = self.work or self.alone or self.held or self.timers or self._has_running()
        if busy:
            self.changed = True
            self.flush()
            return HandBack("walk")
        self.state.transitions += 1
        self.state.invocations += 1
        self.flush()
        until = [parse_iso(wait["until"]) for wait in waits if wait.get("until")]
        if self.run.deadline is not None:
            until.append(self.run.deadline)
        return HandBack(
            "park", _seconds_to(until, self.environment.now()), self.run.answers, any(wait["kind"] != "retry" for wait in waits)
        )

    def _has_running(self) -> bool:
        return (
            any(state.status == RUNNING and state.loop is None for _, _, state in self.state.root.walk())
            or self.loops.can_go_on()
        )

    def _finish(self, ended: _Ended) -> None:
        self._drain(CANCEL_GRACE_SECONDS if ended.status == CANCELLED else LONGEST_EFFECT_SECONDS)
        self._cancel_open(self.state.root)
        self.flush()
        output = ended.output
        if ended.status == COMPLETED and "respond" in self._values:
            output = self._values["respond"]
        elif ended.status == COMPLETED and self.run.responded:
            output = self._responded_output(output)
        try:
            packed = None if ended.status == CANCELLED or output is None else self.store.pack(output)
        except NodeFailure as failure:
            packed = None
            ended = _Ended(FAILED, error=_error(None, failure.type, f"The execution's output: {failure.message}", None))
        self.store.finish(ended.status, packed, ended.error, self._usage())

    def _responded_output(self, otherwise: Any) -> Any:
        for frame, node_id, state in self.state.root.walk():
            if frame.graph.nodes[node_id].type == "respond" and state.status == COMPLETED:
                return self.memory.output(frame, node_id)
        return otherwise

    def _drain(self, seconds: float) -> None:
        """Let effects that are under way end, and record them."""
        until = time.monotonic() + min(seconds, max(1.0, self.environment.seconds_left() - 15))
        ended, self.ended = self.ended, None
        while self.in_flight and time.monotonic() < until:
            if time.monotonic() - self.last_renewal >= RENEW_SECONDS:
                self.last_renewal = time.monotonic()
                if self.store.renew().cancel_requested:
                    until = min(until, time.monotonic() + CANCEL_GRACE_SECONDS)
            try:
                event = self.events.get(timeout=0.2)
            except queue.Empty:
                continue
            if isinstance(event, _Done):
                self._effect_ended(event)
            else:
                event()
        self.ended = ended
        self.work.clear()
        self.held.clear()
        self.timers.clear()

    def _cancel_open(self, frame: Frame) -> None:
        """What has been started and has not ended is cancelled; so is what waits."""
        now = iso(self.environment.now())
        for inner, node_id, state in frame.walk():
            if state.decided:
                continue
            node = inner.graph.nodes[node_id]
            self.record(_entry(inner, node, state.seq, CANCELLED, state.attempt, state.started_at or now, 0))
            state.status, state.port, state.page, state.wait, state.loop = CANCELLED, None, self.position, None, None

    def _usage(self) -> dict[str, Any]:
        return {
            "state_transitions": self.state.transitions + 1,
            "invocations": self.state.invocations,
            "duration_ms": self.state.busy_ms,
        }


def _entry(frame: Frame, node: Node, seq: int, status: str, attempt: int, started_at: str, duration_ms: int) -> Entry:
    entry: Entry = {"n": node.id, "y": node.type, "q": seq, "st": status, "t": started_at, "d": duration_ms}
    if frame.scope:
        entry["s"] = [list(step) for step in frame.scope]
    if attempt != 1:
        entry["a"] = attempt
    return entry


def _error(node_id: str | None, type: str, message: str, details: Any) -> dict[str, Any]:
    return {"node_id": node_id, "type": type, "message": message, "details": details}


def _seconds_to(moments: Sequence[datetime], now: datetime) -> int:
    if not moments:
        return LONGEST_PARK_SECONDS
    seconds = (min(moments) - now).total_seconds()
    return max(1, min(LONGEST_PARK_SECONDS, int(seconds) + (seconds > int(seconds))))


def _as_failure(error: Exception, node: Node) -> NodeFailure:
    if isinstance(error, NodeFailure):
        return error
    if isinstance(error, Stopped):
        return NodeFailure("Timeout", f"The node {node.id!r} was stopped: {error.reason}")
    if isinstance(error, RecursionError):
        return NodeFailure("TooDeep", f"The data of {node.id!r} is nested too deeply")
    if isinstance(error, MemoryError):
        return NodeFailure("OutOfMemory", f"The data of {node.id!r} is too large")
    return NodeFailure("InternalError", f"The node {node.id!r} failed unexpectedly ({type(error).__name__})")
