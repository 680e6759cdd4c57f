"""DynamoDB: BatchGetItem tells the read units that it took, as the other calls do (API reference, "BatchGetItem", ConsumedCapacity)."""

from __future__ import annotations

import json
import math
from typing import Any

from ministack.services import dynamodb


def apply() -> None:
    """The emulator leaves them out, so that logs and ``make bench`` would tell a route that reads so to read nothing."""
    answer = dynamodb._batch_get_item

    def batch_get_item(data: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = answer(data)
        if status != 200 or data.get("ReturnConsumedCapacity", "NONE") == "NONE":
            return status, headers, body
        units = [
            {"TableName": table, "CapacityUnits": sum(_units(table, key, asked) for key in asked["Keys"])}
            for table, asked in data["RequestItems"].items()
        ]
        return status, headers, json.dumps({**json.loads(body), "ConsumedCapacity": units}).encode()

    dynamodb._batch_get_item = batch_get_item


def _units(name: str, key: dict[str, Any], asked: dict[str, Any]) -> float:
    """What one item takes: 4 KB a unit, half of that read eventually; one that is not there takes as much as a small one."""
    table = dynamodb._tables[dynamodb._normalize_table_name(name)]
    pk, sk, _ = dynamodb._resolve_table_key_values(table, key, allow_extra=False)
    item = table["items"].get(pk, {}).get(sk)
    size = dynamodb._item_size_bytes(item) if item else 0
    return max(1, math.ceil(size / 4096)) * (1.0 if asked.get("ConsistentRead") else 0.5)
