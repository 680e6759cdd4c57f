"""Schedules against workflows, all of them: what drifted, by hand or by a fault, is told and mended. For operators; no function calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flows import strict_json
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.triggers import schedules

THREADS = 8
"""Scheduler takes 50 requests a second and more, by Region."""

Place = tuple[str, str]
"""Account and workflow."""


def reconcile(published: Iterable[Place], *, mend: bool) -> list[dict[str, Any]]:
    """Compare every schedule with its workflow.

    Args:
        published: the published workflows that have schedule triggers.
        mend: set the schedules right; else only tell.

    Returns:
        What drifted: ``{account_id, workflow_id, missing, changed, orphaned}``, each the names of schedules.
    """
    owned, strays = _owners()
    places = sorted({*published, *owned})

    def look(place: Place) -> dict[str, Any] | None:
        account_id, workflow_id = place
        found = schedules.sync(account_id, workflow_id, mend=mend)
        if not found:
            return None
        told = {"missing": list(found.made), "changed": list(found.changed), "orphaned": list(found.removed)}
        return {"account_id": account_id, "workflow_id": workflow_id, **told}

    with ThreadPoolExecutor(THREADS) as pool:
        drifted = [one for one in pool.map(look, places) if one]
    for name in strays:
        drifted.append({"account_id": None, "workflow_id": None, "missing": [], "changed": [], "orphaned": [name]})
        if mend:
            schedules.remove(name)
    return drifted


def _owners() -> tuple[set[Place], list[str]]:
    """Whose the schedules of the group are, and the names of those that are nobody's."""
    owned: set[Place] = set()
    strays: list[str] = []
    for name in _all_names():
        schedule = schedules.read(name)
        if schedule is None:
            continue
        place = _owner(name, schedule)
        if place:
            owned.add(place)
        else:
            strays.append(name)
    return owned, strays


def _owner(name: str, schedule: dict[str, Any]) -> Place | None:
    try:
        tick = strict_json.loads(schedule["Target"]["Input"])
        place = (str(tick["account_id"]), str(tick["workflow_id"]))
    except (KeyError, TypeError, ValueError):
        return None
    # The workflow's schedules are looked up by its id: one of another name is found by nobody.
    return place if name.startswith(f"{place[1]}.") else None


def _all_names() -> Iterator[str]:
    for page in client("scheduler").get_paginator("list_schedules").paginate(GroupName=settings().schedule_group):
        yield from (schedule["Name"] for schedule in page["Schedules"])
