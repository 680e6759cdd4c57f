"""Our own code a node, without DynamoDB: a chain of ``set`` nodes, recorded as they are in a table, up to the call that would write."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from typing import Any

from flows.aws.attribute_values import marshal
from flows.engine.journal import Packed, Page
from flows.engine.prepared import Plan
from flows.executions import values
from flows.executions.records import page_item

from tests.unit.engine.memory_store import MemoryStore
from tests.unit.engine.runs import Run, definition, edges, node

NODES = 100
RUNS = 30


class _Table(MemoryStore):
    """Makes what would be written, as ``flows.executions.store`` does."""

    def append(self, page: Page, event: Mapping[str, Any] | None = None) -> None:
        marshal(page_item("acct_1", "exec_1", page, 0))

    def pack(self, value: Any) -> Packed:
        return values.pack("acct_1", "exec_1", value)


def measure() -> dict[str, Any]:
    """Processor microseconds a ``set`` node with two expressions, recording included.

    A definition is prepared once a version and process, so that is told by itself: ``prepare_node_us``.
    """
    nodes = [node(f"n{i}", "set", values={"count": "{{ count + 1 }}", "name": "{{ name }}"}) for i in range(NODES)]
    written = definition(nodes, edges(*[f"n{i}>n{i + 1}" for i in range(NODES - 1)]))
    plan = Plan.of(written)
    times = [_walk(written, plan) for _ in range(RUNS + 1)][1:]  # the first one prepares the plan
    return {"set_node_us": _spread(times), "prepare_node_us": _spread([_prepare(written) for _ in range(RUNS)])}


def _walk(written: dict[str, Any], plan: Plan) -> float:
    one = Run(written, {"count": 0, "name": "Ada"})
    one.plan, one.store = plan, _Table(one.record)
    begun = time.process_time()
    final = one.to_the_end()
    taken = time.process_time() - begun
    assert final["output"] == {"count": NODES, "name": "Ada"}
    return taken / NODES * 1e6


def _prepare(written: dict[str, Any]) -> float:
    begun = time.process_time()
    plan = Plan.of(written)
    for one in plan.graph.nodes.values():
        plan.node(one)
    return (time.process_time() - begun) / NODES * 1e6


def _spread(times: list[float]) -> dict[str, int]:
    return {"min": round(min(times)), "median": round(statistics.median(times)), "max": round(max(times))}
