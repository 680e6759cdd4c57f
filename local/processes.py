"""Start and end the emulator's process group, and tell what of it still runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from local.settings import EMULATOR_PYTHON, ROOT, Stack, StackProblem, clean_environment

READY_SECONDS = 60
# How long the emulator may take to end in order (it waits for requests under way) before it is killed.
GRACE_SECONDS = 6


def port_is_free(port: int) -> bool:
    """Whether nothing listens on the port and it can be bound."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def start_emulator(stack: Stack, *, ends_with: int | None) -> int:
    """Start the emulator in a process group of its own and wait until it answers.

    ``ends_with``: id of a process with which the emulator ends, whatever becomes of that process; None to outlive it.
    Returns the process id, which is also the group's. Raises StackProblem when it does not come up.
    """
    stack.temporary.mkdir(parents=True, exist_ok=True)
    environment = {
        **{key: value for key, value in clean_environment().items() if key in ("PATH", "HOME", "LANG", "TZ")},
        **{key: value for key, value in os.environ.items() if key.startswith("SSL_CERT") or key == "SFN_WAIT_SCALE"},
        "GATEWAY_PORT": str(stack.port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "LAMBDA_ACCOUNT_CONCURRENCY": "1000",  # an AWS account's default
        "LOG_LEVEL": os.environ.get("LOCAL_LOG_LEVEL", "WARNING"),
        "TMPDIR": str(stack.temporary),
        "S3_DATA_DIR": str(stack.temporary / "s3"),
        "STATE_DIR": str(stack.temporary / "state"),
        "LOCAL_PATCHES": os.environ.get("LOCAL_PATCHES", "all"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "PYTHONUNBUFFERED": "1",
    }
    if ends_with is not None:
        environment["LOCAL_ENDS_WITH"] = str(ends_with)
    with stack.log.open("w") as log:
        process = subprocess.Popen(
            [str(EMULATOR_PYTHON), "-m", "local.emulator"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    stack.starting.write_text(str(process.pid))
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            tail = stack.log.read_text(errors="replace").strip().splitlines()[-1:]
            raise StackProblem(f"The emulator ended at its start: {' '.join(tail) or 'no output'} (see {stack.log})")
        if answers(stack):
            return process.pid
        time.sleep(0.1)
    end_group(process.pid)
    raise StackProblem(f"The emulator did not answer within {READY_SECONDS} s (see {stack.log}): make start again")


def answers(stack: Stack) -> bool:
    """Whether the emulator answers its health check."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{stack.endpoint_url}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def group_members(group: int) -> list[int]:
    """Processes of the group, zombies left out; read from /proc, or from ps where there is no /proc."""
    if Path("/proc/self/stat").exists():
        found = []
        for folder in Path("/proc").iterdir():
            with suppress(OSError, ValueError, IndexError):
                if folder.name.isdigit():
                    fields = (folder / "stat").read_text().rpartition(")")[2].split()
                    if int(fields[2]) == group and fields[0] != "Z":
                        found.append(int(folder.name))
        return found
    listed = subprocess.run(["ps", "-A", "-o", "pid=,pgid=,stat="], capture_output=True, text=True, check=False).stdout
    rows = (line.split() for line in listed.splitlines())
    return [int(pid) for pid, pgid, state in rows if int(pgid) == group and not state.startswith("Z")]


def is_emulator_group(group: int) -> bool:
    """Whether the group is an emulator of this project, and not one that got its number later."""
    for pid in group_members(group):
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"local.emulator" in command or b"emulator_patches/lambda_runtime.py" in command:
                return True
    return not Path("/proc/self/stat").exists() and bool(group_members(group))


def end_group(group: int) -> bool:
    """End all processes of the group, first by asking; returns whether none is left."""
    for how, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, GRACE_SECONDS)):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, how)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(ChildProcessError):
                os.waitpid(group, os.WNOHANG)
            if not group_members(group):
                return True
            time.sleep(0.05)
    return False
