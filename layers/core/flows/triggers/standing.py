"""What kept a trigger from starting its workflow, for ``GET /workflows/:id/triggers``. A run that started and failed tells so itself.

One item a trigger (drawn in ``index``), written once a minute at most by a worker: a flood of forged requests must
not become a flood of writes.
"""

from __future__ import annotations

from typing import Any

from flows.aws import clock, tables
from flows.aws.settings import settings

KEPT_SECONDS = 30 * 86_400
_EVERY_SECONDS = 60
_MOST_REMEMBERED = 1_000
_noted: dict[tuple[str, str, str], int] = {}


def note_error(account_id: str, workflow_id: str, node_id: str, message: str) -> None:
    """Keep why a trigger did not start anything.

    Args:
        account_id, workflow_id, node_id: the trigger.
        message: for the workflow's owner; nothing of what was sent.
    """
    now = clock.epoch()
    key = (workflow_id, node_id, message)
    if now - _noted.get(key, 0) < _EVERY_SECONDS:
        return
    if len(_noted) >= _MOST_REMEMBERED:
        _noted.clear()
    _noted[key] = now
    tables.update(
        settings().workflows_table,
        _partition(account_id, workflow_id),
        node_id,
        "SET message = :message, #at = :at, #ttl = :ttl",
        {":message": message[:500], ":at": clock.now_iso(), ":ttl": now + KEPT_SECONDS},
        names={"#at": "at", "#ttl": "ttl"},
        returns="NONE",
    )


def errors(account_id: str, workflow_id: str) -> dict[str, dict[str, Any]]:
    """The last error of each trigger of a workflow, by node id: ``{message, at}``."""
    found = tables.query_all(
        settings().workflows_table,
        "pk = :pk",
        {":pk": _partition(account_id, workflow_id)},
        consistent=True,
    )
    return {item["sk"]: {"message": item["message"], "at": item["at"]} for item in found}


def _partition(account_id: str, workflow_id: str) -> str:
    return f"{account_id}#trigger#state#{workflow_id}"
