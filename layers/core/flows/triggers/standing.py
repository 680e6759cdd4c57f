"""What kept a trigger from starting its workflow, for ``GET /workflows/:id/triggers``. A run that started and failed tells so itself.

One item a trigger, beside its workflow's (``pinning.with_errors`` reads both), written once a minute at most by a worker: a flood of forged
requests must not become a flood of writes.
"""

from __future__ import annotations

from flows.aws import clock
from flows.workflows import pinning

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
    pinning.note_error(account_id, workflow_id, node_id, message[:500], KEPT_SECONDS)
