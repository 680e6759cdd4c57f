"""What a node of a run waits with: an approval's message, the check of a ``wait_for_webhook``."""

from __future__ import annotations

from typing import Any

from flows.errors import NotFound
from flows.executions import logs, service
from flows.triggers.links import Link


def waits_with(link: Link) -> dict[str, Any] | None:
    """What the link's node waits with; None when it does not wait (yet, or any longer)."""
    try:
        run, pages = service.read_whole(link.account_id, link.execution_id)
    except NotFound:
        return None
    if run["status"] not in ("pending", "running", "waiting"):
        return None
    scope = [list(step) for step in link.scope]
    position = None
    while True:
        found = logs.read(run, position, 1_000, pages=pages)
        for entry in found.entries:
            if entry["node_id"] == link.node_id and entry["scope"] == scope:
                output = entry["output"] if isinstance(entry["output"], dict) else {}
                return output if entry["status"] == "waiting" else None
        if found.next is None:
            return None
        position = found.next
