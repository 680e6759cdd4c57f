"""The journal of a run: numbered pages, each written once. What stands in it has happened; nothing else has.

A page is written on the condition that its number is free. Two walkers of one run can therefore never both record: the one that
comes second finds the number taken, and stops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flows import strict_json
from flows.engine.results import Answer
from flows.engine.state import Scope

Entry = dict[str, Any]
"""One thing that happened. Kinds (``k``):

* none: a node: ``n`` id, ``s`` scope, ``y`` type, ``q`` order of start, ``st`` status, ``a`` attempt, ``t`` started at, ``d`` milliseconds,
  ``p`` port, ``i`` ids of the live predecessors, ``o`` packed output (or ``same``: its input), ``e`` error.
* ``items``: the items of the loop ``n`` in scope ``s``: ``o`` packed list; ``q``, ``t``, ``a``, ``i`` as above: of the loop that begins.
* ``item``: item ``x`` of that loop ended: ``o`` packed output, or ``f``: id of the body's node whose output it is; ``e`` error.
"""

Packed = dict[str, Any]
"""A JSON value as it is stored: ``{"v": value}``, or ``{"s3": key, "bytes": n, "cut": text}`` when it is large."""


class PackedText(Packed):
    """A small packed value that knows its JSON: it was written to be measured, and need not be written again.

    Args:
        value: the value.
        text: the value's JSON.
    """

    __slots__ = ("text",)

    def __init__(self, value: Any, text: str) -> None:
        super().__init__(v=value)
        self.text = f'{{"v":{text}}}'


def packed_text(packed: Packed) -> str:
    """JSON of a packed value."""
    return packed.text if isinstance(packed, PackedText) else strict_json.dumps(packed)


def packed_size(packed: Packed) -> int:
    """Bytes of a small packed value's JSON."""
    if isinstance(packed, PackedText):
        around = len('{"v":}')
        return len(packed.text.encode("utf-8", "surrogatepass")) - around
    return strict_json.size(packed["v"])


def entry_text(entry: Entry) -> str:
    """JSON of an entry; its output, ``o``, stands last."""
    packed = entry.get("o")
    if not isinstance(packed, PackedText):
        return strict_json.dumps(entry)
    rest = strict_json.dumps({name: value for name, value in entry.items() if name != "o"})
    return f'{rest[:-1]},"o":{packed.text}}}'


@dataclass(frozen=True)
class Page:
    """A page that has been written."""

    number: int
    turn: int
    owner: str
    entries: Sequence[Entry]
    state: Mapping[str, Any]
    texts: Sequence[str] = ()
    """JSON of each entry, of a page that is about to be written."""

    def entries_text(self) -> str:
        """JSON of all entries."""
        return f"[{','.join(self.texts or map(entry_text, self.entries))}]"


@dataclass
class RunRecord:
    """The run's own item, as the walker needs it."""

    account_id: str
    execution_id: str
    workflow_id: str
    workflow_name: str
    version: int
    status: str
    started_at: str
    trigger: dict[str, Any]
    """What started it, as callers see it."""
    trigger_output: Packed | None
    input: Packed
    turn: int
    answers: int
    cancel_requested: bool
    deadline: datetime | None
    depth: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    machine_attempt: int = 1
    seed: Mapping[str, Any] | None = None
    """A retry takes over from ``{execution_id, from_node}``."""

    @property
    def trigger_node(self) -> str | None:
        """The trigger node that the run begins at; None when no trigger of its workflow started it."""
        return self.trigger.get("node_id") if self.trigger_output is not None else None


@dataclass(frozen=True)
class GivenAnswer:
    """An answer and the waiting node that it is for."""

    scope: Scope
    node_id: str
    answer: Answer


class News(Protocol):
    """What comes to a run from outside while it is walked."""

    answers: int
    cancel_requested: bool


class Superseded(Exception):
    """Another walker has the run: stop, nothing of yours counts any more."""


class Store(Protocol):
    """Where a run lives. ``flows.executions.store`` keeps it in DynamoDB and S3."""

    def head(self) -> Page | None:
        """The newest page."""

    def pages(self, numbers: Sequence[int]) -> Mapping[int, Page]:
        """Pages by number."""

    def pages_from(self, first: int) -> Sequence[Page]:
        """All pages from that number on, in order."""

    def append(self, page: Page, event: Mapping[str, Any] | None = None) -> None:
        """Write a page. Raises Superseded when its number is taken by another."""

    def renew(self) -> RunRecord:
        """Prolong the lease. Raises Superseded when it is another's."""

    def news(self) -> News:
        """What has come to the run meanwhile. Raises Superseded when the lease is another's."""

    def respond(self, response: Mapping[str, Any]) -> bool:
        """Keep what a ``respond`` node answers; False when one has answered before."""

    def response(self) -> Any:
        """What the first ``respond`` node answered; None when none has."""

    def answers(self) -> Sequence[GivenAnswer]:
        """All answers so far, in the order of their arrival."""

    def finish(self, status: str, output: Packed | None, error: Mapping[str, Any] | None, usage: Mapping[str, Any]) -> None:
        """Give the run its final status. Raises Superseded when it has one or is another's."""

    def units(self) -> tuple[float, float]:
        """DynamoDB read and write units that this turn has consumed so far."""

    def pack(self, value: Any) -> Packed:
        """Store a value, in the entry itself or aside. Raises NodeFailure when it is too large, ValueError when it is no JSON."""

    def unpack(self, packed: Packed) -> Any:
        """The value."""

    def seed_pages(self) -> tuple[Mapping[str, Any], Sequence[Page]] | None:
        """Of a retry: the definition and the pages of the run that it takes over from."""

    def start_child(self, workflow_id: str, input: Any, *, seed: str, scope: Scope, node_id: str, wait: bool, depth: int) -> str:
        """Start a run of another workflow; returns its id. A repeat with the same seed starts nothing twice. Raises NodeFailure."""

    def cancel_child(self, execution_id: str) -> None:
        """Ask a run that a node waits for to end. One that has ended, or is to end already, is left as it is."""


def scope_key(scope: Scope) -> tuple[tuple[str, int], ...]:
    """A scope from JSON as the tuple that it is compared by."""
    return tuple((str(node), int(index)) for node, index in scope)
