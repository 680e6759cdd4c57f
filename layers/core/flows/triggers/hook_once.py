"""``deduplicate_by``: requests with the same value within a day are one, and all get the answer of the first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows import strict_json
from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item
from flows.triggers.starts import Trigger

SEEN_SECONDS = 86_400


@dataclass(frozen=True)
class Claim:
    """The run that a value stands for.

    Args:
        execution_id: the run's id. The run itself may not be there yet: the first request may have died after this.
        at: the moment in that id.
        is_repeat: another request came first.
    """

    execution_id: str
    at: datetime
    is_repeat: bool


def claim(trigger: Trigger, value: Any) -> Claim:
    """The run of this value: a new one, or that of the request that came first."""
    now = clock.now()
    seed = strict_json.dumps([trigger.workflow_id, trigger.node_id, value])
    pk = f"{trigger.account_id}#trigger#once#{hashlib.sha256(seed.encode()).hexdigest()}"
    mine = ids.new_id("exec", now)
    item: Item = {"pk": pk, "sk": "ONCE", "execution_id": mine, "at": clock.iso(now), "ttl": int(now.timestamp()) + SEEN_SECONDS}
    try:
        tables.put(
            settings().workflows_table,
            item,
            "attribute_not_exists(pk) OR #ttl <= :now",  # TTL deletes days late
            names={"#ttl": "ttl"},
            values={":now": int(now.timestamp())},
        )
    except ConditionFailed as failed:
        there = failed.item or tables.get(settings().workflows_table, pk, "ONCE", consistent=True) or item
        # A lost answer makes boto3 ask again, and find its own item.
        return Claim(there["execution_id"], clock.parse_iso(there["at"]), there["execution_id"] != mine)
    return Claim(mine, clock.parse_iso(item["at"]), False)
