"""What runs cost, counted on the deployed stack: transitions, invocations, request units, and dollars for a million at list prices."""

from __future__ import annotations

from typing import Any

from tests.benchmarks import workloads
from tests.e2e.receiver import Receiver
from tests.e2e.runs import create, start, until
from tests.stack import Api, RunningStack

API_REQUEST = 3.50e-6
"""REST API, a request, us-east-1."""
EVENTS = 1.0e-6 + 2 * 0.40e-6
"""One event on the bus, and its two messages."""


def measure(stack: RunningStack) -> dict[str, Any]:
    """A row for each workload."""
    api = stack.api(stack.make_account("unlimited")[1])
    rows = {}
    with Receiver(stack.receivers[-1]) as receiver:
        cases: dict[str, tuple[Any, Any, dict[str, Any]]] = {
            "chain of 5": (*_case(workloads.chain(5), {"count": 0}), {}),
            "chain of 20": (*_case(workloads.chain(20), {"count": 0}), {}),
            "chain of 100": (*_case(workloads.chain(100), {"count": 0}), {}),
            "20 nodes, 4 effects": (*_case(workloads.mixed_chain(20, 4, receiver.url), {}), {}),
            "20 nodes, 4 effects, segment": (*_case(workloads.mixed_chain(20, 4, receiver.url), {}), {"stepping": "segment"}),
            "5 effects": (*_case(workloads.effects_chain(5, receiver.url), {}), {}),
            "fan-out of 10 with merge": (*_case(workloads.fan_out(10), {}), {}),
            "foreach of 100": (*_case(workloads.loop(), list(range(100))), {}),
            "foreach of 1,000": (*_case(workloads.loop(), list(range(1000))), {}),
        }
        for name, ((nodes, connections), given, settings) in cases.items():
            rows[name] = _row(api, nodes, connections, given, settings)
    return rows


def _case(made: Any, given: Any) -> tuple[Any, Any]:
    return made, given


def _row(api: Api, nodes: Any, connections: Any, given: Any, settings: dict[str, Any]) -> dict[str, Any]:
    workflow_id = create(api, nodes, connections, settings=settings)
    until(api, start(api, workflow_id, given))  # warm
    usage = until(api, start(api, workflow_id, given))["usage"]
    dollars = usage["estimated_cost_usd"]
    return {
        "state_transitions": usage["state_transitions"],
        "invocations": usage["invocations"],
        "read_units": usage["read_units"],
        "write_units": usage["write_units"],
        "usd_per_million": round(dollars * 1e6, 2),
        "usd_per_million_with_start_and_events": round((dollars + API_REQUEST + EVENTS) * 1e6, 2),
    }
