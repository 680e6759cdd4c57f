"""Show a function's log lines on the running local stack.

python -m local.logs workflows [--since 10] [--follow]
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from typing import Any

from local import deploy
from local.settings import Stack, StackProblem, read_record


def lines(logs: Any, group: str, since: int) -> list[tuple[int, str]]:
    """The group's lines since a moment (milliseconds), oldest first."""
    found = []
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since):
        found += [(event["timestamp"], event["message"].rstrip("\n")) for event in page["events"]]
    return sorted(found, key=lambda line: line[0])


def show(function: str, minutes: int, *, follow: bool) -> None:
    """Print the lines of the last minutes; with ``follow``, and then what comes, until Ctrl-C. Raises StackProblem."""
    record = read_record(Stack.of_environment().folder)
    functions = deploy.functions(record["endpoint_url"], record["stack_name"])
    if function not in functions:
        raise StackProblem(f"FUNCTION={function} is none of {', '.join(sorted(functions))}")
    logs = deploy.client("logs", record["endpoint_url"])
    group = f"/aws/lambda/{functions[function]}"
    since = int((time.time() - minutes * 60) * 1000)
    shown: set[tuple[int, str]] = set()
    while True:
        for moment, text in lines(logs, group, since):
            if (moment, text) not in shown:
                shown.add((moment, text))
                print(f"{datetime.fromtimestamp(moment / 1000, UTC):%H:%M:%S} {text}", flush=True)
        if not follow:
            return
        time.sleep(0.5)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="logs")
    parser.add_argument("function")
    parser.add_argument("--since", type=int, default=10, help="minutes")
    parser.add_argument("--follow", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        show(asked.function, asked.since, follow=asked.follow)
    except StackProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
