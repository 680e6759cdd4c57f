"""Nodes that wait: looked at when a turn begins, and again when one is due or answered while the turn still has other work, so that no
branch waits for another.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flows.aws.clock import parse_iso
from flows.engine.failures import over_time
from flows.engine.journal import scope_key
from flows.engine.results import Answer
from flows.engine.state import RUNNING, WAITING, Frame, NodeState, Scope

if TYPE_CHECKING:
    from flows.engine.walker import Turn


class Waits:
    """What waits in a turn's run."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self._next: datetime | None = None
        """The first moment at which something may be due."""

    def note(self, state: NodeState) -> None:
        """A node has begun to wait, or waits still."""
        now = self.turn.environment.now()
        for moment in _moments(state):
            # What is past has been looked at: a node that waits on nevertheless waits for something else.
            if moment > now and (self._next is None or moment < self._next):
                self._next = moment

    def seconds(self) -> float | None:
        """How long nothing is due; None: for ever."""
        return None if self._next is None else max(0.0, (self._next - self.turn.environment.now()).total_seconds())

    def look(self) -> None:
        """Let go on what has become due, or has been answered, since it was last looked at."""
        turn = self.turn
        if turn.run.answers != turn.state.answers or self.seconds() == 0.0:
            self.wake()

    def wake(self) -> None:
        """Whatever waits and is due, or has an answer, goes on."""
        turn = self.turn
        self._next = None
        given: dict[tuple[Scope, str], list[Answer]] = {}
        if turn.run.answers != turn.state.answers:
            answers = turn.run.answers  # one that comes while these are read is read again
            for one in turn.store.answers():
                given.setdefault((scope_key(one.scope), one.node_id), []).append(one.answer)
            turn.state.answers = answers
            turn.recorder.changed = True
        now = turn.environment.now()
        for frame, node_id, state in list(turn.state.root.walk()):
            if state.status != WAITING or state.wait is None or turn.ended is not None:
                continue
            until = state.wait.get("until")
            due = until is not None and parse_iso(until) <= now
            if state.wait["kind"] == "retry":
                if due:
                    state.status, state.wait = RUNNING, None
                    turn.work.append((frame, node_id))
            else:
                found = given.get((frame.scope, node_id), [])
                if due or found:
                    turn.executing.resume(frame, node_id, state, found, due)
                self._give_up_late(frame, node_id, state, now)
            if state.status == WAITING:
                self.note(state)

    def _give_up_late(self, frame: Frame, node_id: str, state: NodeState, now: datetime) -> None:
        """A node that still waits when its own ``timeout_seconds`` are over has failed; the run that it waits for is to end."""
        limit = (state.wait or {}).get("limit")
        if state.status == WAITING and limit is not None and parse_iso(limit) <= now and self.turn.ended is None:
            self.turn.finishing.cancel_awaited(state)
            self.turn.outcomes.failed(frame, node_id, over_time(frame.graph.nodes[node_id]), None)

    def moments(self) -> list[datetime]:
        """When waiting nodes are due, or their time is over."""
        return [moment for _, _, state in self.turn.state.root.walk() if state.status == WAITING for moment in _moments(state)]


def _moments(state: NodeState) -> list[datetime]:
    return [parse_iso(state.wait[name]) for name in ("until", "limit") if state.wait and state.wait.get(name)]
