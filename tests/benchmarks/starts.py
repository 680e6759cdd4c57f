"""Cold and warm invocations in the genuine Lambda runtime, as a plain process on the built artifact (see tests/rie.py)."""

from __future__ import annotations

import statistics
import time
from typing import Any

from local import build, events
from tests.rie import Function, environment_of
from tests.stack import RunningStack

STARTS = 3
AGAIN = 5


def measure(stack: RunningStack) -> dict[str, Any]:
    """Milliseconds of each function's first invocation, its start included, and of a further one; medians."""
    account_id, api_key = stack.make_account("unlimited")
    values = {"account_id": account_id, "api_key": api_key}
    template, _ = build.build()
    samples = {sample.function: sample for sample in reversed(events.all_events())}
    table = {}
    for name, sample in sorted(samples.items()):
        environment = environment_of(stack, name)
        first, further = [], []
        for _ in range(STARTS):
            with Function(name, template.parent, environment) as function:
                first.append(_invoke(function, sample.event(values)))
                further += [_invoke(function, sample.event(values)) for _ in range(AGAIN)]
        table[name] = {"first_ms": round(statistics.median(first)), "further_ms": round(statistics.median(further), 1)}
    return table


def _invoke(function: Function, event: Any) -> float:
    begun = time.perf_counter()
    function.invoke(event)
    return (time.perf_counter() - begun) * 1000
