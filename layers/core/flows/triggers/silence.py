"""What of the trigger index is empty: most events start nothing, and one read tells so.

One item an account, in the workflows table:

    pk                       sk     attributes
    acct_…#trigger#silence   ALL    ``silent``: partitions in which nobody listens; ``mark``; ``forget_at``: seconds since 1970

Who has looked into a partition and found nobody says so, on the condition that the mark is still what it was before the look. Who
publishes a listener changes the mark and takes its partitions from the set, in the transaction that stores the listener. So a
partition in the set is empty: a listener came either before the look, which then found it, or after it, and then the mark differs.
An account without the item, and one whose index was written when there was no such item, is looked into everywhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Write

KEPT_SECONDS = 3_600
"""So long what was found holds. While a deployment is under way an older version may still publish, which knows nothing of this."""


@dataclass(frozen=True)
class Silence:
    """What was known before a look.

    Args:
        account_id: whose.
        names: partitions in which nobody listens.
        mark: as it was; None: there was none.
        is_kept: the item has a set that still holds.
    """

    account_id: str
    names: frozenset[str]
    mark: str | None
    is_kept: bool


def read(account_id: str) -> Silence:
    """What is known to be empty. One consistent read."""
    found = tables.get(settings().workflows_table, *_key(account_id), consistent=True) or {}
    is_kept = found.get("forget_at", 0) > clock.epoch()
    return Silence(account_id, frozenset(found.get("silent", ())) if is_kept else frozenset(), found.get("mark"), is_kept)


def note(known: Silence, empty: Collection[str]) -> None:
    """Say that partitions were found empty.

    Args:
        known: what was read before they were looked into.
        empty: their names.
    """
    if not empty:
        return
    expression = "ADD silent :empty"
    values: dict[str, Any] = {":empty": frozenset(empty)}
    if not known.is_kept:
        expression = "SET silent = :empty, forget_at = :forget_at"
        values |= {":forget_at": clock.epoch() + KEPT_SECONDS}
    condition = "attribute_not_exists(mark)" if known.mark is None else "mark = :mark"
    if known.mark is not None:
        values[":mark"] = known.mark
    try:
        tables.update(
            settings().workflows_table, *_key(known.account_id), expression, values, condition=condition, returns="NONE"
        )
    except ConditionFailed:
        return  # somebody has published meanwhile: the next event looks again


def broken(account_id: str, names: Collection[str]) -> Write:
    """For the transaction that stores listeners: in these partitions there is somebody.

    Args:
        account_id: whose.
        names: of the partitions.
    """
    pk, sk = _key(account_id)
    return Write(
        "update",
        settings().workflows_table,
        {"pk": pk, "sk": sk},
        update="SET mark = :mark DELETE silent :names",
        values={":mark": secrets.token_hex(8), ":names": frozenset(names)},
    )


def _key(account_id: str) -> tuple[str, str]:
    return f"{account_id}#trigger#silence", "ALL"
