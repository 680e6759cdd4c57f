"""Executions per second and latency on the local stack, at 1, 16 and 64 clients: of the emulator as much as of us."""

from __future__ import annotations

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.benchmarks import workloads
from tests.e2e.runs import create
from tests.stack import Api, RunningStack

CLIENTS = (1, 16, 64)
SECONDS = 12.0


def measure(stack: RunningStack, seconds: float = SECONDS) -> dict[str, Any]:
    """A row for each number of clients: each starts an execution of a chain of five, waits for its end, and starts the next."""
    api = stack.api(stack.make_account("unlimited")[1])
    workflow_id = create(api, *workloads.chain(5))
    rows = {}
    for clients in CLIENTS:
        _warm(api, workflow_id, clients)
        times: list[float] = []
        failures: list[str] = []
        end = time.monotonic() + seconds

        def client(times: list[float] = times, failures: list[str] = failures, end: float = end) -> None:
            while time.monotonic() < end:
                begun = time.monotonic()
                answer = api.post(f"/workflows/{workflow_id}/execute", {"input": {"count": 0}}, headers={"Prefer": "wait=25"})
                if answer.status == 200 and answer.data["status"] == "completed":
                    times.append(time.monotonic() - begun)
                else:
                    failures.append(answer.text[:200])

        threads = [threading.Thread(target=client) for _ in range(clients)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - begun
        times.sort()
        rows[str(clients)] = {
            "executions_per_second": round(len(times) / took, 1),
            "p50_ms": round(statistics.median(times) * 1000) if times else None,
            "p99_ms": round(times[max(0, int(len(times) * 0.99) - 1)] * 1000) if times else None,
            "failures": len(failures),
        }
    return rows


def _warm(api: Api, workflow_id: str, clients: int) -> None:
    """Let the emulator start as many workers as so many clients need: on this machine each is a process, a second of its time."""
    with ThreadPoolExecutor(clients) as pool:
        for _ in range(2):
            list(
                pool.map(
                    lambda _: api.post(f"/workflows/{workflow_id}/execute", {}, headers={"Prefer": "wait=25"}), range(clients)
                )
            )
