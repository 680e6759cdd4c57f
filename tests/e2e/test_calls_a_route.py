"""Each operation of the API makes at most three AWS calls: the rate limit's, a read and a write. As the functions' own log lines tell.

A new route that ``operations`` does not call fails. What makes more has its reason in docs/data-model.md ("Calls of a request").
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

from tests.e2e.operations import call_every, described, log_lines
from tests.stack import RunningStack

MOST = 3
DOCUMENT = Path(__file__).parents[2] / "docs" / "data-model.md"
MORE = {
    route: int(calls)
    for route, calls in re.findall(r"^\| `([A-Z]+ /[^`]+)` \| (\d+): [^|]+ \| [^|]+ \|$", DOCUMENT.read_text(), re.MULTILINE)
}


def test_each_operation_makes_three_calls_at_most(stack: RunningStack) -> None:
    begun = int(time.time() * 1000) - 1_000
    api = stack.api(stack.make_account("business")[1])

    made = call_every(stack, api)

    assert set(made.values()) == described(api)
    counted: dict[str, int] = {}
    for route, line in log_lines(stack, made, begun):
        counted[route] = max(counted.get(route, 0), line["aws_calls"])
    over = {route: calls for route, calls in counted.items() if calls > MORE.get(route, MOST)}
    assert not over, json.dumps(over)
    assert {route for route, calls in counted.items() if calls > MOST} == set(MORE), "the document names what makes fewer"
