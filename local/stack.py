"""Start and stop a local stack.

    python -m local.stack start     PORT=4566 DETACH= ALLOWED_PRIVATE_HOSTS= STACK_DIR=.local  (from the environment)
    python -m local.stack stop
    python -m local.stack update    build and deploy again to the running stack
    python -m local.stack status

A start goes: emulator -> sam build -> sam deploy -> demo account -> demonstration. Until all is well there is no
stack.json; whatever fails or is interrupted ends what was started.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from local import build, deploy, operator, processes
from local.demonstration import demonstrate
from local.settings import Stack, StackProblem, shown


class Interrupted(Exception):
    """The user, or the system, asks to end."""


class Progress:
    """One line for each step, with the seconds it took."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @contextmanager
    def __call__(self, what: str) -> Iterator[list[str]]:
        """Show the step; what is appended to the list is shown behind it."""
        print(f"  {what} ...", end="", flush=True)
        began = time.monotonic()
        notes: list[str] = []
        try:
            yield notes
        except BaseException:
            print(flush=True)
            raise
        print(f" {' '.join([*notes, f'{time.monotonic() - began:.1f} s'])}", flush=True)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began


def start(stack: Stack, *, detach: bool, show: bool = True, parameters: dict[str, str] | None = None) -> dict[str, Any]:
    """Start the stack, whole or not at all.

    ``show`` runs the demonstration; tests leave it out. ``parameters`` replace template parameters.
    Returns what stack.json holds. Raises StackProblem, Interrupted.
    """
    stack.folder.mkdir(parents=True, exist_ok=True)
    with alone(stack):
        make_way(stack)
        progress = Progress()
        group = 0
        try:
            with progress(f"Emulator on 127.0.0.1:{stack.port}, with IAM enforcement"):
                group = processes.start_emulator(stack, ends_with=None if detach else os.getpid())
            record = fill(stack, group, progress, parameters or {}, show=show)
        except BaseException:
            if not group and stack.starting.exists():
                group = int(stack.starting.read_text() or 0)
            if group:
                processes.end_group(group)
            forget(stack)
            raise
        (stack.folder / "allowed-private-hosts").write_text(stack.allowed_private_hosts)
        stack.record.write_text(json.dumps(record, indent=2))
        if show:
            print(f"\n  Ready in {progress.seconds:.0f} s.")
        return record


def fill(stack: Stack, group: int, progress: Progress, parameters: dict[str, str], *, show: bool) -> dict[str, Any]:
    """Build, deploy, make the account and show a run; returns what stack.json will hold."""
    with progress("sam build") as notes:
        template, built = build.build()
        notes.extend([] if built else ["(unchanged)"])
    with progress("sam deploy"):
        deploy.deploy(stack, template, parameters)
        deploy.verify_sender(stack)
    with progress("Demo account (Business plan) and key"):
        account = operator.run(stack.endpoint_url, stack.name, ["account", "--name", "demo", "--plan", "business"])
    record = {
        "base_url": stack.base_url,
        "endpoint_url": stack.endpoint_url,
        "api_key": account["api_key"],
        "stack_name": stack.name,
        "pid": group,
    }
    if show:
        workflow_id = demonstrate(stack.base_url, account["api_key"])
        farewell(stack, account["api_key"], workflow_id)
    return record


