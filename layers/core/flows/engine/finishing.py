"""The end of a run: when it has come, what the run gives, what is left open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.aws.clock import iso
from flows.engine import planner
from flows.engine.contexts import LONGEST_EFFECT_SECONDS
from flows.engine.effects import CANCEL_GRACE_SECONDS
from flows.engine.failures import run_error
from flows.engine.recorder import entry_of, milliseconds_since
from flows.engine.results import NodeFailure
from flows.engine.state import CANCELLED, COMPLETED, FAILED, Frame, NodeState

if TYPE_CHECKING:
    from flows.engine.walker import Turn


@dataclass(frozen=True)
class Ended:
    """The run ends: all is decided, or by a node, a cancel, a deadline."""

    status: str
    output: Any = None
    error: dict[str, Any] | None = None


class Finishing:
    """Ends a turn's run."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn

    def look(self) -> None:
        """The run ends when everything has been decided."""
        root = self.turn.state.root
        if self.turn.work or self.turn.effects.alone or self.turn.effects.held or self.turn.timers or self.turn.effects.in_flight:
            return
        if len(root.nodes) < len(root.graph.nodes) or not all(state.decided for state in root.nodes.values()):
            return
        ends = planner.ends(root)
        if not root.graph.nodes:
            output: Any = self.turn.memory.starting_input()
        elif len(ends) == 1:
            output = self.turn.memory.output(root, ends[0])
        elif ends:
            output = {node_id: self.turn.memory.output(root, node_id) for node_id in ends}
        else:
            output = None
        self.turn.ended = Ended(COMPLETED, output)

    def finish(self, ended: Ended) -> None:
        self.turn.effects.drain(CANCEL_GRACE_SECONDS if ended.status == CANCELLED else LONGEST_EFFECT_SECONDS)
        self.cancel_open(self.turn.state.root)
        self.turn.recorder.flush()
        output = ended.output
        if ended.status == COMPLETED:
            output = self._responded(output)
        try:
            packed = None if ended.status == CANCELLED or output is None else self.turn.store.pack(output)
        except NodeFailure as failure:
            packed = None
            ended = Ended(FAILED, error=run_error(None, failure.type, f"The execution's output: {failure.message}", None))
        self.turn.store.finish(ended.status, packed, ended.error, self._usage())

    def _responded(self, otherwise: Any) -> Any:
        """What a ``respond`` node has answered is the run's output: of several, that of the first."""
        if self.turn.plan.responds_in_loops:
            response = self.turn.store.response()
            return otherwise if response is None else response
        root = self.turn.state.root
        answered = [
            (state.page, index, node_id)
            for index, node_id in enumerate(root.graph.nodes)
            if root.graph.nodes[node_id].type == "respond"
            and not root.graph.nodes[node_id].disabled
            and (state := root.nodes.get(node_id)) is not None
            and state.status == COMPLETED
        ]
        return self.turn.memory.output(root, min(answered)[2]) if answered else otherwise

    def cancel_open(self, frame: Frame) -> None:
        """What has been started and has not ended is cancelled; so is what waits, and the run of another workflow that it waits for."""
        now = self.turn.environment.now()
        for inner, node_id, state in list(frame.walk()):  # whole: a loop's state goes before those of its items are looked at
            if state.decided:
                continue
            self.cancel_awaited(state)
            node = inner.graph.nodes[node_id]
            took = milliseconds_since(state.started_at, now) if state.started_at else 0
            entry = entry_of(inner, node, state.seq, CANCELLED, state.attempt, state.started_at or iso(now), took)
            entry["i"] = list(planner.live_predecessors(inner, node_id))
            if state.wait is not None and state.wait["kind"] != "retry":
                entry["o"] = self.turn.store.pack(dict(state.wait.get("data") or {}))
            state.status, state.port, state.page, state.wait, state.loop = (
                CANCELLED,
                None,
                self.turn.recorder.position,
                None,
                None,
            )
            self.turn.recorder.record(entry)

    def cancel_awaited(self, state: NodeState) -> None:
        """Nobody waits any more for the run of another workflow that this node has started: it is to end, too."""
        if state.wait is not None and state.wait["kind"] == "execution":
            self.turn.store.cancel_child(state.wait["data"]["execution_id"])

    def _usage(self) -> dict[str, Any]:
        state = self.turn.state
        reads, writes = self.turn.store.units()
        return {
            "state_transitions": state.transitions + 1,
            "invocations": state.invocations,
            "duration_ms": state.busy_ms,
            "read_units": round(state.read_units + reads, 1),
            "write_units": round(state.write_units + writes + 1, 1),  # and the write that ends the run
        }
