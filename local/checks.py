"""`make lint` and `make test`: every check, in the order in which the cheapest answer comes first.

    python -m local.checks lint
    python -m local.checks test

`test` runs the lint, then the integration and end-to-end tests against one stack that it starts and stops itself, on ports of its
own (a stack in use is not disturbed), and the unit tests beside them. All parts run even when one fails; the exit code is 0 only
when all passed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from typing import IO

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


def pytest(*arguments: str, output: IO[str] | None = None) -> bool:
    """Run pytest in a process of its own and show its output as it comes, or write it to a file.

    What fails is run once more, in sight: many of these tests wait for real clocks, real processes and a whole stack, and a busy machine
    can make one of them late. What fails twice has failed.
    """
    if run_pytest(*arguments, output=output):
        return True
    section("What failed, once more", output)
    return run_pytest(*arguments, "--last-failed", "--last-failed-no-failures", "none", output=output)


def run_pytest(*arguments: str, output: IO[str] | None = None) -> bool:
    """One run; one that writes to a file leaves the processors to others first. Returns whether all passed, and there was at least one."""
    environment = clean_environment()
    environment |= {key: value for key, value in os.environ.items() if key in ("STACK_FILE", "HYPOTHESIS_PROFILE")}
    command = [str(BIN / "python"), "-m", "pytest", "-q", *arguments]
    if output:
        command = ["nice", "-n", "10", *command]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output and subprocess.STDOUT,
        check=False,
    )
    return done.returncode == 0


def test() -> bool:
    """Everything. Returns whether all passed.

    Tests against the stack wait more than they work, and unit tests only work: they run beside each other, and the unit tests, of lower
    priority, take what is left of the processors.
    """
    from tests.stack import own_stack

    results: dict[str, bool] = {}
    began = time.monotonic()
    section("Lint")
    results["lint"] = lint()
    with ThreadPoolExecutor(1) as pool, tempfile.TemporaryFile("w+") as output:
        beside = pool.submit(without_a_stack, output)
        section("A stack of our own, for the integration and end-to-end tests; unit tests run beside, and are shown later")
        with own_stack() as stack:
            os.environ["STACK_FILE"] = str(stack.file)
            section("Integration and end-to-end tests")
            results["stack"] = pytest(*LONGEST, "tests/e2e", "tests/integration", "-m", "not alone", *FILE_BY_FILE)
            results |= beside.result()
            output.seek(0)
            print(output.read(), flush=True)
            section("End-to-end tests that want the machine for themselves")
            results["alone"] = pytest("tests/e2e", "-m", "alone")
    section("Result")
    for name, passed in results.items():
        print(f"  {name:<12} {'passed' if passed else 'FAILED'}")
    print(f"  {time.monotonic() - began:.0f} s in all", flush=True)
    return all(results.values())


def without_a_stack(output: IO[str]) -> dict[str, bool]:
    """The tests that need nothing but this checkout. Returns what passed, by name."""
    section("Unit tests", output)
    unit = pytest("tests/unit", "-n", "2", output=output)
    section("The Python SDK, offline", output)
    return {"unit": unit, "python sdk": pytest("sdks/python/tests", "-n", "2", output=output)}


def section(title: str, output: IO[str] | None = None) -> None:
    print(f"\n=== {title}", file=output, flush=True)


def main(arguments: list[str]) -> int:
    return 0 if {"lint": lint, "test": test}[arguments[0]]() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
