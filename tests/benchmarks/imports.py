"""Cold starts: what importing each handler takes in a fresh process, beside the floor of what it must import anyway."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5

BARE = "import boto3; boto3.client('dynamodb', region_name='us-east-1')"
OURS = "from flows.aws.clients import client; client('dynamodb').get_item"
API = (
    "from aws_lambda_powertools.event_handler import APIGatewayRestResolver; APIGatewayRestResolver(enable_validation=True);"
    "import pydantic;" + BARE
)
RUNNER = "import pydantic;" + BARE
FLOORS = {"bare client": BARE, "bare client, pydantic": RUNNER, "API": API}
PLAIN = frozenset({"authorizer"})
ASYNCHRONOUS = frozenset({"run_node", "relay", "settle", "sweep", "start_triggers", "scheduled", "fan_out", "deliver"})


def measure() -> dict[str, Any]:
    """Median milliseconds of each handler's import with its client of DynamoDB, and the ratio to its floor, which has boto3's."""
    names = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
    programs = {**FLOORS, **{name: f"import functions.{name}.handler; {OURS}" for name in names}}
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(RUNS):
        for name, program in programs.items():
            times[name].append(_run(program))
    medians = {name: statistics.median(found) for name, found in times.items()}
    table = {}
    for name in names:
        floor = "bare client" if name in PLAIN else "bare client, pydantic" if name in ASYNCHRONOUS else "API"
        table[name] = {"ms": round(medians[name]), "floor": floor, "ratio": round(medians[name] / medians[floor], 2)}
    return {"floors_ms": {name: round(medians[name]) for name in FLOORS}, "handlers": table}


def _run(program: str) -> float:
    timed = f"import time; t = time.process_time(); exec({program!r}); print((time.process_time() - t) * 1000)"
    done = subprocess.run(
        [sys.executable, "-c", timed],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        # As in the functions' own environment, for the floors too.
        env={
            "PATH": "/usr/bin:/bin",
            "PYDANTIC_DISABLE_PLUGINS": "__all__",
            "AWS_LAMBDA_FUNCTION_NAME": "measured",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
        },
    )
    return float(done.stdout.strip().splitlines()[-1])
