"""Idempotency-Key: a repeated POST has one effect and gets the first answer again, for 24 hours.

A claim is written before the handler runs. It keeps the moment of the first request, from which the ids of what the handler makes are
derived (``Caller.new_id``): so when a worker dies between the effect and the stored answer, the next one makes the same
thing again, and not a second one. The claim's lease says when another may take over; its owner token tells a write of ours whose answer
got lost from another's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass
from typing import Any

from flows import strict_json
from flows.api.caller import Repeatable
from flows.api.request import Request
from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.errors import Conflict, invalid

LIFETIME = 86_400
"""Seconds that a key is remembered (docs: 24 h)."""

LEASE = 35
"""Seconds after which a claim without an answer may be taken over: longer than a function of the API may run (29 s)."""

PATIENCE = 25.0
"""Seconds that a duplicate waits for the first one's answer before it is told CONFLICT."""

MAX_STORED = 300_000
"""Bytes of an answer that is kept (an item ends at 400 KB); a larger one is made again, with the same ids."""

_KEPT = frozenset({400, 403, 404, 409, 413, 415})
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")


@dataclass(frozen=True)
class Stored:
    """An answer as it went out the first time."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Claim:
    """The right to run the handler for a key.

    Args:
        account_id, sk: the key's record.
        owner: who has the right.
        repeatable: what makes the handler do again what the first one did.
        again: the first request has been answered, with what is never stored: it is made again.
    """

    account_id: str
    sk: str
    owner: str
    repeatable: Repeatable
    again: bool = False


def key_of(request: Request) -> str | None:
    """The request's Idempotency-Key, or None.

    Raises:
        ValidationFailed: not 1 to 255 printable ASCII characters.
    """
    key = request.header("idempotency-key")
    if key is not None and not _PRINTABLE.fullmatch(key):
        raise invalid("header.Idempotency-Key", "must be 1 to 255 printable ASCII characters", "idempotency_key")
    return key


def claim(account_id: str, key: str, request: Request, body: Any) -> Claim | Stored:
    """Get the right to run, or the answer that there is.

    Args:
        account_id: whose key it is.
        key: the Idempotency-Key.
        request: what it is bound to: method, path and query.
        body: the parsed body, bound by its value and not by its spelling.

    Raises:
        Conflict: the key was used for another request, or its first request is still under way.
    """
    print_ = _fingerprint(request, body)
    sk = f"IDEMPOTENCY#{hashlib.sha256(key.encode()).hexdigest()}"
    owner = ids.new_token()
    give_up = time.monotonic() + PATIENCE
    pause = 0.05
    while True:
        found = _try_claim(account_id, sk, owner, print_)
        if found["fingerprint"] != print_:
            raise Conflict("This Idempotency-Key was used for another request", {"reason": "idempotency_key_reused"})
        if found["owner"] == owner:
            # Keyed: secrets are derived from it, and an Idempotency-Key is none.
            seed = hmac.new(
                settings().signing_secret.encode(), f"{account_id}\0{key}\0{print_}".encode(), hashlib.sha256
            ).digest()
            how = Repeatable(key, clock.parse_iso(found["moment"]), seed)
            return Claim(account_id, sk, owner, how, again="done" in found)
        if "body" in found:
            return Stored(found["status"], strict_json.loads(found["headers"]), found["body"])
        if time.monotonic() >= give_up:
            raise Conflict("The first request with this Idempotency-Key is still in progress", {"reason": "in_progress"})
        time.sleep(pause)
        pause = min(0.5, pause * 1.5)


def settle(mine: Claim, status: int, headers: dict[str, str], body: str, *, keep: bool) -> None:
    """Store the answer, or let the key go where the answer may be another next time (429, 5xx).

    Args:
        mine: the claim.
        status, headers, body: the answer.
        keep: False for answers that hold a secret: they are never stored, but made again from the same derived values.
    """
    final = 200 <= status < 300 or status in _KEPT
    if final and keep and len(body.encode()) <= MAX_STORED:
        expression = "SET #status = :status, headers = :headers, body = :body"
        values: dict[str, Any] = {":status": status, ":headers": strict_json.dumps(headers), ":body": body}
        names = {"#status": "status"}
    elif final:
        expression, values, names = "SET lease = :none, done = :done", {":none": 0, ":done": True}, {}
    else:
        expression, values, names = "SET lease = :none", {":none": 0}, {}
    try:
        tables.update(
            settings().accounts_table,
            mine.account_id,
            mine.sk,
            expression,
            {**values, ":owner": mine.owner},
            names={**names, "#owner": "owner"},
            condition="#owner = :owner",
            returns="NONE",
        )
    except tables.ConditionFailed:
        # The lease ran out and another has taken over: its answer, made with the same ids, is the one to keep.
        return


def _try_claim(account_id: str, sk: str, owner: str, print_: str) -> tables.Item:
    """The record of the key as it is after trying to claim it."""
    now = clock.epoch()
    fresh: tables.Item = {
        "pk": account_id,
        "sk": sk,
        "owner": owner,
        "fingerprint": print_,
        "moment": clock.now_iso(),
        "lease": now + LEASE,
        "ttl": now + LIFETIME,
    }
    names = {"#ttl": "ttl"}
    try:
        tables.put(
            settings().accounts_table, fresh, "attribute_not_exists(pk) OR #ttl <= :now", names=names, values={":now": now}
        )
        return fresh
    except tables.ConditionFailed as failed:
        found = failed.item or fresh
    if found["owner"] == owner or found["fingerprint"] != print_ or "body" in found or found["lease"] > now:
        return found
    try:
        return tables.update(
            settings().accounts_table,
            account_id,
            sk,
            "SET #owner = :owner, lease = :lease",
            {":owner": owner, ":lease": now + LEASE, ":before": found["owner"], ":old": found["lease"]},
            names={"#owner": "owner"},
            condition="(#owner = :before AND lease = :old AND attribute_not_exists(body)) OR #owner = :owner",
        )
    except tables.ConditionFailed as failed:
        return failed.item or found


def _fingerprint(request: Request, body: Any) -> str:
    bound = json.dumps([request.method, request.path, sorted(request.query.items()), body], sort_keys=True)
    return hashlib.sha256(bound.encode()).hexdigest()
