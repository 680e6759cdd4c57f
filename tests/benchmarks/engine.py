"""Our own code a node, without DynamoDB: a chain of ``set`` nodes on a store in memory."""

from __future__ import annotations

import statistics
import time
from typing import Any

from tests.unit.engine.runs import Run, definition, edges, node

NODES = 100
RUNS = 15


def measure() -> dict[str, Any]:
    """Processor microseconds a ``set`` node with one expression, recording included."""
    nodes = [node(f"n{i}", "set", values={"count": "{{ count + 1 }}", "name": "{{ name }}"}) for i in range(NODES)]
    written = definition(nodes, edges(*[f"n{i}>n{i + 1}" for i in range(NODES - 1)]))
    times = []
    for _ in range(RUNS):
        one = Run(written, {"count": 0, "name": "Ada"})
        begun = time.process_time()
        one.to_the_end()
        times.append((time.process_time() - begun) / NODES * 1e6)
    return {"set_node_us": {"min": round(min(times)), "median": round(statistics.median(times)), "max": round(max(times))}}
