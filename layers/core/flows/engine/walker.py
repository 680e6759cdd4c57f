"""One turn of a run: run what is ready, record it, say what comes next.

The walker holds the run's lease, so there is one of it a run. Pure nodes and expressions run on the main thread, effects in threads;
only the main thread touches the state and the journal. What is recorded when:

* results of pure nodes together, at the latest before an effect that depends on them starts, and at the hand-back;
* an effect is marked as started first (a page says ``running``, or the page before this turn armed it), and its result is a page
  before anything that depends on it starts. In a loop, marks and results go in batches.
"""

from __future__ import annotations

import heapq
import math
import queue
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flows.engine import planner
from flows.engine.contexts import Contexts
from flows.engine.deciding import Deciding
from flows.engine.effects import RENEW_SECONDS, Done, Effects
from flows.engine.environment import Environment
from flows.engine.executing import Executing
from flows.engine.expressions.hard_stop import hard_stop
from flows.engine.failures import pure_seconds, run_error
from flows.engine.finishing import Ended, Finishing
from flows.engine.graph import Node
from flows.engine.journal import News, RunRecord, Store
from flows.engine.loops import Loops
from flows.engine.memory import Memory
from flows.engine.outcomes import Outcomes
from flows.engine.prepared import Plan
from flows.engine.recorder import Recorder
from flows.engine.state import CANCELLED, FAILED, RUNNING, WAITING, Frame, RunState
from flows.engine.takeover import take_over
from flows.engine.waits import Waits

TURN_SECONDS = 600.0
"""A turn hands back after this time: Lambda ends an invocation after 900 seconds."""
POLL_SECONDS = 2.0
"""How often a turn that takes long looks for a cancel and for answers."""
BREATH_SECONDS = 0.25
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


