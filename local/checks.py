"""`make lint` and `make test`: every check, in the order in which the cheapest answer comes first.

    python -m local.checks lint
    python -m local.checks test

`test` runs the lint, the unit tests, and then the integration and end-to-end tests against one stack that it starts and
stops itself, on ports of its own: a stack in use is not disturbed. All parts run even when one fails; the exit code is 0
only when all passed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from local.settings import ROOT, clean_environment

BIN = ROOT / ".venv" / "bin"
SAM_BIN = ROOT / ".venv-sam" / "bin"

LINTERS: dict[str, list[str]] = {
    "ruff check": [str(BIN / "ruff"), "check", "--quiet", "."],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "mypy": [str(BIN / "mypy")],
    "mypy, Python SDK": [str(BIN / "mypy"), "--config-file", "sdks/python/pyproject.toml"],
    "import-linter": [str(BIN / "lint-imports")],
    "cfn-lint": [str(SAM_BIN / "cfn-lint"), "template.yaml"],
    "sam validate": [str(SAM_BIN / "sam"), "validate", "--lint", "--template-file", "template.yaml"],
    "state machines": [str(BIN / "python"), "-m", "local.state_machines"],
}

# Most of these tests wait, for clocks and for time-outs of others: files run beside each other, those that wait longest first.
FILE_BY_FILE = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
LONGEST = (
    "tests/e2e/test_webhooks.py",
    "tests/e2e/test_schedules.py",
    "tests/integration/test_local_stack.py",
    "tests/e2e/test_hooks.py",
    "tests/e2e/test_sdk_python.py",
    "tests/e2e/test_schemathesis.py",
    "tests/e2e/test_sdk_javascript.py",
    "tests/e2e/test_runs.py",
)


def lint() -> bool:
    """Run all linters, as many at once as there are processors; shows what each that fails has to say."""
    environment = clean_environment() | {
        "AWS_DEFAULT_REGION": "us-east-1",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(ROOT / ".local" / "sam"),
        "PYTHONPATH": str(ROOT),
    }

    def run(item: tuple[str, list[str]]) -> bool:
        name, command = item
        began = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        verdict = "ok" if done.returncode == 0 else "FAILED"
        said = (done.stdout + done.stderr).strip() if done.returncode else ""
        print(f"  {name:<16} {verdict} ({time.monotonic() - began:.0f} s)" + (f"\n{said}" if said else ""), flush=True)
        return done.returncode == 0

    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        return all(list(pool.map(run, LINTERS.items())))


def pytest(*arguments: str) -> bool:
    """Run pytest in a process of its own and show its output as it comes.

    What fails is run once more, in sight: many of these tests wait for real clocks, real processes and a whole stack, and a busy machine
    can make one of them late. What fails twice has failed.
    """
    if run_pytest(*arguments):
        return True
    section("What failed, once more")
    return run_pytest(*arguments, "--last-failed", "--last-failed-no-failures", "none")


def run_pytest(*arguments: str) -> bool:
    """One run. Returns whether all passed, and there was at least one."""
    environment = clean_environment()
    environment |= {key: value for key, value in os.environ.items() if key in ("STACK_FILE", "HYPOTHESIS_PROFILE")}
    command = [str(BIN / "python"), "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0


def test() -> bool:
    """Everything. Returns whether all passed."""
    from tests.stack import own_stack

    results: dict[str, bool] = {}
    began = time.monotonic()
    section("Lint")
    results["lint"] = lint()
    section("Unit tests")
    results["unit"] = pytest("tests/unit", "-n", "2")
    section("The Python SDK, offline")
    results["python sdk"] = pytest("sdks/python/tests", "-n", "2")
    section("A stack of our own, for the integration and end-to-end tests")
    with own_stack() as stack:
        os.environ["STACK_FILE"] = str(stack.file)
        section("Integration and end-to-end tests")
        results["stack"] = pytest(*LONGEST, "tests/e2e", "tests/integration", "-m", "not alone", *FILE_BY_FILE)
        section("End-to-end tests that want the machine for themselves")
        results["alone"] = pytest("tests/e2e", "-m", "alone")
    section("Result")
    for name, passed in results.items():
        print(f"  {name:<12} {'passed' if passed else 'FAILED'}")
    print(f"  {time.monotonic() - began:.0f} s in all", flush=True)
    return all(results.values())


def section(title: str) -> None:
    print(f"\n=== {title}", flush=True)


def main(arguments: list[str]) -> int:
    return 0 if {"lint": lint, "test": test}[arguments[0]]() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
