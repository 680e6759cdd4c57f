"""A retry takes over the items of a loop that had ended when the earlier run failed: only the others run again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flows.aws.clock import iso
from flows.engine.failures import node_limit
from flows.engine.graph import Node
from flows.engine.journal import Entry, Page, scope_key
from flows.engine.state import RUNNING, LoopState, NodeState

if TYPE_CHECKING:
    from flows.engine.walker import Turn


def take_over_items(turn: Turn, node: Node, pages: Sequence[Page]) -> None:
    """Copy the items of a loop that did not succeed, and leave it under way; nothing is done where none of them had ended.

    Args:
        turn: of the new run; everything that the loop depends on has been taken over.
        node: a ``foreach`` of the workflow's own graph.
        pages: the earlier run's journal.
    """
    if node.parameters.get("stop_when"):
        return  # whether it held is not in the journal: the loop runs as a whole
    attempt = _last_attempt(node.id, pages)
    ended = {
        entry["x"]
        for entry in attempt
        if entry.get("k") == "item" and entry["n"] == node.id and not entry["s"] and "e" not in entry
    }
    if not ended:
        return
    items = attempt[0]
    count = len(turn.store.unpack(items["o"]))
    now = turn.environment.now()
    state = NodeState(RUNNING, seq=turn.state.next_seq(), started_at=iso(now))
    state.loop = LoopState(count, items_page=turn.recorder.position, limit=node_limit(node, now))
    for index in sorted(ended):
        state.loop.end(index)
    turn.recorder.record({**items, "q": state.seq, "t": state.started_at, "a": 1})
    places: dict[int, int] = {}
    for entry in attempt[1:]:
        if not _is_of(entry, node.id, ended):
            continue
        if "q" in entry:
            places.setdefault(entry["q"], -1)
    for place in sorted(places):
        places[place] = turn.state.next_seq()
    for entry in attempt[1:]:
        if _is_of(entry, node.id, ended):
            turn.recorder.record({**entry, "q": places[entry["q"]], "taken": True} if "q" in entry else entry)
    # The loop's state goes last: were this turn to die before, the loop would begin anew instead of missing results.
    turn.state.root.nodes[node.id] = state


def _last_attempt(node_id: str, pages: Sequence[Page]) -> list[Entry]:
    """The entries from the one that holds the loop's items on; an earlier attempt's are left out."""
    found: list[Entry] = []
    for page in pages:
        for entry in page.entries:
            if entry.get("k") == "items" and entry["n"] == node_id and not entry["s"]:
                found = []
            if found or entry.get("k") == "items":
                found.append(entry)
    return found if found and found[0]["n"] == node_id and not found[0]["s"] else []


def _is_of(entry: Entry, node_id: str, ended: set[Any]) -> bool:
    """Whether an entry belongs to one of the items that had ended."""
    if entry.get("k") == "item" and entry["n"] == node_id and not entry["s"]:
        return entry["x"] in ended
    scope = scope_key(entry.get("s", ()))
    return bool(scope) and scope[0][0] == node_id and scope[0][1] in ended
