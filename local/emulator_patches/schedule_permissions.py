"""EventBridge Scheduler: a schedule's ARN names its group (service authorization reference, "Amazon EventBridge Scheduler")."""

from __future__ import annotations

import json

from local.emulator_patches import resource_arns


def apply() -> None:
    """The emulator asks policies for ``schedule/default/<name>``, whatever group the schedule is in."""
    resource_arns.correct("scheduler", _in_its_group)


def _in_its_group(arn: str, _path: str, body: bytes, query_params: dict, _region: str, _account_id: str) -> str:
    return arn.replace(":schedule/default/", f":schedule/{_group(body, query_params)}/")


def _group(body: bytes, query_params: dict) -> str:
    given = query_params.get("groupName")
    if given:
        return given[0] if isinstance(given, list) else given
    try:
        return json.loads(body or b"{}").get("GroupName") or "default"
    except (ValueError, AttributeError):
        return "default"