class Turn:
    """One turn of one run: decides what may go on, and runs it.

    Args:
        store: where the run lives.
        run: the run as the acquired lease left it.
        plan: its definition.
        environment: the outside.
        owner: who holds the lease.
    """

    def __init__(self, store: Store, run: RunRecord, plan: Plan, environment: Environment, owner: str) -> None:
        self.store = store
        self.run = run
        self.plan = plan
        self.environment = environment
        self.owner = owner
        self.stepping = plan.settings.get("stepping") or "node"
        self.begun = self.last_renewal = self.last_poll = self.last_breath = time.monotonic()
        self.work: deque[tuple[Frame, str]] = deque()
        self.events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.slices: deque[Callable[[], None]] = deque()
        """Loops that go on once nothing else is ready."""
        self.timers: list[tuple[float, int, Frame, str]] = []
        self.executed = 0
        self.ended: Ended | None = None
        self.state = RunState(Frame(plan.graph))
        self.memory = Memory(store)
        self.recorder = Recorder(self)
        self.contexts = Contexts(self)
        self.effects = Effects(self)
        self.outcomes = Outcomes(self)
        self.finishing = Finishing(self)
        self.deciding = Deciding(self)
        self.executing = Executing(self)
        self.loops = Loops(self)
        self.waits = Waits(self)

    def walk(self) -> HandBack:
        """Run the turn.

        Raises:
            Superseded: another walker has the run; nothing more may be done.
        """
        try:
            with hard_stop(math.inf):  # one timer for all nodes and expressions of the turn
                return self._walk()
        finally:
            self.effects.close()

    def _walk(self) -> HandBack:
        self._load()
        self._still_ended()
        if self.ended is None and self.run.cancel_requested:
            self._cancel()
        if self.ended is None:
            self.waits.wake()
        while self.ended is None and self._step():
            pass
        if self.ended is None:
            self.finishing.look()
        return self._hand_back()

    def _load(self) -> None:
        head = self.store.head()
        self.memory.start(self._starting_input())
        if head is None or head.state.get("k"):
            self.recorder.position = 1 if head is None else head.number + 1
            self.state = RunState(Frame(self.plan.graph))
            self.recorder.changed = True
            self._count_lost(self.run.turn - 1)
            if self.run.seed:
                take_over(self)
            if self.ended is None:
                self._begin(crashes=max(0, self.run.turn - 1))
                if self.run.seed:
                    self.recorder.flush()  # loops go on from what has been copied of them
                self.loops.resume()
            return
        self.recorder.position = head.number + 1
        self.state = RunState.load(head.state, self.plan.graph)
        self.memory.remember(head)
        crashes = max(0, self.run.turn - head.turn - 1)
        self._count_lost(crashes)
        for frame, node_id, state in self.state.root.walk():
            if state.status != RUNNING:
                continue
            if state.loop is not None:
                if crashes and state.loop.armed > state.loop.low:
                    state.loop.crashes += crashes
                continue
            state.crashes += crashes
            self.recorder.armed.add((frame.scope, node_id))
            self.work.append((frame, node_id))
        self.loops.resume()

    def _count_lost(self, turns: int) -> None:
        """Turns that died before they could write what they took: an invocation each, and a retry, which is a transition."""
        self.state.invocations += max(0, turns)
        self.state.transitions += max(0, turns)

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
                self.deciding.ready(root, node_id, crashes=crashes)
                self.recorder.armed.add((root.scope, node_id))
            else:
                self.deciding.skip(root, node_id)
        for node_id in list(root.nodes):
            if root.nodes[node_id].decided:
                self.deciding.after(root, node_id)

    def _step(self) -> bool:
        """Do one thing, or wait for one; False when nothing can be done in this turn."""
        self._look_around()
        if self.ended is not None:
            return False
        self._take_events(block=False)
        if self.ended is None:
            self.waits.look()
        if self.ended is not None:
            return False
        if self.work and not self.time_is_up():
            frame, node_id = self.work.popleft()
            self.executing.execute(frame, node_id)
            return True
        if self.slices:
            self.slices.popleft()()
            return True
        if self.effects.alone and not self.effects.in_flight and not self.time_is_up():
            frame, node_id = self.effects.alone.popleft()
            if frame.nodes[node_id].status == RUNNING:
                self.effects.alone_running = True
                self.effects.start(frame, node_id)
            return True
        if self.effects.in_flight:
            self._take_events(block=True)
            return True
        if self.timers and not self.time_is_up():
            pause = self.timers[0][0] - time.monotonic()
            if pause > 0:
                time.sleep(min(pause, 0.5))
            self._take_timers()
            return True
        return False

    def breathe(self) -> None:
        """Look around now and then while much is done in one step: pure items of a loop follow one another without end."""
        if time.monotonic() - self.last_breath >= BREATH_SECONDS:
            self.last_breath = time.monotonic()
            self._look_around()

    def pure_seconds(self, node: Node) -> float:
        """How long a node may hold the main thread now: no longer than the run has."""
        seconds = pure_seconds(node)
        if self.run.deadline is None:
            return seconds
        return min(seconds, max(0.05, (self.run.deadline - self.environment.now()).total_seconds()))

    def _look_around(self) -> None:
        """Renew the lease, see a cancel, see the deadlines: each now and then."""
        self._take_timers()
        self.loops.give_up_late()
        now = time.monotonic()
        if now - self.last_renewal >= RENEW_SECONDS:
            self.last_renewal = self.last_poll = now
            self._take_news(self.store.renew())
        elif now - self.last_poll >= POLL_SECONDS:
            self.last_poll = now
            self._take_news(self.store.news())
        if self.run.deadline is not None and self.environment.now() >= self.run.deadline:
            self.end_by_deadline()

    def _take_news(self, news: News) -> None:
        """Take what has come to the run from outside: a cancel, and how many answers there are (`waits` reads them)."""
        self.run.answers = news.answers
        if news.cancel_requested:
            self._cancel()

    def deadline_is_over(self) -> bool:
        """Whether the run's time is up. What is given no longer than until then may end a moment before."""
        return self.run.deadline is not None and self.environment.now() + timedelta(milliseconds=100) >= self.run.deadline

    def end_by_deadline(self) -> None:
        """The run's time is up, unless something has ended it before."""
        if self.ended is None:
            seconds = self.plan.settings.get("timeout_seconds")
            message = f"The execution took longer than its timeout_seconds ({seconds})"
            self.ended = Ended(FAILED, error=run_error(None, "ExecutionTimeout", message, None))

    def end_by_node(self, node_id: str, ended: Ended, *, with_output: bool = False) -> None:
        """A node ends the run: noted in the state, so that it holds even when this turn dies. The first one counts."""
        if self.state.end is None:
            self.state.end = {"n": node_id, "st": ended.status, "e": ended.error, "o": with_output}
        self.ended = ended

    def _still_ended(self) -> None:
        end = self.state.end
        if end is not None:
            output = self.memory.output(self.state.root, end["n"]) if end["o"] else None
            self.ended = Ended(end["st"], output, end["e"])

    def _cancel(self) -> None:
        self.ended = Ended(CANCELLED)

    def time_is_up(self) -> bool:
        return time.monotonic() - self.begun > TURN_SECONDS or self.environment.seconds_left() < 60

    def _take_timers(self) -> None:
        now = time.monotonic()
        while self.timers and self.timers[0][0] <= now:
            _, _, frame, node_id = heapq.heappop(self.timers)
            self.work.append((frame, node_id))

    def _take_events(self, *, block: bool) -> None:
        if not block and self.events.empty():
            return
        while True:
            try:
                if block:
                    due = self.waits.seconds()
                    limit = min(0.25 if self.timers else 0.5, 0.5 if due is None else max(0.01, due))
                    event = self.events.get(timeout=limit)
                else:
                    event = self.events.get_nowait()
            except queue.Empty:
                return
            if isinstance(event, Done):
                self.effects.ended(event)
            else:
                event()
            if block or self.ended is not None:
                return

    def _hand_back(self) -> HandBack:
        self.state.invocations += 1
        self.state.transitions += 2
        self.state.busy_ms += round((time.monotonic() - self.begun) * 1000)
        if self.ended is None:
            reads, writes = self.store.units()
            self.state.read_units += reads
            self.state.write_units += writes
        if self.ended is not None:
            self.finishing.finish(self.ended)
            return HandBack("done")
        waits = [state.wait for _, _, state in self.state.root.walk() if state.status == WAITING and state.wait]
        busy = self.work or self.effects.alone or self.effects.held or self.timers or self._has_running()
        if busy:
            self.recorder.changed = True
            self.recorder.flush()
            return HandBack("walk")
        self.state.transitions += 1
        self.state.invocations += 1
        self.recorder.changed = True  # a page written meanwhile does not know what this turn took
        self.recorder.flush()
        until = self.waits.moments() + self.loops.limits()
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


def _seconds_to(moments: Sequence[datetime], now: datetime) -> int:
    if not moments:
        return LONGEST_PARK_SECONDS
    seconds = (min(moments) - now).total_seconds()
    return max(1, min(LONGEST_PARK_SECONDS, int(seconds) + (seconds > int(seconds))))
