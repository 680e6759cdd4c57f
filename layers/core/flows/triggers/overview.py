"""What can start a workflow, and when: ``GET /workflows/:id/triggers`` and ``/schedule``."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from flows.aws import clock
from flows.aws.settings import settings
from flows.engine.time_zones import zone
from flows.executions import service as executions
from flows.paging import Window
from flows.triggers import clockwork, hooks, schedules
from flows.triggers.views import ScheduledTime, TriggerError, TriggerView
from flows.workflows import pinning
from flows.workflows.pinning import Pinned

TIMES = 10
"""Moments that the schedule shows."""

_RUNS = 500
"""Runs that are looked through for the last one of each trigger, the newest; one call reads them."""


def triggers(account_id: str, workflow_id: str) -> list[TriggerView]:
    """A workflow's triggers: those in service, and those of a draft that are not.

    Raises:
        NotFound: the account has no such workflow.
    """
    workflow, errors = pinning.with_errors(account_id, workflow_id)
    draft = _by_id(workflow.triggers(workflow.latest_version))
    published = _by_id(workflow.triggers(workflow.published_version))
    nodes = {**draft, **published}
    if not nodes:
        return []
    started = _last_started(account_id, workflow_id, set(nodes))
    return [
        TriggerView(
            node_id=node_id,
            type=node["type"],
            active=node_id in published,
            last_started_at=started.get(node_id),
            last_error=TriggerError(**errors[node_id]) if node_id in errors else None,
            **_by_type(workflow, node, is_published=node_id in published, is_draft=_is_same(node, draft.get(node_id))),
        )
        for node_id, node in nodes.items()
    ]


def schedule(account_id: str, workflow_id: str) -> list[ScheduledTime]:
    """The next ten moments at which the published schedules start the workflow, all of them together, in order.

    Raises:
        NotFound: the account has no such workflow.
    """
    rules = schedules.rules(account_id, workflow_id)
    now = clock.now()

    def moments(node_id: str, rule: clockwork.Rule) -> Iterator[tuple[datetime, str]]:
        return ((moment, node_id) for moment in islice(clockwork.ticks(rule, now), TIMES))

    merged = heapq.merge(*(moments(node_id, rule) for node_id, rule in rules.items()))
    return [
        ScheduledTime(
            node_id=node_id,
            scheduled_at=clock.iso(moment),
            timezone=rules[node_id].timezone,
            local_time=moment.astimezone(zone(rules[node_id].timezone)).isoformat(timespec="seconds"),
        )
        for moment, node_id in islice(merged, TIMES)
    ]


def _by_id(nodes: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {node["id"]: node for node in nodes}


def _is_same(node: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
    return other is not None and other["type"] == node["type"]


def _by_type(workflow: Pinned, node: Mapping[str, Any], *, is_published: bool, is_draft: bool) -> dict[str, Any]:
    parameters = node["parameters"]
    if node["type"] == "webhook":
        token = workflow.hook_tokens.get(node["id"])
        draft = hooks.test_token(workflow.account_id, workflow.workflow_id, node["id"])
        return {
            "url": _url(token) if is_published and token else None,
            "test_url": _url(draft) if is_draft else None,
            "methods": parameters.get("methods") or ["POST"],
        }
    if node["type"] == "schedule" and is_published:
        published_at = clock.parse_iso(workflow.published_at or clock.now_iso())
        try:
            following = next(clockwork.ticks(clockwork.rule_of(parameters, published_at), clock.now()), None)
        except ValueError:
            following = None
        return {"next_at": clock.iso(following) if following else None}
    return {}


def _url(token: str) -> str:
    return f"{settings().base_url}/hooks/{token}"


def _last_started(account_id: str, workflow_id: str, node_ids: set[str]) -> dict[str, str]:
    """By node id, when it last started a run. Read from the runs: to note each start would cost a write a run."""
    found: dict[str, str] = {}
    for run in executions.listed(account_id, Window(_RUNS), workflow_id=workflow_id).items:
        node_id = run["trigger"].get("node_id")
        if node_id in node_ids:
            found.setdefault(node_id, run["started_at"])
    return found
