"""Processes that have imported what every function imports, and from which execution environments are forked.

A Python process that imports boto3, pydantic and Powertools takes half a second of a processor; a fork takes a few milliseconds and
shares their memory. Each environment still imports its own function and initialises it by itself: what is shared is
third-party code of its layers only, imported under the same path. Lambda's SnapStart forks a function's memory likewise.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

RUNTIME = Path(__file__).with_name("lambda_runtime.py")
MESSAGE_BYTES = 1 << 18
FORK_SECONDS = 60.0

_templates: dict[tuple[str, ...], Template] = {}
_lock = threading.Lock()


class Forked:
    """An execution environment's process, with what the emulator asks of a ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, template: Template) -> None:
        self.pid = pid
        self._template = template
        self._code: int | None = None  # kept: the process id may be given to another process later

    def poll(self, timeout: float | None = 0.0) -> int | None:
        """The exit code; None while it runs, after waiting at most so many seconds (None: without end)."""
        if self._code is None:
            self._code = self._template.exit_code(self.pid, timeout)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. timeout: seconds. Returns the exit code; raises subprocess.TimeoutExpired."""
        code = self.poll(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(RUNTIME), timeout or 0.0)
        return code

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Template:
    """One process for each set of layers."""

    def __init__(self, path: list[str], environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket = ours
        self._asking = threading.Lock()
        self._news = threading.Condition()
        self._born: list[int] = []
        self._exits: dict[int, int] = {}
        self._ended = False
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-P", "-u", str(RUNTIME)],
            stdin=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            env={**environment, "_LOCAL_CONTROL": str(theirs.fileno()), "PYTHONPATH": os.pathsep.join(path)},
        )
        theirs.close()
        threading.Thread(target=self._listen, daemon=True).start()

    def alive(self) -> bool:
        return not self._ended

    def _listen(self) -> None:
        while message := self._socket.recv(MESSAGE_BYTES):
            news = json.loads(message)
            with self._news:
                if "born" in news:
                    self._exits.pop(news["born"], None)
                    self._born.append(news["born"])
                else:
                    self._exits[news["ended"]] = news["code"]
                self._news.notify_all()
        self._process.wait()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def fork(self, code: Path, environment: Mapping[str, str], descriptors: list[int]) -> Forked:
        """Fork an environment.

        code: the function's folder. environment: its variables. descriptors: its log, requests and answers.
        Raises OSError when the template has ended or does not answer.
        """
        message = json.dumps({"code": str(code), "environment": dict(environment)}).encode()
        with self._asking:
            socket.send_fds(self._socket, [message], descriptors)
            with self._news:
                self._news.wait_for(lambda: self._born or self._ended, FORK_SECONDS)
                if not self._born:
                    raise OSError("the template process of the functions has ended or does not answer")
                return Forked(self._born.pop(), self)

    def exit_code(self, pid: int, timeout: float | None) -> int | None:
        """The exit code of an environment, waiting for it at most so many seconds (None: without end)."""
        with self._news:
            if self._news.wait_for(lambda: pid in self._exits or self._ended, timeout):
                return self._exits.get(pid, -signal.SIGKILL)
        return None


def template(path: list[str], environment: Mapping[str, str]) -> Template:
    """The template for functions with this path of layers, started by the first that asks."""
    with _lock:
        found = _templates.get(key := tuple(path))
        if found is None or not found.alive():
            found = _templates[key] = Template(path, environment)
        return found
