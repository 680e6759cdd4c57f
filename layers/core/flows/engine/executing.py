"""Running one node: a pure one here and now, an effect through ``effects``, a waiting one when it is due or answered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flows.aws.clock import parse_iso
from flows.engine.expressions.hard_stop import hard_stop
from flows.engine.failures import as_failure
from flows.engine.results import Answer, NodeFailure, Outcome, Wait
from flows.engine.state import RUNNING, Frame, NodeState

if TYPE_CHECKING:
    from flows.engine.walker import Turn

MAX_CRASHES = 3
"""A node that has taken so many turns down with it is given up."""


class Executing:
    """Runs a turn's nodes."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn

    def execute(self, frame: Frame, node_id: str) -> None:
        state = frame.nodes[node_id]
        if state.status != RUNNING:
            return
        prepared = self.turn.plan.node(frame.graph.nodes[node_id])
        beside = self.turn.effects.in_flight or self.turn.slices
        if self.turn.stepping == "each" and self.turn.executed and not beside and frame.parent is None:
            self.turn.effects.held.append((frame, node_id))
            return
        if state.crashes >= MAX_CRASHES:
            self.turn.outcomes.failed(
                frame,
                node_id,
                NodeFailure(
                    "Crashed",
                    f"The node crashed its worker {state.crashes} times and was given up; does it need too much memory? Give it less data at once",
                ),
                None,
            )
            return
        if prepared.node.disabled:
            context = self.turn.contexts.context(frame, node_id)
            self.turn.outcomes.succeeded(frame, node_id, Outcome(context.input), context, time.monotonic())
            return
        if prepared.type is None:
            self.turn.outcomes.failed(
                frame, node_id, NodeFailure("UnknownType", f"There is no node type {prepared.node.type!r}"), None
            )
            return
        if prepared.node.type == "foreach":
            self.turn.executed += 1
            self.turn.loops.start(frame, node_id)
            return
        if prepared.type.effect:
            self.turn.effects.consider(frame, node_id)
            return
        self.turn.executed += 1
        started = time.monotonic()
        context = self.turn.contexts.context(frame, node_id)
        try:
            with hard_stop(self.turn.pure_seconds(prepared.node)):
                outcome = prepared.type.run(context, self.turn.contexts.parameters(context, prepared.node))
        except Exception as error:  # whatever a node raises is the node's failure, never the walker's
            self.turn.outcomes.failed(frame, node_id, as_failure(error, prepared.node), context, started)
            return
        self.turn.outcomes.succeeded(frame, node_id, outcome, context, started)

    def resume(self, frame: Frame, node_id: str, state: NodeState, answers: Sequence[Answer], due: bool) -> None:
        prepared = self.turn.plan.node(frame.graph.nodes[node_id])
        started = time.monotonic()
        context = self.turn.contexts.context(frame, node_id)
        context.wait = Wait(
            parse_iso(state.wait["until"]) if state.wait and state.wait.get("until") else None,
            state.wait["kind"] if state.wait else "",
            (state.wait or {}).get("data") or {},
        )
        try:
            if prepared.type is None or prepared.type.resume is None:
                raise NodeFailure("UnknownType", f"A node of type {prepared.node.type!r} cannot go on after a wait")
            with hard_stop(self.turn.pure_seconds(prepared.node)):
                values = self.turn.contexts.parameters(context, prepared.node)
                outcome = prepared.type.resume(context, values, answers, due)
        except Exception as error:  # as in _execute
            self.turn.outcomes.failed(frame, node_id, as_failure(error, prepared.node), context, started)
            return
        self.turn.outcomes.succeeded(frame, node_id, outcome, context, started)
