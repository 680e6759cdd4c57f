"""What each node of a turn gets: its input, its names, its parameters."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from flows.engine import parameters, planner
from flows.engine.context import RunningContext
from flows.engine.graph import Node
from flows.engine.state import Frame

if TYPE_CHECKING:
    from flows.engine.walker import Turn

EFFECT_SECONDS = 60.0
"""What an effect may take when neither node nor parameters say."""
LONGEST_EFFECT_SECONDS = 830.0


class Contexts:
    """Makes the contexts of a turn's nodes."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        run = turn.run
        self._execution = {"id": run.execution_id, "workflow_id": run.workflow_id, "started_at": run.started_at}

    def context(self, frame: Frame, node_id: str) -> RunningContext:
        node = frame.graph.nodes[node_id]
        state = frame.nodes[node_id]
        sources = planner.live_predecessors(frame, node_id)
        inputs = {source: self.turn.memory.output(frame, source) for source in sources}
        given = planner.join(inputs) if inputs else self.frame_input(frame)
        seconds = min(node.timeout_seconds or EFFECT_SECONDS, LONGEST_EFFECT_SECONDS)
        if node.timeout_seconds is None and "timeout_seconds" in node.parameters:
            seconds = LONGEST_EFFECT_SECONDS
        return RunningContext(
            run=self.turn.run,
            node_id=node_id,
            scope=frame.scope,
            attempt=state.attempt,
            input=given,
            inputs=inputs,
            credential_id=node.credential_id,
            seconds=seconds,
            bindings=self._bindings(frame, node, given),
            environment=self.turn.environment,
            store=self.turn.store,
            on_main_thread=self._on_main_thread,
        )

    def parameters(self, context: RunningContext, node: Node) -> Any:
        """The node's parameters, rendered and validated. Raises NodeFailure."""
        prepared = self.turn.plan.node(node)
        assert prepared.type is not None  # noqa: S101 - callers have looked
        if prepared.has_templates:
            return parameters.read(prepared.type.parameters, node.parameters, context.render)
        fixed = self.turn.plan.fixed.get(id(node))
        if fixed is None:
            fixed = self.turn.plan.fixed[id(node)] = parameters.read(prepared.type.parameters, node.parameters, context.render)
        return fixed

    def frame_input(self, frame: Frame) -> Any:
        """What the start nodes of a frame get."""
        return self.turn.memory.starting_input() if frame.parent is None else self.turn.loops.item(frame)

    def _bindings(self, frame: Frame, node: Node, given: Any) -> dict[str, Any]:
        reads = self.turn.plan.node(node).reads
        bindings: dict[str, Any] = {"input": given, "variables": self.turn.plan.variables, "execution": self._execution}
        if "trigger" in reads.variables:
            bindings["trigger"] = self._trigger()
        if frame.parent is not None:
            bindings["item"] = self.turn.loops.item(frame)
            bindings["index"] = frame.index
        if reads.nodes or reads.all_nodes:
            bindings["nodes"] = self._outputs(frame, None if reads.all_nodes else reads.nodes)
        elif "nodes" in reads.variables:
            bindings["nodes"] = {}
        return bindings

    def _trigger(self) -> Any:
        # A run that `execute` began at trigger nodes has the input as their output, as if one of them had fired.
        if self.turn.run.trigger_output is not None or planner.begins_at_triggers(self.turn.plan.graph):
            return self.turn.memory.starting_input()
        return {"type": self.turn.run.trigger.get("type", "api"), "input": self.turn.memory.starting_input()}

    def _outputs(self, frame: Frame, names: frozenset[str] | None) -> dict[str, Any]:
        outer = self._outputs(frame.parent[0], names) if frame.parent is not None else {}
        for node_id, state in frame.nodes.items():
            if (names is None or node_id in names) and state.decided and state.port is not None:
                outer[node_id] = {"output": self.turn.memory.output(frame, node_id)}
        return outer

    def _on_main_thread(self, function: Callable[[], Any]) -> Any:
        answer: Future[Any] = Future()

        def serve() -> None:
            try:
                answer.set_result(function())
            except BaseException as error:  # the thread that asked raises it
                answer.set_exception(error)

        self.turn.events.put(serve)
        return answer.result(timeout=LONGEST_EFFECT_SECONDS)
