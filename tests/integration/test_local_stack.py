"""`make start` and `make stop` as a stranger uses them: in a folder and on a port of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import processes
from local.settings import ROOT, clean_environment
from tests.stack import free_ports


class Machine:
    """A folder and a port, with `make` to run in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_ports(1)[0]

    def make(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = ["make", "-s", *arguments, f"STACK_DIR={self.folder}", f"PORT={self.port}"]
        command += [f"{name}={value}" for name, value in variables.items()]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=480,  # a start takes 25 s; a machine under load many times that
        )

    @property
    def record(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.folder / "stack.json").read_text())
        return found

    @property
    def processes(self) -> list[int]:
        return processes.group_members(int(str(self.record["pid"])))


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which `make start DETACH=1` has just run."""
    made = Machine(tmp_path_factory.mktemp("stack"))
    made.started = made.make("start", DETACH="1")  # type: ignore[attr-defined]  # handed to the tests with the machine
    yield made
    made.make("stop")


def test_start_shows_a_completed_run_and_leaves_the_stack_serving(machine: Machine) -> None:
    started = machine.started  # type: ignore[attr-defined]  # set by the fixture
    assert started.returncode == 0, started.stdout + started.stderr

    assert "-> status completed" in started.stdout
    assert "Hello Ada Lovelace, we call you today" in started.stdout
    assert re.search(r"worth_a_call +if +completed", started.stdout) or "worth_a_call" in started.stdout
    assert set(machine.record) == {"base_url", "endpoint_url", "api_key", "stack_name", "pid"}
    assert machine.record["base_url"] == f"http://127.0.0.1:{machine.port}/v1"
    assert str(machine.record["api_key"]) in started.stdout


def test_the_printed_curl_commands_work_when_pasted(machine: Machine) -> None:
    started = machine.started.stdout  # type: ignore[attr-defined]  # set by the fixture
    commands = re.findall(r"^  (curl (?:.*\\\n)*.*)$", started, re.MULTILINE)
    assert len(commands) == 3, started

    for command in commands:
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["success"] is True, done.stdout


def test_make_account_prints_one_json_object(machine: Machine) -> None:
    made = machine.make("account", NAME="acme", PLAN="free")

    assert made.returncode == 0, made.stderr
    printed = json.loads(made.stdout)
    assert printed["account_id"].startswith("acct_")
    assert printed["api_key"].startswith("ya_live_")


def test_a_second_start_is_refused_in_one_line_with_the_way_out(machine: Machine) -> None:
    second = machine.make("start", DETACH="1")

    assert second.returncode != 0
    assert second.stderr.splitlines()[0].startswith("A stack runs already at")
    assert "make stop" in second.stderr


def test_a_busy_port_is_told_in_one_line_with_the_way_out(tmp_path: Path) -> None:
    other = Machine(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", other.port))
        taken.listen()

        started = other.make("start", DETACH="1")

    assert started.returncode != 0
    assert started.stderr.startswith(f"Port {other.port} is in use. Take another with make start PORT=")
    assert not (tmp_path / "stack.json").exists()


def test_start_recovers_after_the_emulator_was_killed_and_stop_leaves_no_process(machine: Machine) -> None:
    pid = int(str(machine.record["pid"]))
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)

    again = machine.make("start", DETACH="1", DEMO="0")

    assert again.returncode == 0, again.stdout + again.stderr
    assert machine.processes
    assert not processes.group_members(pid)
    second = int(str(machine.record["pid"]))
    stopped = machine.make("stop")
    assert stopped.returncode == 0
    assert processes.group_members(second) == []
    assert not (machine.folder / "stack.json").exists()
    assert machine.make("stop").stdout.startswith("No stack runs")
