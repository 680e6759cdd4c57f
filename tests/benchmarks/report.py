"""The figures as tables in docs/benchmarks.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

Made by `make bench ARGS=--write` on a machine with two cores. Machines are noisy: counts are exact, times are not; compare ratios within
one run. Dollars are list prices of us-east-1 (Step Functions Standard, Lambda arm64 1 GB, DynamoDB on demand), computed from what
was counted.

"""


def write(figures: dict[str, Any]) -> None:
    """Write the document."""
    text = HEAD
    text += "## A million runs\n\n" + _table(
        ["workload", "transitions", "invocations", "read units", "write units", "$ a million", "with start and events"],
        [[name, *(row[key] for key in row)] for name, row in figures["costs"].items()],
    )
    text += "\n## Routes: AWS calls and request units (warm, the authorizer's answer cached)\n\n" + _table(
        ["route", "calls", "read units", "write units"],
        [
            [name, row.get("aws_calls"), row.get("read_units"), row.get("write_units")]
            for name, row in sorted(figures["routes"].items())
        ],
    )
    text += "\n" + lists_table(figures["lists"])
    text += "\n## Cold starts: processor time of a fresh import, with a DynamoDB client\n\n" + _table(
        ["function", "ms", "floor", "ratio"],
        [[name, row["ms"], row["floor"], row["ratio"]] for name, row in figures["imports"]["handlers"].items()],
    )
    floors = ", ".join(f"{name} {ms} ms" for name, ms in figures["imports"]["floors_ms"].items())
    text += f"\nFloors, with boto3's client: {floors}.\n"
    text += "\n## Cold and warm invocations in Lambda's own runtime\n\n"
    text += "Runtime interface emulator and client as plain processes on the built artifact; the first invocation starts the function.\n\n"
    text += _table(
        ["function", "first ms", "further ms"],
        [[name, row["first_ms"], row["further_ms"]] for name, row in figures["starts"].items()],
    )
    node = figures["engine"]["set_node_us"]
    text += f"\n## The engine's own code\n\nA `set` node: {node['median']} us of processor time "
    text += (
        f"({node['min']} to {node['max']}), recording included, DynamoDB excluded. Preparing its definition, once a version and\n"
    )
    text += f"process: {figures['engine']['prepare_node_us']['median']} us a node.\n"
    spent = figures["processor"]
    text += "\n## Our functions' processor time: a chain of five, started by a hook\n\n"
    text += (
        f"{spent['milliseconds']} ms a run, of warm functions, the hook's answer and the events of the run's end included.\n\n"
        + _table(["function", "ms"], [[name, value] for name, value in spent["by_function"].items()])
    )
    text += "\n## The local stack: a chain of five, started and waited for over HTTP\n\n" + _table(
        ["clients", "executions/s", "p50 ms", "p99 ms", "failures"],
        [[clients, *row.values()] for clients, row in figures["throughput"].items()],
    )
    FILE.write_text(text)


def lists_table(figures: dict[str, Any]) -> str:
    """The table of a large account's lists."""
    return (
        "## Lists of an account with 5,000 workflows and 100,000 executions\n\n"
        "First pages of 20, the rate limit's write aside; the workflow whose executions are listed has half of them. Where `total` is\n"
        "empty the list goes by cursor, or is longer than one call can count.\n\n"
        + _table(
            ["list", "calls", "read units", "items", "total"],
            [
                [f"`{name}`", row["calls"], row["read_units"], row["items"], "" if row["total"] is None else row["total"]]
                for name, row in figures["lists"].items()
            ],
        )
    )


def _table(head: list[str], rows: list[list[Any]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
