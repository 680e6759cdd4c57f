"""EventBridge Scheduler: a schedule's ARN names its group (service authorization reference, "Amazon EventBridge Scheduler")."""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions


def apply() -> None:
    """The emulator asks policies for ``schedule/default/<name>``, whatever group the schedule is in."""
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(
        service: str, method: str, path: str, headers: dict, body: bytes, query_params: dict, *rest: Any
    ) -> str:
        arn = extract(service, method, path, headers, body, query_params, *rest)
        if service != "scheduler" or ":schedule/default/" not in arn:
            return arn
        return arn.replace(":schedule/default/", f":schedule/{_group(body, query_params)}/")

    iam_actions.extract_resource_arn = extract_resource_arn


def _group(body: bytes, query_params: dict) -> str:
    given = query_params.get("groupName")
    if given:
        return given[0] if isinstance(given, list) else given
    try:
        return json.loads(body or b"{}").get("GroupName") or "default"
    except (ValueError, AttributeError):
        return "default"
