"""What follows a decision: who is ready, who is skipped, which loop's item has ended."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from flows.aws.clock import iso
from flows.engine import planner
from flows.engine.recorder import entry_of
from flows.engine.state import RUNNING, SKIPPED, Frame, NodeState

if TYPE_CHECKING:
    from flows.engine.walker import Turn


class Deciding:
    """Moves a turn's frames on."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn

    def ready(self, frame: Frame, node_id: str, crashes: int = 0) -> None:
        frame.nodes[node_id] = NodeState(
            RUNNING, seq=self.turn.state.next_seq(), started_at=iso(self.turn.environment.now()), crashes=crashes
        )
        self.turn.work.append((frame, node_id))

    def begin_body(self, frame: Frame) -> None:
        """Start the nodes that a loop's body begins with."""
        for node_id in frame.graph.starts:
            self.ready(frame, node_id)

    def run_pure(self, frame: Frame) -> None:
        """Run what is ready in a frame until only effects, waits and other frames are left."""
        while self.turn.ended is None and self.turn.work and self.turn.work[-1][0].scope[: len(frame.scope)] == frame.scope:
            inner, node_id = self.turn.work.pop()
            kind = self.turn.plan.node(inner.graph.nodes[node_id]).type
            if kind is not None and kind.effect:
                self.turn.work.append((inner, node_id))
                return
            self.turn.executing.execute(inner, node_id)
            self.turn.breathe()

    def skip(self, frame: Frame, node_id: str) -> None:
        node = frame.graph.nodes[node_id]
        seq = self.turn.state.next_seq()
        frame.nodes[node_id] = NodeState(SKIPPED, page=self.turn.recorder.position, seq=seq)
        now = iso(self.turn.environment.now())
        self.turn.recorder.record(entry_of(frame, node, seq, SKIPPED, 1, now, 0))

    def after(self, frame: Frame, node_id: str) -> None:
        """Look at what follows a node that has been decided."""
        pending = deque([node_id])
        while pending:
            for edge in frame.graph.outgoing(pending.popleft()):
                if edge.target in frame.nodes:
                    continue
                verdict = planner.decide(frame, edge.target)
                if verdict == planner.READY:
                    self.ready(frame, edge.target)
                elif verdict == planner.SKIP:
                    self.skip(frame, edge.target)
                    pending.append(edge.target)
        if frame.parent is not None and len(frame.nodes) == len(frame.graph.nodes):
            if all(state.decided for state in frame.nodes.values()):
                self.turn.loops.item_ended(frame)
