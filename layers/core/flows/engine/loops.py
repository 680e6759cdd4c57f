"""``foreach``: items in the walker's threads, results in batches, slices that go on where they stopped.

A loop's items are recorded once, when it starts. Each item is a frame of its own while it is under way; of an ended item only its entry
in the journal is left. Marks go ahead in batches: a page that says "items before 50 may have started" (``armed``) lets all of them start
without a page each. After a crash the items run one by one, each marked by itself.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.aws.clock import parse_iso
from flows.engine import planner
from flows.engine.context import RunningContext
from flows.engine.expressions.hard_stop import hard_stop
from flows.engine.expressions.limits import Stopped
from flows.engine.failures import as_failure, node_limit, over_time
from flows.engine.graph import Graph
from flows.engine.journal import Entry, Page, scope_key
from flows.engine.results import NodeFailure, Outcome
from flows.engine.state import FAILED, RUNNING, Frame, LoopState, NodeState, Scope
from flows.engine.truth import holds

if TYPE_CHECKING:
    from flows.engine.nodes.foreach import ForeachParameters
    from flows.engine.walker import Turn

BATCH = 25
"""Items whose results are recorded together, and whose starts are marked ahead."""

SLICE_SECONDS = 0.05
"""How long pure items follow one another before other branches have their turn."""

_SKIPPED = object()


class _Loop:
    """A loop under way in this turn: its state and what is only in memory."""

    def __init__(
        self, frame: Frame, node_id: str, state: LoopState, parameters: ForeachParameters, context: RunningContext
    ) -> None:
        self.frame = frame
        self.node_id = node_id
        self.state = state
        self.parameters = parameters
        self.context = context
        self.items: list[Any] = []
        self.outputs: dict[int, Any] = {}
        self.complete = True
        """All outputs so far are in memory; else they are read from the journal at the end."""
        self.since_flush = 0
        self.begun = time.monotonic()
        self.goes_on = False
        """Whether it is among those that go on once nothing else is ready."""


class Loops:
    """All loops of a turn."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self._loops: dict[tuple[Scope, str], _Loop] = {}
        turn.memory.item_of = self.item

    def start(self, frame: Frame, node_id: str) -> None:
        """Begin a loop: evaluate its items, record them, start the first."""
        turn = self.turn
        state = frame.nodes[node_id]
        context = turn.contexts.context(frame, node_id)
        try:
            with hard_stop(turn.pure_seconds(frame.graph.nodes[node_id])):
                parameters: ForeachParameters = turn.contexts.parameters(context, frame.graph.nodes[node_id])
                items = context.items(parameters.items)
            packed = turn.store.pack(items)
        except (NodeFailure, Stopped) as failure:
            turn.outcomes.failed(frame, node_id, as_failure(failure, frame.graph.nodes[node_id]), context)
            return
        if state.attempt > 1:
            turn.recorder.flush()  # an attempt's entries begin on a page of their own
        limit = node_limit(frame.graph.nodes[node_id], turn.environment.now())
        state.loop = LoopState(len(items), items_page=turn.recorder.position, limit=limit)
        turn.recorder.record(
            {
                "k": "items",
                "n": node_id,
                "s": [list(step) for step in frame.scope],
                "q": state.seq,
                "t": state.started_at,
                "a": state.attempt,
                "i": list(context.inputs),
                "o": packed,
            }
        )
        loop = _Loop(frame, node_id, state.loop, parameters, context)
        loop.items = items
        self._loops[frame.scope, node_id] = loop
        self._advance(loop)

    def resume(self) -> None:
        """Take up every loop that the newest page tells of, and whatever follows from the decisions in it."""
        states = list(self.turn.state.root.walk())
        for frame, node_id, state in states:
            if state.status == RUNNING and state.loop is not None:
                self._restore(frame, node_id, state)
        # The page may have been written between a decision and what follows from it.
        for frame, node_id, state in states:
            if state.decided:
                self.turn.deciding.after(frame, node_id)
            if frame.parent is not None and state.status == FAILED and state.port is None:
                entry = self.turn.memory.entry(frame, node_id)
                self.item_failed(
                    frame, {"node_id": node_id, **((entry or {}).get("e") or {"type": "Failed", "message": "failed"})}
                )
        for loop in list(self._loops.values()):
            self._advance(loop)

    def _restore(self, frame: Frame, node_id: str, state: NodeState) -> None:
        assert state.loop is not None  # noqa: S101 - resume has looked
        turn = self.turn
        context = turn.contexts.context(frame, node_id)
        loop = _Loop(frame, node_id, state.loop, turn.contexts.parameters(context, frame.graph.nodes[node_id]), context)
        loop.complete = state.loop.low == 0 and not state.loop.ended
        for entry in turn.memory.page(state.loop.items_page).entries:
            if entry.get("k") == "items" and entry["n"] == node_id and scope_key(entry["s"]) == frame.scope:
                loop.items = turn.store.unpack(entry["o"])
        self._loops[frame.scope, node_id] = loop

    def item(self, frame: Frame) -> Any:
        """The item of a body's frame."""
        assert frame.parent is not None  # noqa: S101 - only bodies have items
        outer, node_id = frame.parent
        return self._loops[outer.scope, node_id].items[frame.index]

    def can_go_on(self) -> bool:
        """Whether a loop has items that could be started now: then the turn is handed back, not parked."""
        return any(self._may_start(loop) for loop in self._loops.values())

    def widest(self) -> int:
        """The largest concurrency of the loops under way; 0 without one."""
        return max((loop.parameters.concurrency for loop in self._loops.values()), default=0)

    # ---------------------------------------------------------------------------------------------------------- marks

    def is_armed(self, frame: Frame) -> bool:
        """Whether an effect in this frame may start without a page of its own."""
        current: Frame | None = frame
        armed = False
        while current is not None and current.parent is not None:
            if current.dirty:
                return False
            outer, node_id = current.parent
            loop = self._loops.get((outer.scope, node_id))
            if loop is not None and not loop.state.crashes:
                armed = armed or current.index < loop.state.armed
            current = outer
        return armed

    def arm(self, frame: Frame) -> None:
        """Mark ahead: the next page says that the next items may have started."""
        current: Frame | None = frame
        while current is not None and current.parent is not None:
            outer, node_id = current.parent
            loop = self._loops.get((outer.scope, node_id))
            if loop is not None:
                ahead = loop.state.next if loop.state.crashes else loop.state.next + BATCH
                loop.state.armed = max(loop.state.armed, min(loop.state.count, ahead))
            current = outer

    def before_flush(self) -> None:
        for loop in self._loops.values():
            loop.since_flush = 0
            if loop.state.armed:
                ahead = loop.state.next if loop.state.crashes else loop.state.next + BATCH
                loop.state.armed = max(loop.state.armed, min(loop.state.count, ahead))

    # ---------------------------------------------------------------------------------------------------------- items

    def _may_start(self, loop: _Loop) -> bool:
        state = loop.state
        width = 1 if state.crashes else loop.parameters.concurrency
        return not state.stopped and state.failed is None and state.next < state.count and len(state.active) < width

    def _advance(self, loop: _Loop) -> None:
        """Start items as long as there is room; end the loop when nothing is left. Items without any effect end at once, so this is a
        loop and no recursion; it goes on later where other branches have had no turn for a while."""
        turn = self.turn
        begun = time.monotonic()
        if self._loops.get((loop.frame.scope, loop.node_id)) is not loop:
            return  # it has ended meanwhile
        body = loop.frame.graph.nodes[loop.node_id].body or Graph({}, ())
        while self._may_start(loop) and turn.ended is None and not turn.time_is_up():
            turn.breathe()
            if turn.ended is not None or self._loops.get((loop.frame.scope, loop.node_id)) is not loop:
                return
            if time.monotonic() - begun >= SLICE_SECONDS:
                self._go_on(loop)
                return
            index = loop.state.next
            if loop.state.has_ended(index):  # in the run that this one takes over from
                loop.state.next += 1
                continue
            loop.state.next += 1
            frame = Frame(body, (*loop.frame.scope, (loop.node_id, index)), parent=(loop.frame, loop.node_id))
            loop.state.active[index] = frame
            turn.recorder.changed = True
            if not body.nodes:
                self.item_ended(frame, advance=False)
                continue
            turn.deciding.begin_body(frame)
            turn.deciding.run_pure(frame)
        if loop.state.active or turn.ended is not None or self._loops.get((loop.frame.scope, loop.node_id)) is not loop:
            return
        if loop.state.failed is not None or loop.state.stopped or loop.state.next >= loop.state.count:
            self._end(loop)

    def _go_on(self, loop: _Loop) -> None:
        """Advance it once nothing else is ready: other branches are not held back, and loops do not nest ever deeper."""

        def slice_of_it() -> None:
            loop.goes_on = False
            self._advance(loop)

        if not loop.goes_on:
            loop.goes_on = True
            self.turn.slices.append(slice_of_it)

    def item_ended(self, frame: Frame, advance: bool = True) -> None:
        """A body has run for its item."""
        assert frame.parent is not None  # noqa: S101 - only bodies end here
        outer, node_id = frame.parent
        loop = self._loops[outer.scope, node_id]
        if loop.state.has_ended(frame.index):
            return
        turn = self.turn
        entry: dict[str, Any] = {"k": "item", "n": node_id, "s": [list(step) for step in outer.scope], "x": frame.index}
        ends = planner.ends(frame)
        if not frame.graph.nodes:
            output = loop.items[frame.index]
            entry["it"] = True
        elif len(ends) == 1:
            output = turn.memory.output(frame, ends[0])
            entry["f"] = ends
        else:
            output = {end: turn.memory.output(frame, end) for end in ends} if ends else None
            entry["f"] = list(ends)
        self._close(loop, frame, output, entry)
        if loop.parameters.stop_when and not loop.state.stopped:
            try:
                value = loop.context.evaluate(
                    loop.parameters.stop_when,
                    document=output,
                    parameter="stop_when",
                    item=loop.items[frame.index],
                    index=frame.index,
                )
            except NodeFailure as failure:
                loop.state.failed = failure.as_dict()
            else:
                loop.state.stopped = holds(value)
        if advance and turn.ended is None:
            self._go_on(loop)

    def item_failed(self, frame: Frame, error: dict[str, Any]) -> None:
        """A node of a body failed and its ``on_error`` is ``fail``."""
        assert frame.parent is not None  # noqa: S101 - only bodies end here
        outer, node_id = frame.parent
        loop = self._loops[outer.scope, node_id]
        if loop.state.has_ended(frame.index):
            return
        rule = loop.parameters.on_item_error
        entry = {"k": "item", "n": node_id, "s": [list(step) for step in outer.scope], "x": frame.index, "e": error, "r": rule}
        if rule == "fail":
            loop.state.failed = {
                "type": error["type"],
                "message": f"item {frame.index}: node {error.get('node_id')}: {error['message']}",
                "details": {"index": frame.index, **error},
            }
        self._close(loop, frame, {"error": error} if rule == "continue" else _SKIPPED, entry)
        self._go_on(loop)

    def _close(self, loop: _Loop, frame: Frame, output: Any, entry: Entry) -> None:
        loop.outputs[frame.index] = output
        loop.state.end(frame.index)
        self.turn.recorder.record(entry)
        self._forget(frame)
        loop.since_flush += 1
        if loop.since_flush >= BATCH:
            self.turn.recorder.flush()

    def _forget(self, frame: Frame) -> None:
        self.turn.memory.forget(frame.scope)
        for key in [key for key in self._loops if key[0][: len(frame.scope)] == frame.scope]:
            del self._loops[key]

    # ----------------------------------------------------------------------------------------------------------- time

    def limits(self) -> list[datetime]:
        """When the loops under way must have ended by their own ``timeout_seconds``."""
        return [parse_iso(loop.state.limit) for loop in self._loops.values() if loop.state.limit is not None]

    def give_up_late(self) -> None:
        """Fail the loops whose ``timeout_seconds`` are over; what is under way in them is cancelled."""
        if all(loop.state.limit is None for loop in self._loops.values()):
            return
        now = self.turn.environment.now()
        for key, loop in list(self._loops.items()):
            limit = loop.state.limit
            if limit is None or parse_iso(limit) > now or self._loops.get(key) is not loop or self.turn.ended is not None:
                continue
            for frame in list(loop.state.active.values()):
                self.turn.effects.abandon(frame)
                self.turn.finishing.cancel_open(frame)
                self._forget(frame)
            del self._loops[key]
            failure = over_time(loop.frame.graph.nodes[loop.node_id])
            self.turn.outcomes.failed(loop.frame, loop.node_id, failure, loop.context, loop.begun)

    # ------------------------------------------------------------------------------------------------------------ end

    def _end(self, loop: _Loop) -> None:
        turn = self.turn
        self._loops.pop((loop.frame.scope, loop.node_id), None)
        if loop.state.failed is not None:
            failed = loop.state.failed
            failure = NodeFailure(failed["type"], failed["message"], failed.get("details"))
            turn.outcomes.failed(loop.frame, loop.node_id, failure, loop.context, loop.begun)
            return
        outputs = loop.outputs if loop.complete else self._recorded(loop)
        output = [outputs[index] for index in sorted(outputs) if outputs[index] is not _SKIPPED]
        turn.outcomes.succeeded(loop.frame, loop.node_id, Outcome(output), loop.context, loop.begun)

    def _recorded(self, loop: _Loop) -> dict[int, Any]:
        """Every item's output, from the journal: this turn did not make all of them."""
        turn = self.turn
        turn.recorder.flush()
        outputs: dict[int, Any] = {}
        pages = turn.store.pages_from(loop.state.items_page)
        for page in pages:
            self._collect(loop, page, outputs, pages)
        return outputs

    def _collect(self, loop: _Loop, page: Page, outputs: dict[int, Any], pages: Any) -> None:
        for entry in page.entries:
            if entry.get("k") == "items" and entry["n"] == loop.node_id and scope_key(entry["s"]) == loop.frame.scope:
                outputs.clear()  # an earlier attempt's
            if entry.get("k") != "item" or entry["n"] != loop.node_id or scope_key(entry["s"]) != loop.frame.scope:
                continue
            index = entry["x"]
            if index in loop.outputs:
                outputs[index] = loop.outputs[index]
            elif "e" in entry:
                outputs[index] = {"error": entry["e"]} if entry["r"] == "continue" else _SKIPPED
            elif entry.get("it"):
                outputs[index] = loop.items[index]
            else:
                scope = (*loop.frame.scope, (loop.node_id, index))
                given = {name: self._node_output(loop, scope, name, pages) for name in entry["f"]}
                outputs[index] = planner.join(given) if given else None

    def _node_output(self, loop: _Loop, scope: Scope, node_id: str, pages: Any) -> Any:
        """A body's node as it was recorded, its frame being gone."""
        entry = self._index(loop, pages).get((scope, node_id))
        if entry is None:
            return None
        if not entry.get("same"):
            return self.turn.store.unpack(entry["o"]) if "o" in entry else None
        sources = entry.get("i") or []
        if not sources:
            return loop.items[scope[-1][1]]
        return planner.join({source: self._node_output(loop, scope, source, pages) for source in sources})

    def _index(self, loop: _Loop, pages: Any) -> dict[tuple[Scope, str], Any]:
        found: dict[tuple[Scope, str], Any] | None = getattr(loop, "journal", None)
        if found is None:
            found = {}
            for page in pages:
                for entry in page.entries:
                    if "k" not in entry and "s" in entry and entry["st"] in ("completed", FAILED):
                        found[scope_key(entry["s"]), entry["n"]] = entry
            loop.journal = found  # type: ignore[attr-defined]  # a cache for the moment of the loop's end
        return found
