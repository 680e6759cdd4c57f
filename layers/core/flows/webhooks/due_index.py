"""The sparse index of what must be looked after at a time: 16 shards, so that no partition takes all the writes."""

from __future__ import annotations

import zlib

SHARDS = 16


def shard_of(delivery_id: str) -> str:
    """The shard of a delivery."""
    return f"due#{zlib.crc32(delivery_id.encode()) % SHARDS}"


def shards() -> list[str]:
    """All shards."""
    return [f"due#{number}" for number in range(SHARDS)]
