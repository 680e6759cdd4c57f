"""Logs of a run, read from its journal: one entry a node and scope, in the order of their starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flows import strict_json
from flows.aws import tables
from flows.aws.settings import settings
from flows.aws.tables import Item
from flows.engine.journal import Entry, Packed, Page, scope_key
from flows.engine.state import DECIDED, Scope
from flows.executions import values
from flows.executions.records import CANCELLED, FINAL, page_key, partition, read_page

Position = dict[str, int]
"""Where a reading goes on: ``{"q": next in the order of starts, "p": page}``."""

MAX_ANSWER_BYTES = 1_000_000
"""Entries that one answer carries, in all."""

_Key = tuple[Scope, str]


@dataclass(frozen=True)
class Logs:
    """A part of a run's logs.

    Args:
        entries: as the API shows them.
        next: where they go on, or None.
        given: what the run began with, where the entries were read from the first one on.
    """

    entries: list[dict[str, Any]]
    next: Position | None
    given: Packed | None = None


def read(run: Item, position: Position | None = None, limit: int = 10_000, *, pages: Sequence[Item] | None = None) -> Logs:
    """Read entries from a position on.

    Args:
        run: the run's item.
        position: None: from the first.
        limit: how many at most.
        pages: the whole journal in its order, where it has been read already.
    """
    reader = _Reader(run, pages)
    found = reader.read(position or {"q": 0, "p": 1}, limit)
    return found if position else replace(found, given=reader.run_input())


def unstarted(run: Item, pages: Sequence[Item] | None = None) -> Logs:
    """Of a run that has not begun: no entries, and what it begins with."""
    return Logs([], None, _Reader(run, pages).run_input())


class _Reader:
    def __init__(self, run: Item, known: Sequence[Item] | None) -> None:
        self.run = run
        self.known = known
        self.pages: dict[int, Page] = {}
        self.found: dict[_Key, tuple[int, Entry]] = {}
        self.runs: dict[int, Entry] = {}
        """By place in the order of starts: a loop's next attempt runs the nodes of its body once more."""
        self.items: dict[_Key, list[Any]] = {}
        self.begun: dict[int, tuple[int, Entry]] = {}
        """Of a run that has ended: its loops, by place. One that has no entry of its own was under way when the run ended."""
        self.ahead: dict[int, tuple[int, Entry]] | None = None
        self.newest: Page | None = None

    def read(self, position: Position, limit: int) -> Logs:
        wanted = position["q"]
        open_entries: dict[int, int] = {}
        entries: list[dict[str, Any]] = []
        sizes: dict[int, int] = {}
        size = 0

        def emit(seq: int) -> bool:
            nonlocal size, wanted
            entry = self._shown(self.runs[seq])
            length = strict_json.size(entry)
            if len(entries) >= limit or (entries and size + length > MAX_ANSWER_BYTES):
                return False
            entries.append(entry)
            size += length
            del open_entries[seq]
            sizes.pop(seq, None)
            wanted = seq + 1
            return True

        for page in self._forward(position["p"]):
            for entry in page.entries:
                if "k" in entry:
                    self._note_loop(page, entry)
                    continue
                key = (scope_key(entry.get("s", ())), entry["n"])
                self.found[key] = (page.number, entry)
                self.runs[entry["q"]] = entry
                if entry["q"] >= position["q"] and entry["q"] >= wanted:
                    open_entries.setdefault(entry["q"], page.number)
                    sizes[entry["q"]] = strict_json.size(entry)
            while True:
                while wanted in open_entries and self.runs[wanted]["st"] in DECIDED:
                    if not emit(wanted):
                        return Logs(entries, self._next(wanted, open_entries))
                # A loop stands before its items and is recorded after them: enough has been read when the rest would not fit.
                is_enough = len(entries) + len(open_entries) >= limit or size + sum(sizes.values()) > MAX_ANSWER_BYTES
                if not is_enough or wanted in open_entries or not self._look_ahead(wanted, open_entries):
                    break
            if is_enough and wanted not in open_entries and self.run["status"] not in FINAL:
                rest = page.number + 1  # it is under way
                break
        else:
            rest = None
        for seq in self.begun if rest is None else ():
            if seq >= wanted and seq not in self.runs:
                self._leave_open(seq, open_entries)
        for seq in sorted(open_entries):
            if not emit(seq):
                return Logs(entries, self._next(seq, open_entries))
        return Logs(entries, None if rest is None else {"q": wanted, "p": rest})

    def _look_ahead(self, wanted: int, open_entries: dict[int, int]) -> bool:
        """Find an entry of the workflow's own graph on a page far ahead, which the newest page names; False when it is not there."""
        if self.ahead is None:
            newest = self._newest()
            numbers = {value[1] for value in newest.state["n"].values() if isinstance(value, list)} if newest else set()
            self.ahead = {}
            for page in self._some_pages(sorted(numbers - self.pages.keys())):
                for entry in page.entries:
                    if "k" not in entry and not entry.get("s"):
                        self.ahead[entry["q"]] = (page.number, entry)
        found = self.ahead.get(wanted)
        if found is None and wanted in self.begun and not self.begun[wanted][1].get("s"):
            self._leave_open(wanted, open_entries)
            return True
        if found is None:
            return False
        number, entry = found
        self.runs[wanted] = entry
        self.found[(), entry["n"]] = (number, entry)
        open_entries[wanted] = number
        return True

    def _note_loop(self, page: Page, entry: Entry) -> None:
        if entry["k"] == "items" and "q" in entry and self.run["status"] in FINAL:
            left = {**entry, "y": "foreach", "st": CANCELLED, "d": _between(entry["t"], self.run["completed_at"])}
            del left["k"], left["o"]
            self.begun[entry["q"]] = (page.number, left)

    def _leave_open(self, seq: int, open_entries: dict[int, int]) -> None:
        """Show a loop that was under way when the run ended, by what stands in the journal of its beginning."""
        open_entries[seq], self.runs[seq] = self.begun[seq]

    def _newest(self) -> Page | None:
        if self.newest is None:
            if self.known is not None:
                items = [item for item in self.known if item["sk"].startswith("P#")][-1:]
            else:
                pk = partition(self.run["account_id"], self.run["id"])
                bounds = {":pk": pk, ":first": page_key(1), ":last": "P#99999999"}
                condition = "pk = :pk AND sk BETWEEN :first AND :last"
                items = list(
                    tables.query(settings().executions_table, condition, bounds, limit=1, forward=False, consistent=True).items
                )
            self.newest = read_page(items[0]) if items else None
        return self.newest

    def _some_pages(self, numbers: Sequence[int]) -> list[Page]:
        if self.known is not None:
            wanted = {page_key(number) for number in numbers}
            return [read_page(item) for item in self.known if item["sk"] in wanted]
        pk = partition(self.run["account_id"], self.run["id"])
        found = tables.get_many(settings().executions_table, [(pk, page_key(number)) for number in numbers], consistent=True)
        return [read_page(item) for item in found.values()]

    def _next(self, wanted: int, still_open: Mapping[int, int]) -> Position:
        return {"q": wanted, "p": min(still_open.values())}

    def _forward(self, first: int) -> Iterator[Page]:
        if first == 1 and self._is_input_a_page():
            first = 0  # in the same call
        for item in self._items(page_key(first)):
            page = read_page(item)
            self.pages[page.number] = page
            self._note_items(page)
            yield page

    def _items(self, first: str) -> Iterable[Item]:
        if self.known is not None:
            return (item for item in self.known if item["sk"] >= first)
        return tables.query_all(
            settings().executions_table,
            "pk = :pk AND sk BETWEEN :first AND :last",
            {":pk": partition(self.run["account_id"], self.run["id"]), ":first": first, ":last": "P#99999999"},
            consistent=True,
        )

    def _is_input_a_page(self) -> bool:
        return "page" in strict_json.stored(self.run["input"])

    def _note_items(self, page: Page) -> None:
        for entry in page.entries:
            if entry.get("k") == "items":
                self.items[scope_key(entry["s"]), entry["n"]] = [entry["o"]]

    def _entry(self, key: _Key) -> Entry:
        return self.found[key][1]

    def _shown(self, entry: Entry) -> dict[str, Any]:
        skipped = entry["st"] == "skipped"
        # What a run leaves open when it ends, it leaves for good.
        left_open = entry["st"] not in DECIDED and self.run["status"] in FINAL
        given = None if skipped else self._input(entry)
        packed = self._output(entry) if entry.get("same") else entry.get("o")
        done = entry["st"] in DECIDED
        return {
            "node_id": entry["n"],
            "type": entry["y"],
            "status": CANCELLED if left_open else entry["st"],
            "attempt": entry.get("a", 1),
            "started_at": entry["t"],
            "completed_at": self.run["completed_at"] if left_open else _after(entry["t"], entry["d"]) if done else None,
            "duration_ms": _between(entry["t"], self.run["completed_at"]) if left_open else entry["d"] if done else None,
            "input": given,
            "output": values.shown(packed),
            "error": entry.get("e"),
            "scope": [list(step) for step in entry.get("s", ())],
        }

    def _input(self, entry: Entry) -> Any:
        return values.shown(self._given(entry))

    def _given(self, entry: Entry) -> Packed | None:
        """What a node got: its live predecessors' outputs, the item of its loop, or what the run began with."""
        scope = scope_key(entry.get("s", ()))
        sources: Sequence[str] = entry.get("i") or []
        if sources:
            outputs = {source: self._output_of((scope, source)) for source in sources}
            if len(outputs) == 1:
                return next(iter(outputs.values()))
            from flows.engine import planner  # here: it knows all node types, and few requests come so far

            return {"v": planner.join({source: values.shown(packed) for source, packed in outputs.items()})}
        if scope:
            return self._item(scope)
        return self.run_input()

    def _output(self, entry: Entry) -> Packed | None:
        return self._given(entry) if entry.get("same") else entry.get("o")

    def _output_of(self, key: _Key) -> Packed | None:
        if key not in self.found and not self._find_before(key):
            return None
        return self._output(self._entry(key))

    def _find_before(self, key: _Key) -> bool:
        """Look for an entry on the pages before those that were read."""
        number = min(self.pages, default=1) - 1
        while number >= 1:
            page = self._one_page(number)
            if page is None:
                return False
            for entry in page.entries:
                if "k" not in entry:
                    self.found.setdefault((scope_key(entry.get("s", ())), entry["n"]), (number, entry))
            if key in self.found:
                return True
            number -= 1
        return False

    def _one_page(self, number: int) -> Page | None:
        if self.known is not None:
            item = next((one for one in self.known if one["sk"] == page_key(number)), None)
        else:
            item = tables.get(
                settings().executions_table, partition(self.run["account_id"], self.run["id"]), page_key(number), consistent=True
            )
        if item is None:
            return None
        page = read_page(item)
        self.pages[number] = page
        self._note_items(page)
        return page

    def _item(self, scope: Scope) -> Packed | None:
        loop, index = (scope[:-1], scope[-1][0]), scope[-1][1]
        if loop not in self.items and not loop[0]:
            self._find_items(loop[1])
        number = min(self.pages, default=1) - 1
        while loop not in self.items and number >= 1 and self._one_page(number) is not None:
            number -= 1
        held = self.items.get(loop)
        if held is None:
            return None
        if len(held) == 1 and isinstance(held[0], dict):
            held[:] = [None, values.unpack(held[0])]
        items = held[1]
        return {"v": items[index]} if index < len(items) else None

    def _find_items(self, node_id: str) -> None:
        """The items of a loop of the workflow's own graph, from the page that the newest one leads to: not page by page back to it."""
        newest = self._newest()
        state = newest.state["n"].get(node_id) if newest else None
        number = None
        if isinstance(state, list):
            page = self.pages.get(state[1]) or next(iter(self._some_pages([state[1]])), None)
            entries = [entry for entry in page.entries if entry.get("n") == node_id and "ip" in entry] if page else []
            number = entries[-1]["ip"] if entries else None
        elif isinstance(state, dict) and "l" in state:
            number = state["l"]["p"]
        for page in self._some_pages([number]) if number is not None else []:
            self._note_items(page)

    def run_input(self) -> Packed | None:
        """What the run began with."""
        packed: Packed = strict_json.stored(self.run["input"])
        if "page" not in packed:
            return packed
        page = self.pages.get(0) or self._one_page(0)
        found: Packed | None = page.entries[0]["o"] if page else None
        return found


def _after(started_at: str, duration_ms: int) -> str:
    from datetime import timedelta

    from flows.aws.clock import iso, parse_iso

    return iso(parse_iso(started_at) + timedelta(milliseconds=duration_ms))


def _between(started_at: str, ended_at: str) -> int:
    from flows.aws.clock import parse_iso

    return max(0, round((parse_iso(ended_at) - parse_iso(started_at)).total_seconds() * 1000))
