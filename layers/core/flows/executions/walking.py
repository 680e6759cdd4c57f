"""What the state machine asks of the node runner: walk a turn, park (and settle: ``settling``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.aws.tables import Item
from flows.engine.environment import Environment
from flows.engine.journal import Superseded
from flows.engine.prepared import Plan
from flows.engine.results import NodeFailure
from flows.engine.state import Scope
from flows.engine.walker import Turn
from flows.errors import Conflict, FlowsError, NotFound
from flows.executions import starting, store, waking
from flows.executions.records import RUN, machine_name
from flows.workflows import pinning

RENEW_AFTER_TURNS = 1_500
"""Turns of one machine: each is about a dozen history events, and Step Functions ends an execution at 25,000."""

_WAITING_TYPES = frozenset({"delay", "approval", "wait_for_webhook", "execute_workflow"})


def walk(
    event: Mapping[str, Any],
    *,
    environment: Callable[[], Environment],
    units: Callable[[], tuple[float, float]] = lambda: (0.0, 0.0),
) -> dict[str, Any]:
    """One turn.

    Args:
        event: ``{account_id, execution_id, machine, turns, prior?}``.
        environment: the engine's outside.
        units: read and write units that this invocation has consumed so far.

    Returns:
        What the machine does next: ``{next: walk|park|renew|done, ...}``.
    """
    account_id, execution_id = event["account_id"], event["execution_id"]
    turns = int(event.get("turns") or 0) + 1
    base = {"account_id": account_id, "execution_id": execution_id, "turns": turns}
    taken = store.acquire(account_id, execution_id, event.get("prior"))
    if taken is None:
        return {**base, "next": "done"}
    if isinstance(taken, store.Busy):
        return {**base, "next": "park", "seconds": taken.seconds, "seen": taken.answers, "waiting": False}
    item, owner = taken
    try:
        plan, may_wait = _plan(account_id, item["workflow_id"], item["version"])
        run_store = store.RunStore(
            item,
            owner,
            start_child=_start_child,
            cancel_child=_cancel_child,
            units=units,
            pages_expire=None if may_wait else _kept_until(item),
        )
        back = Turn(run_store, run_store.record(), plan, environment(), owner).walk()
    except Superseded:
        return {**base, "next": "walk", "prior": owner}
    if back.next == "done":
        return {**base, "next": "done"}
    if turns >= RENEW_AFTER_TURNS and back.next == "walk":
        return {**base, "next": "renew", "machine": _next_machine(item, owner)}
    if back.next == "park":
        return {
            **base,
            "next": "park",
            "seconds": back.seconds,
            "seen": back.seen,
            "waiting": back.waiting,
            "prior": owner,
        }
    return {**base, "next": "walk", "prior": owner}


def park(event: Mapping[str, Any]) -> None:
    """Keep the machine's task token; answer it at once when something has come since the walker looked."""
    kept = store.park(
        event["account_id"],
        event["execution_id"],
        token=event["token"],
        seen=int(event["seen"]),
        waiting=bool(event.get("waiting")),
    )
    if not kept:
        waking.send(event["token"])


@lru_cache(maxsize=32)
def _plan(account_id: str, workflow_id: str, version: int) -> tuple[Plan, bool]:
    definition = pinning.load(account_id, workflow_id, version).definition
    return Plan.of(definition), _may_wait(definition)


def _kept_until(item: Item) -> int:
    """When the pages of a run that never waits may go: a day after the run itself."""
    days: int = item.get("retention_days", starting.DEFAULT_RETENTION_DAYS)
    return clock.epoch() + (days + 1) * 86_400


def _may_wait(definition: Mapping[str, Any]) -> bool:
    """Whether a run of the definition may wait: then its journal must outlive the longest wait."""
    return any(
        node.get("type") in _WAITING_TYPES
        or (node.get("type") == "foreach" and _may_wait((node.get("parameters") or {}).get("body") or {}))
        for node in definition.get("nodes") or []
    )


def _next_machine(item: Item, owner: str) -> str:
    """Write the next attempt's name to the run before the machine starts it: whoever looks for the run's machine finds the new one."""
    attempt = item.get("machine_attempt", 1)
    fresh = tables.update(
        settings().executions_table,
        item["pk"],
        RUN,
        "SET machine_attempt = :next REMOVE lease_owner, lease_until",
        {":next": attempt + 1, ":me": owner},
        condition="lease_owner = :me",
    )
    return machine_name(item["id"], fresh["machine_attempt"])


def _start_child(
    parent: Item, workflow_id: str, input: Any, *, seed: str, scope: Scope, node_id: str, wait: bool, depth: int
) -> str:
    import hashlib

    from flows.aws import ids

    account_id = parent["account_id"]
    started = clock.parse_iso(parent["started_at"])
    try:
        child = pinning.pinned(account_id, workflow_id)
        made = starting.start(
            account_id,
            child,
            version=child.version_of(None),
            input=input,
            trigger={"type": "workflow", "execution_id": parent["id"], "workflow_id": parent["workflow_id"], "node_id": node_id},
            execution_id=ids.derived_id("exec", started, hashlib.sha256(f"child|{seed}".encode()).digest()),
            depth=depth,
            retention_days=parent.get("retention_days", starting.DEFAULT_RETENTION_DAYS),
            parent={"execution_id": parent["id"], "scope": [list(step) for step in scope], "node_id": node_id} if wait else None,
            most_runs=parent.get("account_slots"),
        )
    except FlowsError as error:
        raise NodeFailure(
            "WorkflowNotStarted", f"The workflow {workflow_id} was not started: {error.message}", error.details
        ) from None
    return made.execution_id


def _cancel_child(account_id: str, execution_id: str) -> None:
    from flows.executions import cancelling

    try:
        cancelling.cancel(account_id, execution_id)
    except (NotFound, Conflict):
        return  # it has ended meanwhile


def environment_of(seconds_left: Callable[[], float]) -> Environment:
    """The engine's outside in a function."""
    return Environment(
        http=_http,
        open_credential=_open_credential,
        masker=_masker,
        base_url=settings().base_url,
        now=clock.now,
        seconds_left=seconds_left,
    )


@lru_cache(maxsize=1)
def _http() -> Any:
    from flows.outgoing import OutgoingClient

    return OutgoingClient(settings().private_hosts)


def _open_credential(account_id: str, credential_id: str) -> Any:
    from flows.credentials import use
    from flows.errors import NotFound

    try:
        return use.open(account_id, credential_id)
    except NotFound:
        raise LookupError(credential_id) from None


def _masker(opened: list[Any]) -> Any:
    from flows.credentials.masking import masker_of

    return masker_of(opened)
