"""``make bench``: JSON on stdout; with ``--write`` the table in docs/benchmarks.md as well; ``--quick`` leaves the long parts out."""

from __future__ import annotations

import json
import sys

from tests.benchmarks import costs, engine, imports, lists, processor, report, routes, starts, throughput
from tests.stack import stack_for_tests


def main(arguments: list[str]) -> None:
    figures = {"imports": imports.measure(), "engine": engine.measure(), "lists": lists.measure()}
    with stack_for_tests() as stack:
        figures["costs"] = costs.measure(stack)
        figures["processor"] = processor.measure(stack)
        figures["routes"] = routes.measure(stack)
        figures["starts"] = starts.measure(stack)
        figures["throughput"] = throughput.measure(stack, 3.0 if "--quick" in arguments else throughput.SECONDS)
    print(json.dumps(figures, indent=2))
    if "--write" in arguments:
        report.write(figures)


if __name__ == "__main__":
    main(sys.argv[1:])
