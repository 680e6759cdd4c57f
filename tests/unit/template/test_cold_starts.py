"""A cold start imports what the first invocation needs: heavy packages are imported where they are used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FUNCTIONS = frozenset(path.parent.name for path in ROOT.glob("functions/*/handler.py"))

PLAIN = frozenset({"authorizer", "deliver", "fan_out", "relay", "settle", "start_triggers", "sweep"})
"""They check nothing that people wrote, so they need no models."""
WITHOUT_ROUTES = frozenset({"hooks", "run_node", "scheduled"})

HEAVY = {"aws_lambda_powertools", "asyncio", "cryptography", "jsonata", "pydantic", "re2", "requests", "yaml"}


@pytest.mark.parametrize(
    ("functions", "packages"),
    [
        (PLAIN, HEAVY),
        (WITHOUT_ROUTES, HEAVY - {"pydantic"}),
        (FUNCTIONS, {"cryptography", "jsonata", "requests", "yaml"}),
    ],
    ids=["plain", "without routes", "all"],
)
def test_functions_start_without_heavy_packages(functions: frozenset[str], packages: set[str]) -> None:
    assert functions <= FUNCTIONS
    names = ", ".join(f"functions.{name}.handler" for name in sorted(functions))
    program = f"import json, sys, {names}; print(json.dumps(sorted(set(sys.modules) & {packages!r})))"

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYDANTIC_DISABLE_PLUGINS": "__all__", "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
