"""Outputs at hand: what this turn has made, and what earlier pages hold, read when somebody names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows.engine import planner
from flows.engine.journal import Entry, Page, Store, scope_key
from flows.engine.state import Frame, Scope

_ABSENT = object()


class Memory:
    """Outputs by frame and node. Each page is read at most once a turn."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._values: dict[tuple[Scope, str], Any] = {}
        self._pages: dict[int, Page] = {}
        self._input: Any = _ABSENT
        self._load_input: Callable[[], Any] = lambda: None
        self.item_of: Callable[[Frame], Any] = lambda frame: None

    def start(self, load_input: Callable[[], Any]) -> None:
        """Say where the run's input comes from; it is read when it is needed."""
        self._load_input = load_input

    def starting_input(self) -> Any:
        if self._input is _ABSENT:
            self._input = self._load_input()
        return self._input

    def keep(self, scope: Scope, node_id: str, value: Any) -> None:
        self._values[scope, node_id] = value

    def forget(self, scope: Scope) -> None:
        """Let go of a frame that has ended: nothing can name its outputs any more."""
        depth = len(scope)
        for key in [key for key in self._values if key[0][:depth] == scope]:
            del self._values[key]

    def remember(self, page: Page) -> None:
        """A page that was read or written in this turn."""
        self._pages[page.number] = page

    def page(self, number: int) -> Page:
        found = self._pages.get(number)
        if found is None:
            found = self._pages[number] = self._store.pages([number])[number]
        return found

    def output(self, frame: Frame, node_id: str) -> Any:
        """What a decided node of the frame gave; None for one that gave nothing."""
        value = self._values.get((frame.scope, node_id), _ABSENT)
        if value is not _ABSENT:
            return value
        state = frame.nodes.get(node_id)
        if state is None or state.page < 0 or state.port is None:
            return None
        value = self._from_page(frame, node_id)
        self._values[frame.scope, node_id] = value
        return value

    def entry(self, frame: Frame, node_id: str) -> Entry | None:
        """The newest entry of a decided node whose page has been written."""
        found = None
        for entry in self.page(frame.nodes[node_id].page).entries:
            if entry["n"] == node_id and "k" not in entry and scope_key(entry.get("s", ())) == frame.scope:
                found = entry
        return found

    def _from_page(self, frame: Frame, node_id: str) -> Any:
        found = self.entry(frame, node_id)
        if found is None:
            return None
        if found.get("same"):
            sources = planner.live_predecessors(frame, node_id)
            if not sources:
                return self.starting_input() if frame.parent is None else self.item_of(frame)
            return planner.join({source: self.output(frame, source) for source in sources})
        return self._store.unpack(found["o"]) if "o" in found else None
