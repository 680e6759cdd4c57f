"""What a run knows of itself between two turns: compact, as JSON in the newest page of its journal.

Outputs are not in it, only the page in which each was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.engine.graph import Graph

RUNNING, WAITING, COMPLETED, FAILED, SKIPPED, CANCELLED = "running", "waiting", "completed", "failed", "skipped", "cancelled"
DECIDED = frozenset({COMPLETED, FAILED, SKIPPED, CANCELLED})
_SHORT = {RUNNING: "r", WAITING: "w", COMPLETED: "c", FAILED: "f", SKIPPED: "s", CANCELLED: "x"}
_LONG = {short: long for long, short in _SHORT.items()}

Scope = tuple[tuple[str, int], ...]
"""Where a frame stands: the loops around it, outermost first, as (foreach node id, index)."""


@dataclass
class NodeState:
    """One node in one frame.

    Args:
        status: see the constants. ``running``: started, or armed to start at the next turn.
        port: the port that it left through; None as long as it is not decided, or when it ended the run with an error.
        page: number of the journal page that holds its result; -1 until that is written.
        seq: place in the order of starts.
        attempt: 1 for the first.
        started_at: ISO time.
        crashes: how many turns died with it.
        wait: ``{kind, until, data, limit?}`` of a waiting node (kind ``retry``: between two attempts); ``limit`` is when the node's own
            ``timeout_seconds`` are over.
        loop: the progress of a ``foreach``.
    """

    status: str
    port: str | None = None
    page: int = -1
    seq: int = 0
    attempt: int = 1
    started_at: str = ""
    crashes: int = 0
    wait: dict[str, Any] | None = None
    loop: LoopState | None = None

    @property
    def decided(self) -> bool:
        return self.status in DECIDED


@dataclass
class LoopState:
    """Progress of a ``foreach``.

    Args:
        count: how many items there are.
        items_page: the journal page that holds the items.
        low: every item before this one has ended.
        ended: items from ``low`` on that have ended.
        next: the first item that has not been started.
        armed: items before this one may have been started, as far as the journal knows.
        stopped: ``stop_when`` held; no further item is started.
        failed: an item failed and ``on_item_error`` is ``fail``: the error.
        active: frames of the items under way, by index.
        crashes: how many turns died within this loop.
        limit: when the node's own ``timeout_seconds`` are over (ISO time).
    """

    count: int
    items_page: int = -1
    low: int = 0
    ended: set[int] = field(default_factory=set)
    next: int = 0
    armed: int = 0
    stopped: bool = False
    failed: dict[str, Any] | None = None
    active: dict[int, Frame] = field(default_factory=dict)
    crashes: int = 0
    limit: str | None = None

    def end(self, index: int) -> None:
        """Note that an item has ended."""
        self.active.pop(index, None)
        self.ended.add(index)
        while self.low in self.ended:
            self.ended.discard(self.low)
            self.low += 1

    def has_ended(self, index: int) -> bool:
        return index < self.low or index in self.ended


@dataclass
class Frame:
    """A graph being walked: the workflow's own, or a loop's body for one item.

    Args:
        graph: its nodes and edges.
        scope: where it stands.
        nodes: states of the nodes that have been looked at.
        parent: the frame around it, and the id of the loop there.
        dirty: results of effects in it that are not in the journal yet.
    """

    graph: Graph
    scope: Scope = ()
    nodes: dict[str, NodeState] = field(default_factory=dict)
    parent: tuple[Frame, str] | None = None
    dirty: bool = False

    @property
    def index(self) -> int:
        return self.scope[-1][1]

    def walk(self) -> Iterator[tuple[Frame, str, NodeState]]:
        """Every node state, those of active loop items included."""
        for node_id, state in list(self.nodes.items()):
            yield self, node_id, state
            if state.loop:
                for frame in list(state.loop.active.values()):
                    yield from frame.walk()

    def dump(self) -> dict[str, Any]:
        return {node_id: _dump_node(state) for node_id, state in self.nodes.items()}

    @classmethod
    def load(cls, raw: Mapping[str, Any], graph: Graph, scope: Scope = (), parent: tuple[Frame, str] | None = None) -> Frame:
        frame = cls(graph, scope, parent=parent)
        for node_id, value in raw.items():
            frame.nodes[node_id] = _load_node(value, frame, node_id)
        return frame


@dataclass
class RunState:
    """The whole: the root frame and what belongs to the run.

    Args:
        root: the workflow's graph.
        seq: the next number in the order of starts.
        answers: how many answers have been read.
        busy_ms: milliseconds of walking so far.
        transitions: state transitions of Step Functions so far.
        invocations: invocations of the walker so far.
        read_units, write_units: DynamoDB request units so far.
        end: a node has ended the run: ``{n: its id, st: status, e: error, o: its output is the run's}``. Kept, for the turn that recorded the
            node may die before it can end the run.
        taking_over: results of an earlier run are being copied, and nothing has begun: after a crash it is done again.
    """

    root: Frame
    seq: int = 0
    answers: int = 0
    busy_ms: int = 0
    transitions: int = 1
    invocations: int = 0
    read_units: float = 0.0
    write_units: float = 0.0
    end: dict[str, Any] | None = None
    taking_over: bool = False

    def next_seq(self) -> int:
        self.seq += 1
        return self.seq - 1

    def dump(self) -> dict[str, Any]:
        return {
            "n": self.root.dump(),
            "q": self.seq,
            "a": self.answers,
            **({"e": self.end} if self.end is not None else {}),
            **({"k": True} if self.taking_over else {}),
            "u": [self.busy_ms, self.transitions, self.invocations, round(self.read_units, 1), round(self.write_units, 1)],
        }

    @classmethod
    def load(cls, raw: Mapping[str, Any], graph: Graph) -> RunState:
        busy, transitions, invocations, reads, writes = raw["u"]
        return cls(Frame.load(raw["n"], graph), raw["q"], raw["a"], busy, transitions, invocations, reads, writes, raw.get("e"))


def _dump_node(state: NodeState) -> Any:
    short = _SHORT[state.status]
    if state.decided:
        # Told in full where it is not what the status says by itself: completed through main, skipped and cancelled through none.
        usual = state.port == "main" if state.status == COMPLETED else state.status != FAILED
        return [short, state.page] if usual else [short, state.page, state.port]
    raw: dict[str, Any] = {"s": short, "q": state.seq, "t": state.started_at}
    if state.attempt != 1:
        raw["a"] = state.attempt
    if state.crashes:
        raw["x"] = state.crashes
    if state.wait is not None:
        raw["w"] = state.wait
    if state.loop is not None:
        loop = state.loop
        raw["l"] = {
            "c": loop.count,
            "p": loop.items_page,
            "l": loop.low,
            "e": sorted(loop.ended),
            "n": loop.next,
            "r": loop.armed,
            "s": loop.stopped,
            "f": loop.failed,
            "x": loop.crashes,
            "a": {str(index): frame.dump() for index, frame in loop.active.items()},
        }
        if loop.limit is not None:
            raw["l"]["t"] = loop.limit
    return raw


def _load_node(raw: Any, frame: Frame, node_id: str) -> NodeState:
    if isinstance(raw, list):
        status = _LONG[raw[0]]
        port = raw[2] if len(raw) > 2 else "main" if status == COMPLETED else None
        return NodeState(status, port, raw[1])
    state = NodeState(
        _LONG[raw["s"]], seq=raw["q"], started_at=raw["t"], attempt=raw.get("a", 1), crashes=raw.get("x", 0), wait=raw.get("w")
    )
    loop = raw.get("l")
    if loop is not None:
        body = frame.graph.nodes[node_id].body
        state.loop = LoopState(
            loop["c"], loop["p"], loop["l"], set(loop["e"]), loop["n"], loop["r"], loop["s"], loop["f"], crashes=loop["x"]
        )
        state.loop.limit = loop.get("t")
        for text, inner in loop["a"].items():
            index = int(text)
            state.loop.active[index] = Frame.load(
                inner, body or Graph({}, ()), (*frame.scope, (node_id, index)), (frame, node_id)
            )
    return state
