"""Outside effects in threads: which may start in this turn, what is marked first, what comes back."""

from __future__ import annotations

import queue
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.engine.context import RunningContext
from flows.engine.expressions.hard_stop import hard_stop
from flows.engine.failures import as_failure
from flows.engine.results import NodeFailure, Outcome
from flows.engine.state import RUNNING, Frame

if TYPE_CHECKING:
    from flows.engine.walker import Turn

RENEW_SECONDS = 10.0
"""How often the lease is renewed; it lasts three times as long."""
MAX_CONCURRENCY = 40
"""Items of a loop that run at the same time, at most; threads are made when they are needed."""
CANCEL_GRACE_SECONDS = 3.0
"""How long a cancelled run waits for effects that are under way, before they count as cancelled."""


@dataclass
class Done:
    """An effect has ended in its thread."""

    frame: Frame
    node_id: str
    context: RunningContext
    outcome: Outcome | None
    failure: NodeFailure | None
    started: float


class Effects:
    """The effects of a turn."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.in_flight: dict[tuple[int, str], Future[None]] = {}
        """By the identity of the frame: a later attempt of a loop has frames of the same scopes."""
        self.held: list[tuple[Frame, str]] = []
        """Ready, and not to start now: the threads are taken, or the turn hands back first."""
        self.alone: deque[tuple[Frame, str]] = deque()
        """A turn died with them: they run one at a time, with nothing beside."""
        self.alone_running = False
        self.started = 0
        self.pool: ThreadPoolExecutor | None = None

    def consider(self, frame: Frame, node_id: str) -> None:
        """Start an effect in this turn, or hand back before it: see ``settings.stepping``."""
        state = frame.nodes[node_id]
        if state.crashes:
            self.alone.append((frame, node_id))
            return
        if self.alone_running or len(self.in_flight) >= self._room():
            self.held.append((frame, node_id))
            return
        first = self.started == 0
        others = self.in_flight or self.turn.work or self.held or self.turn.timers or self.turn.slices
        if self.turn.stepping == "segment" or first or others or frame.parent is not None:
            self.start(frame, node_id)
            return
        self.held.append((frame, node_id))

    def _room(self) -> int:
        """How many effects may be in flight: a loop may ask for more than branches get."""
        return max(self.turn.environment.threads, self.turn.loops.widest())

    def start(self, frame: Frame, node_id: str) -> None:
        state = frame.nodes[node_id]
        prepared = self.turn.plan.node(frame.graph.nodes[node_id])
        assert prepared.type is not None  # noqa: S101 - _execute has looked
        context = self.turn.contexts.context(frame, node_id)
        started = time.monotonic()
        self.started += 1
        self.turn.executed += 1
        try:
            with hard_stop(self.turn.pure_seconds(prepared.node)):
                values = self.turn.contexts.parameters(context, prepared.node)
        except Exception as error:  # as in _execute
            self.alone_running = False
            self.turn.outcomes.failed(frame, node_id, as_failure(error, prepared.node), context, started)
            return
        if not self._is_marked(frame, node_id):
            self.turn.loops.arm(frame)
            self.turn.recorder.changed = True
            self.turn.recorder.flush()
        if self.pool is None:
            self.pool = ThreadPoolExecutor(max(self.turn.environment.threads, MAX_CONCURRENCY), thread_name_prefix="effect")
        run = prepared.type.run

        def work() -> None:
            done = Done(frame, node_id, context, None, None, started)
            try:
                done.outcome = run(context, values)
            except Exception as error:  # as in _execute
                done.failure = as_failure(error, prepared.node)
            self.turn.events.put(done)

        state.status = RUNNING
        self.in_flight[id(frame), node_id] = self.pool.submit(work)

    def _is_marked(self, frame: Frame, node_id: str) -> bool:
        if frame.parent is None:
            return (frame.scope, node_id) in self.turn.recorder.armed
        return (frame.scope, node_id) in self.turn.recorder.armed or self.turn.loops.is_armed(frame)

    def ended(self, done: Done) -> None:
        self.in_flight.pop((id(done.frame), done.node_id), None)
        self.turn.recorder.armed.discard((done.frame.scope, done.node_id))
        self.alone_running = False
        if done.frame.nodes[done.node_id].status != RUNNING:
            return  # its loop's item has failed meanwhile, and it counts as cancelled
        done.frame.dirty = True
        self._record(done)
        room = self._room()
        while self.held and len(self.in_flight) < room:
            self.turn.work.append(self.held.pop(0))
            if len(self.turn.work) + len(self.in_flight) >= room:
                break

    def abandon(self, frame: Frame) -> None:
        """Wait no longer for the effects of a frame that counts as cancelled, nor for those of the loops in it."""
        inside = {id(inner) for inner, _, _ in frame.walk()}
        for key in [key for key in self.in_flight if key[0] in inside]:
            del self.in_flight[key]

    def _record(self, done: Done) -> None:
        if done.failure is not None:
            self.turn.outcomes.failed(done.frame, done.node_id, done.failure, done.context, done.started)
        else:
            assert done.outcome is not None  # noqa: S101 - one of the two is set
            self.turn.outcomes.succeeded(done.frame, done.node_id, done.outcome, done.context, done.started)

    def drain(self, seconds: float) -> None:
        """Let effects that are under way end, and record them."""
        until = time.monotonic() + min(seconds, max(1.0, self.turn.environment.seconds_left() - 15))
        ended, self.turn.ended = self.turn.ended, None
        while self.in_flight and time.monotonic() < until:
            if time.monotonic() - self.turn.last_renewal >= RENEW_SECONDS:
                self.turn.last_renewal = time.monotonic()
                if self.turn.store.renew().cancel_requested:
                    until = min(until, time.monotonic() + CANCEL_GRACE_SECONDS)
            try:
                event = self.turn.events.get(timeout=0.2)
            except queue.Empty:
                continue
            if isinstance(event, Done):
                self.ended(event)
            else:
                event()
        self.turn.ended = ended
        self.turn.work.clear()
        self.held.clear()
        self.turn.timers.clear()

    def close(self) -> None:
        """Let go of the threads; one that hangs does not hold up the turn."""
        if self.pool is not None:
            self.pool.shutdown(wait=False, cancel_futures=True)
