"""What has happened since the last page, and the page that it becomes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flows.aws.clock import iso, parse_iso
from flows.engine.context import RunningContext
from flows.engine.graph import Node
from flows.engine.journal import Entry, Packed, Page, entry_text
from flows.engine.state import COMPLETED, RUNNING, Frame, Scope

if TYPE_CHECKING:
    from flows.engine.walker import Turn

PAGE_BYTES = 200_000
PAGE_ENTRIES = 400
_MILLISECOND = timedelta(milliseconds=1)


class Recorder:
    """Collects entries and writes pages.

    Args:
        turn: whose.
    """

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.position = 1
        """Number of the next page."""
        self.changed = False
        self.entries: list[Entry] = []
        self.texts: list[str] = []
        """JSON of each entry: it is measured by it, and written with it."""
        self.entry_bytes = 0
        self.armed: set[tuple[Scope, str]] = set()
        """Effects that the journal knows as started: they may start without a page of their own."""

    def record(self, entry: Entry) -> None:
        text = entry_text(entry)
        self.entries.append(entry)
        self.texts.append(text)
        self.entry_bytes += len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        self.changed = True
        if self.entry_bytes > PAGE_BYTES or len(self.entries) >= PAGE_ENTRIES:
            self.flush()

    def record_node(
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
        now = self.turn.environment.now()
        # From the start as it is told: a rounded up duration would end the node after what follows it has begun.
        duration = milliseconds_since(state.started_at, now) if state.started_at else int((time.monotonic() - started) * 1000)
        entry = entry_of(
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
        if state.loop is not None:
            entry["ip"] = state.loop.items_page  # where its items are, for those who read the journal from its end
        state.page = self.position
        self.record(entry)

    def flush(self, event: Mapping[str, Any] | None = None) -> None:
        """Write what has happened since the last page. Raises Superseded."""
        if not self.changed and event is None:
            return
        self.turn.loops.before_flush()
        page = Page(self.position, self.turn.run.turn, self.turn.owner, self.entries, self.turn.state.dump(), self.texts)
        self.turn.store.append(page, event)
        self.turn.memory.remember(page)
        self.position += 1
        self.entries, self.texts = [], []
        self.entry_bytes = 0
        self.changed = False
        for frame, node_id, state in self.turn.state.root.walk():
            frame.dirty = False
            if state.status == RUNNING and state.loop is None:
                self.armed.add((frame.scope, node_id))


def milliseconds_since(started_at: str, now: datetime) -> int:
    """Whole milliseconds from a moment that was told in milliseconds (ISO 8601) to the millisecond that `now` is in."""
    return max(0, (now - parse_iso(started_at)) // _MILLISECOND)


def entry_of(frame: Frame, node: Node, seq: int, status: str, attempt: int, started_at: str, duration_ms: int) -> Entry:
    """A journal entry of a node."""
    entry: Entry = {"n": node.id, "y": node.type, "q": seq, "st": status, "t": started_at, "d": duration_ms}
    if frame.scope:
        entry["s"] = [list(step) for step in frame.scope]
    if attempt != 1:
        entry["a"] = attempt
    return entry
