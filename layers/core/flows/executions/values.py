"""Values of runs: small ones in the item, large ones in S3 under the hash of what they are (so that a repeat writes the same object)."""

from __future__ import annotations

import hashlib
from typing import Any

from flows import strict_json
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.engine.journal import Packed, PackedText
from flows.engine.results import NodeFailure

INLINE_BYTES = 100_000
"""A larger value goes to S3: an item ends at 400 KB."""
MAX_BYTES = 10 * 1024 * 1024
"""The largest output of a node."""
CUT_CHARACTERS = 10_000
"""How much of a value a log entry shows."""


def pack(account_id: str, execution_id: str, value: Any, deepest: int | None = None) -> Packed:
    """Store a value.

    Args:
        account_id, execution_id: whose it is.
        value: JSON.
        deepest: levels that may be nested in it; None: they have been looked at, or are few.

    Raises:
        NodeFailure: ``OutputTooLarge``: over 10 MB; ``InvalidOutput``: nested too deeply.
        ValueError: no JSON.
    """
    text = strict_json.dumps(value)
    if deepest is not None and strict_json.is_deeper(value, deepest, text):
        raise NodeFailure("InvalidOutput", f"The output is nested deeper than {deepest} levels")
    if len(text) <= INLINE_BYTES // 4 or len(text.encode()) <= INLINE_BYTES:
        return PackedText(value, text)
    raw = text.encode()
    if len(raw) > MAX_BYTES:
        raise NodeFailure("OutputTooLarge", f"The output has {len(raw):,} bytes; at most {MAX_BYTES:,} can be kept")
    key = f"runs/{account_id}/{execution_id}/{hashlib.sha256(raw).hexdigest()}.json"
    client("s3").put_object(Bucket=settings().data_bucket, Key=key, Body=raw, ContentType="application/json")
    return {"s3": key, "bytes": len(raw), "cut": text[:CUT_CHARACTERS]}


def unpack(packed: Packed) -> Any:
    """The value."""
    if "v" in packed:
        return packed["v"]
    body = client("s3").get_object(Bucket=settings().data_bucket, Key=packed["s3"])["Body"].read()
    return strict_json.stored(body)


def shown(packed: Packed | None) -> Any:
    """The value as a log entry shows it: whole, or its beginning with a mark."""
    if packed is None:
        return None
    if "v" in packed:
        return cut(packed["v"])
    return {"$cut": packed["cut"], "size": packed["bytes"]}


def cut(value: Any) -> Any:
    """A value of at most 10 KB as it is; of a larger one the beginning of its JSON: ``{"$cut": text, "size": bytes}``."""
    text = strict_json.dumps(value)
    if len(text) <= CUT_CHARACTERS:
        return value
    return {"$cut": text[:CUT_CHARACTERS], "size": len(text.encode())}


def answered(packed: Packed | None) -> Any:
    """The value as an answer of the API carries it: over 1 MB a link for five minutes, ``{"$ref": url, "size": bytes}``."""
    if packed is None:
        return None
    if "v" in packed:
        return packed["v"]
    if packed["bytes"] <= 1_000_000:
        return unpack(packed)
    url = client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": settings().data_bucket, "Key": packed["s3"]}, ExpiresIn=300
    )
    return {"$ref": url, "size": packed["bytes"]}
