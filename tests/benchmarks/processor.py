"""Processor time of our functions for one execution of a chain of five that a hook starts: the hook's answer, start, walk, end, events.

Read from the processes of the execution environments (Linux), so that the emulator's own time is left out.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import requests

from tests.benchmarks import workloads
from tests.e2e.hook_calls import publish_hook
from tests.stack import Api, RunningStack

RUNS = 100
WARMING = 15
FOLDERS = {path.read_bytes(): path.parent.name for path in Path(__file__).resolve().parents[2].glob("functions/*/handler.py")}


def measure(stack: RunningStack) -> dict[str, Any]:
    """``{"milliseconds", "by_function"}`` for a run. Raises AssertionError when a run does not complete."""
    api = stack.api(stack.make_account("unlimited")[1])
    nodes, _ = workloads.chain(5)
    workflow_id, url = publish_hook(
        api, *({**node, "parameters": {"values": {"count": "{{ $exists(count) ? count + 1 : 0 }}"}}} for node in nodes)
    )
    _runs(api, workflow_id, url, WARMING)
    before = _used(stack)
    _runs(api, workflow_id, url, RUNS)
    after = _used(stack)
    spent: dict[str, float] = defaultdict(float)
    for process, (function, seconds) in after.items():
        spent[function] += seconds - before.get(process, (function, 0.0))[1]
    by_function = {name: round(seconds * 1000 / RUNS, 1) for name, seconds in sorted(spent.items()) if seconds}
    return {"milliseconds": round(sum(by_function.values()), 1), "by_function": by_function}


def _runs(api: Api, workflow_id: str, url: str, count: int) -> None:
    """Start runs one after another, and wait until all have ended and their events were handled."""
    for _ in range(count):
        assert requests.post(url, json={"count": 0}, timeout=30).status_code == 202
        time.sleep(0.05)  # so that one worker of each function does: a burst starts more, and their starts would count
    deadline = time.monotonic() + 60
    while (
        api.get("/executions", params={"workflow_id": workflow_id, "status": "running", "limit": 1}).data
        or api.get("/executions", params={"workflow_id": workflow_id, "status": "pending", "limit": 1}).data
    ):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    time.sleep(2)  # what the runs' ends have caused


def _used(stack: RunningStack) -> dict[int, tuple[str, float]]:
    """Processor seconds of each execution environment so far, user and system, by process id."""
    folder, ticks = stack.file.parent.resolve(), os.sysconf("SC_CLK_TCK")
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            code = (process / "cwd").resolve()
            if not code.is_relative_to(folder):
                continue
            function = FOLDERS[(code / "handler.py").read_bytes()]
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile, or not ours to look at
        found[int(process.name)] = (function, (int(fields[11]) + int(fields[12])) / ticks)
    return found
