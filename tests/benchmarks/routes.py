"""AWS calls and DynamoDB units of each operation of the API, from the functions' own log lines."""

from __future__ import annotations

import time
from typing import Any

from tests.e2e.operations import call_every, described, log_lines
from tests.stack import RunningStack


def measure(stack: RunningStack) -> dict[str, Any]:
    """The most calls and units that a request of each route took."""
    api = stack.api(stack.make_account("business")[1])
    call_every(stack, api)  # so that the functions are warm, and the authorizer's answer is cached
    begun = int(time.time() * 1000)
    made = call_every(stack, api)
    assert set(made.values()) == described(api)
    found: dict[str, dict[str, float]] = {}
    for route, line in log_lines(stack, made, begun):
        most = found.setdefault(route, {"aws_calls": 0, "read_units": 0.0, "write_units": 0.0})
        most |= {name: max(value, line[name]) for name, value in most.items()}
    return dict(sorted(found.items()))