@contextmanager
def alone(stack: Stack) -> Iterator[None]:
    """Hold the folder while starting or stopping; raises StackProblem when another does."""
    with (stack.folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StackProblem(f"Another make start or stop is under way in {shown(stack.folder)}: wait for it") from None
        yield


def make_way(stack: Stack) -> None:
    """Refuse a second start, clear what an unfinished or killed one left, and see that the port is free."""
    group = last_group(stack)
    if group and processes.is_emulator_group(group):
        if stack.record.exists() and processes.answers(stack_of_record(stack)):
            where = json.loads(stack.record.read_text())["base_url"]
            raise StackProblem(
                f"A stack runs already at {where}. End it with make stop{where_argument(stack)}, "
                "or start another: make start PORT=4600 STACK_DIR=.local/second"
            )
        print("  Found what an unfinished start left: ending it first.")
        processes.end_group(group)
    forget(stack)
    if not processes.port_is_free(stack.port):
        raise StackProblem(
            f"Port {stack.port} is in use. Take another with make start PORT={stack.port + 34}, "
            f"or end what listens there (ss -ltnp 'sport = :{stack.port}' names it)"
        )


def stack_of_record(stack: Stack) -> Stack:
    """The stack that runs in this folder, on the port it was started with."""
    with suppress(OSError, ValueError, KeyError):
        port = int(json.loads(stack.record.read_text())["endpoint_url"].rpartition(":")[2])
        return Stack(stack.folder, port)
    return stack


def where_argument(stack: Stack) -> str:
    return "" if shown(stack.folder) == ".local" else f" STACK_DIR={shown(stack.folder)}"


def last_group(stack: Stack) -> int:
    """The process group of the folder's last emulator; 0 when there was none."""
    try:
        return int(stack.starting.read_text())
    except (OSError, ValueError):
        return 0


def forget(stack: Stack) -> None:
    """Remove what belongs to an emulator that has ended."""
    stack.record.unlink(missing_ok=True)
    stack.starting.unlink(missing_ok=True)
    shutil.rmtree(stack.temporary, ignore_errors=True)


def stop(stack: Stack) -> bool:
    """End the stack's processes, all of them; returns whether there was one. Raises StackProblem when one stays."""
    stack.folder.mkdir(parents=True, exist_ok=True)
    group = last_group(stack)
    running = bool(group) and processes.is_emulator_group(group)
    if running and not processes.end_group(group):
        raise StackProblem(f"Processes {processes.group_members(group)} did not end: kill -9 them")
    forget(stack)
    return running


def farewell(stack: Stack, key: str, workflow_id: str) -> None:
    """The base URL, the key, and three commands that work when pasted."""
    authorization = f"-H 'Authorization: Bearer {key}'"
    json_header = "-H 'Content-Type: application/json'"
    print(f"""
  Base URL  {stack.base_url}
  API key   {key}

  curl -s {authorization} {stack.base_url}/workflows

  curl -s {authorization} {json_header} -H 'Prefer: wait=20' {stack.base_url}/workflows/{workflow_id}/execute \\
    -d '{{"input": {{"email": "grace@example.com", "name": "Grace Hopper"}}}}'

  curl -s {authorization} '{stack.base_url}/workflows/{workflow_id}/executions?limit=5'""")


def serve(stack: Stack, group: int) -> None:
    """Stay until Ctrl-C or until the emulator ends; raises StackProblem when it ends by itself."""
    print(f"\n  Serving until Ctrl-C. Log: {shown(stack.log)}", flush=True)
    while processes.group_members(group):
        with suppress(ChildProcessError):
            os.waitpid(group, os.WNOHANG)
        time.sleep(0.5)
    forget(stack)
    raise StackProblem(f"The emulator ended by itself (see {shown(stack.log)}): make start again")


def on_signal(number: int, frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise Interrupted


def command_start(stack: Stack) -> int:
    detach = os.environ.get("DETACH", "") not in ("", "0", "no", "false")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    try:
        record = start(stack, detach=detach, show=os.environ.get("DEMO", "1") not in ("0", "no", "false"))
        if detach:
            print(f"  Left serving; make stop{where_argument(stack)} ends it.")
            return 0
        serve(stack, record["pid"])
    except Interrupted:
        print("\n  Stopping ...", flush=True)
        stop(stack)
        print("  Stopped.")
    return 0


def command_stop(stack: Stack) -> int:
    print("Stopped." if stop(stack) else f"No stack runs in {shown(stack.folder)}.")
    return 0


def command_update(stack: Stack) -> int:
    """Build and deploy the present sources to the running stack; its data stays."""
    running = stack_of_record(stack)
    if not running.record.exists() or not processes.answers(running):
        raise StackProblem(f"No stack runs in {shown(stack.folder)}: make start")
    running = Stack(running.folder, running.port, stack.allowed_private_hosts)
    progress = Progress()
    with progress("sam build"):
        template, _ = build.build()
    with progress("sam deploy"):
        deploy.deploy(running, template, {})
    return 0


def command_status(stack: Stack) -> int:
    running = stack.record.exists() and processes.answers(stack_of_record(stack))
    print(stack.record.read_text() if running else f"No stack runs in {shown(stack.folder)}: make start")
    return 0 if running else 1


def main(arguments: list[str]) -> int:
    commands = {"start": command_start, "stop": command_stop, "update": command_update, "status": command_status}
    try:
        return commands[arguments[0]](Stack.of_environment())
    except StackProblem as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
