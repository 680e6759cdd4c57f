"""Starting a run: one write. The table's stream does the rest (``launching``), so no run is written and then forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flows import strict_json
from flows.aws import clock, ids, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed, Item, Write
from flows.engine.journal import Packed, Page, packed_size, packed_text
from flows.errors import ValidationFailed, invalid
from flows.executions import counting, values
from flows.executions.records import LOST_AFTER, PENDING, RUN, SMALL_INPUT, due, page_item, partition, status_partition
from flows.workflows.pinning import Pinned

LONGEST_RUN = timedelta(days=400)
DEFAULT_RETENTION_DAYS = 30
_LONGEST_SLOT_KEY = 200
MAX_DEPTH = 10
"""Runs that start runs (sub-workflows, failure workflows, event triggers): deeper chains are refused, so loops end."""


@dataclass(frozen=True)
class Started:
    """A run that has been started, now or by an earlier try of the same request."""

    execution_id: str
    status: str
    started_at: str


def start(
    account_id: str,
    pinned: Pinned,
    *,
    version: int,
    input: Any,
    trigger: dict[str, Any],
    by_trigger: bool = False,
    execution_id: str | None = None,
    started_at: datetime | None = None,
    depth: int = 0,
    retention_days: int = DEFAULT_RETENTION_DAYS,
    parent: dict[str, Any] | None = None,
    seed: dict[str, Any] | None = None,
    is_failure_run: bool = False,
    check_input: bool = True,
    most_runs: int | None = None,
    only_while: Write | None = None,
) -> Started:
    """Write a pending run.

    Args:
        account_id: whose.
        pinned: the workflow (``flows.workflows.service.pinned``).
        version: which version runs; it stays with the run.
        input: JSON; what a trigger gave, when `by_trigger`.
        trigger: what started it, as callers see it: ``{type, node_id?, ...}``. With `by_trigger`, ``node_id`` names the trigger node.
        by_trigger: the input is the trigger node's output, and the run begins there only.
        execution_id: a repeat with the same id starts nothing twice and gives the same answer.
        started_at: when (default: now); give it with a derived id.
        depth: how many runs stand behind this one.
        retention_days: how long the run is kept when it has ended.
        parent: ``{execution_id, scope, node_id}`` that waits for its end.
        seed: a retry: ``{execution_id, from_node}``.
        is_failure_run: it handles a failure; its own failure starts nothing.
        check_input: hold the input against the version's ``input_schema``.
        most_runs: how many runs of the account may be under way at once; None: no limit.
        only_while: what must hold for the run to be written.

    Raises:
        ValidationFailed: the input does not fit the schema, or the chain of runs is too deep.
        ConditionFailed: `only_while` does not hold.
    """
    if depth > MAX_DEPTH:
        raise invalid("workflow_id", f"runs that start runs are nested deeper than {MAX_DEPTH}", "depth")
    if check_input and not by_trigger:
        _check_input(pinned.input_schema(version), input)
    moment = started_at or clock.now()
    execution = execution_id or ids.new_id("exec", moment)
    run_settings = pinned.settings(version) or {}
    expires = int((moment + LONGEST_RUN).timestamp())
    packed, page = _input(account_id, execution, input, expires)
    item: Item = {
        "pk": partition(account_id, execution),
        "sk": RUN,
        "id": execution,
        "account_id": account_id,
        "workflow_id": pinned.workflow_id,
        "workflow_name": pinned.name,
        "version": version,
        "status": PENDING,
        "trigger": strict_json.dumps(trigger),
        "input": packed_text(packed),
        "started_at": clock.iso(moment),
        "answers": 0,
        "depth": depth,
        "retention_days": retention_days,
        "machine_attempt": 1,
        "lpk": account_id,
        "lsk": execution,
        "wpk": f"{account_id}#{pinned.workflow_id}",
        "spk": status_partition(account_id, PENDING),
        "ttl": expires,
        **due(execution, clock.now() + LOST_AFTER),
    }
    if by_trigger:
        item["by_trigger"] = True
    if run_settings.get("timeout_seconds"):
        item["deadline"] = clock.iso(moment + timedelta(seconds=float(run_settings["timeout_seconds"])))
    if run_settings.get("on_failure_workflow_id") and not is_failure_run:
        item["on_failure"] = run_settings["on_failure_workflow_id"]
    if is_failure_run:
        item["is_failure_run"] = True
    if run_settings.get("max_concurrency"):
        item["slots"] = run_settings["max_concurrency"]
        item["slot_key"] = run_settings.get("slot_key") or _slot_key(run_settings.get("concurrency_key"), input)
    if most_runs is not None:
        item["account_slots"] = most_runs
    if parent is not None:
        item["parent"] = strict_json.dumps(parent)
    if seed is not None:
        item["seed"] = strict_json.dumps(seed)
        item["retry_of"] = seed["execution_id"]
    return _write(item, page, only_while)


def _write(item: Item, page: Item | None, only_while: Write | None) -> Started:
    counting.before_writing(item["account_id"], item["workflow_id"], item["id"])
    table = settings().executions_table
    condition = "attribute_not_exists(pk)"
    try:
        if page is None and only_while is None:
            tables.put(table, item, condition)
        else:
            writes = [Write("put", table, item, condition=condition)]
            tables.transact(writes + ([Write("put", table, page)] if page else []) + ([only_while] if only_while else []))
    except ConditionFailed as failed:
        if failed.index > 0:
            raise
        there = failed.item or tables.get(table, item["pk"], RUN, consistent=True)
        if there is None:
            raise
        return Started(there["id"], there["status"], there["started_at"])
    return Started(item["id"], PENDING, item["started_at"])


def _input(account_id: str, execution_id: str, value: Any, expires: int) -> tuple[Packed, Item | None]:
    """Where the input goes: into the run's item, into page 0, or to S3."""
    packed = values.pack(account_id, execution_id, value)
    if "v" not in packed or packed_size(packed) <= SMALL_INPUT:
        return packed, None
    page = Page(0, 0, "start", [{"n": "", "k": "input", "o": packed}], {})
    return {"page": 0}, page_item(account_id, execution_id, page, expires)


def _check_input(schema: Any, value: Any) -> None:
    if not schema:
        return
    from flows.engine.input_schema import misfits

    found = misfits(schema, value)
    if found:
        raise ValidationFailed(found)


def _slot_key(key: str | None, value: Any) -> str:
    """What of the input runs are counted by; "-" where the key has no value. A key without braces is an expression, for as a text it would
    be the same for all runs."""
    if not key:
        return "-"
    from flows.engine.expressions import ExpressionError, render

    try:
        made = str(render(key if "{{" in key else f"{{{{ {key} }}}}", value, {"input": value}))
    except ExpressionError:
        return "-"
    if len(made) > _LONGEST_SLOT_KEY:
        import hashlib

        return hashlib.sha256(made.encode()).hexdigest()
    return made or "-"
