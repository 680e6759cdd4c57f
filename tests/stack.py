"""The deployed stack that integration and end-to-end tests run against, and how tests call it.

Given STACK_FILE (the stack.json of a running stack), that stack is used and left alone. Otherwise one is started in a
temporary folder on free ports, once a test session, and stopped at its end; it ends with the test process whatever
becomes of that.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import requests

from local import deploy, processes
from local import stack as local_stack
from local.settings import ROOT, Stack, StackProblem, aws_environment, clean_environment

RECEIVERS = 32
"""Ports for receivers; with several test processes each has a share of its own."""
# Below the range from which Linux takes the ports of outgoing connections, which could take one before its receiver does.
PORTS = range(20_000, 32_000)
# Factor on the delays between webhook attempts: 5 s, 5 min, 30 min, 2 h... become 5 ms, 0.3 s, 1.8 s, 7 s...
RETRY_SCALE = "0.001"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer: ``body`` is the parsed JSON, ``data`` what an envelope holds."""

    status: int
    headers: Any
    text: str

    @cached_property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def error(self) -> Any:
        return self.body["error"]


class Api:
    """Calls the deployed API as a customer does, with one key; a thread-safe session of its own for each thread."""

    def __init__(self, base_url: str, key: str | None) -> None:
        self.base_url = base_url
        self.key = key
        self._local = threading.local()

    @property
    def session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False  # neither proxies nor .netrc of the machine
        session: requests.Session = self._local.session
        return session

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """Send a request. ``body`` is sent as JSON; ``options`` are those of requests (headers, params, data...)."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        headers.update(options.pop("headers", None) or {})
        if body is not None:
            options["data"] = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        options.setdefault("timeout", 60)
        options.setdefault("allow_redirects", False)
        url = path if path.startswith("http") else self.base_url + path
        answer = self.session.request(method, url, headers=headers, **options)
        return Answer(answer.status_code, answer.headers, answer.text)

    def get(self, path: str, **options: Any) -> Answer:
        return self("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self("POST", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        return self("DELETE", path, **options)


@dataclass
class RunningStack:
    """A deployed stack, as tests see it."""

    file: Path
    receivers: tuple[int, ...]
    """Ports of 127.0.0.1 that outgoing requests may reach; a test binds a server of its own to one."""
    record: dict[str, Any]
    _operator: list[subprocess.Popen[str]] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base_url(self) -> str:
        return str(self.record["base_url"])

    @property
    def endpoint_url(self) -> str:
        return str(self.record["endpoint_url"])

    @property
    def api_key(self) -> str:
        return str(self.record["api_key"])

    @property
    def stack_name(self) -> str:
        return str(self.record["stack_name"])

    @property
    def pid(self) -> int:
        return int(self.record["pid"])

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs: names of tables, queues and so on."""
        return deploy.outputs(self.endpoint_url, self.stack_name)

    @cached_property
    def functions(self) -> dict[str, str]:
        """Deployed functions: folder of ``functions/`` -> name."""
        return deploy.functions(self.endpoint_url, self.stack_name)

    def client(self, service: str) -> Any:
        """A boto3 client with an operator's rights."""
        return deploy.client(service, self.endpoint_url)

    def api(self, key: str | None = None) -> Api:
        """A client of the API with this key; without one, the demo account's."""
        return Api(self.base_url, key or self.api_key)

    def anonymous(self) -> Api:
        return Api(self.base_url, None)

    def make_account(self, plan: str = "unlimited", name: str = "test") -> tuple[str, str]:
        """Make an account; returns its id and its first key."""
        answer = self.operate("account", "--name", name, "--plan", plan)
        return answer["account_id"], answer["api_key"]

    def operate(self, *arguments: str) -> dict[str, Any]:
        """Run an operator's command in the one process that is kept for it. Raises AssertionError with what it said."""
        with self._turn:
            if not self._operator:
                self._operator.append(self._start_operator())
            process = self._operator[0]
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps(arguments) + "\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline())
        assert "failed" not in answer, answer
        return answer

    def _start_operator(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "local.operator", "serve"],
            cwd=ROOT,
            env={**clean_environment(), **aws_environment(self.endpoint_url), "OPERATOR_STACK": self.stack_name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        for process in self._operator:
            process.terminate()
            process.wait()
        self._operator.clear()


def free_ports(count: int) -> list[int]:
    """Ports on which nothing listens, away from those that outgoing connections get."""
    found: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        if processes.port_is_free(port):
            found.append(port)
            if len(found) == count:
                return found
    raise StackProblem("No free ports")


def connectors() -> list[str]:
    return sorted(file.stem for file in (ROOT / "layers/core/flows/connectors").rglob("*.yaml"))


@contextlib.contextmanager
def own_stack() -> Iterator[RunningStack]:
    """A stack in a temporary folder; stopped, with its folder removed, when the block is left.

    The last of the receivers' ports plays every connector's service, below a path of the connector's id.
    """
    folder = Path(tempfile.mkdtemp(prefix="flows-stack-"))
    stack = None
    try:
        for attempt in range(3):
            port, *receivers = free_ports(1 + RECEIVERS)
            allowed = ",".join(f"127.0.0.1:{receiver}" for receiver in receivers)
            stack = Stack(folder, port, allowed)
            bases = ",".join(f"{name}=http://127.0.0.1:{receivers[-1]}/{name}" for name in connectors())
            try:
                local_stack.start(
                    stack, detach=False, show=False, parameters={"RetryScale": RETRY_SCALE, "ConnectorBaseUrls": bases}
                )
                break
            except StackProblem as problem:
                if attempt == 2 or "in use" not in str(problem):
                    raise
        running = using(stack.record)
        try:
            yield running
        finally:
            running.close()
    finally:
        if stack is not None:
            local_stack.stop(stack)
        shutil.rmtree(folder, ignore_errors=True)


def using(file: Path) -> RunningStack:
    """The stack that this stack.json tells of; its receivers are the hosts that it was started with."""
    allowed = (file.parent / "allowed-private-hosts").read_text()
    ports = [int(host.rpartition(":")[2]) for host in allowed.split(",") if host.startswith("127.0.0.1:")]
    return RunningStack(file, tuple(_share(ports)), json.loads(file.read_text()))


def _share(ports: list[int]) -> list[int]:
    """The ports of this test process: of several (xdist's ``gw0``, ``gw1``), each binds its own. The last one is everybody's."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1:
        return ports
    number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    each = (len(ports) - 1) // workers
    return [*ports[number * each : (number + 1) * each], ports[-1]]


@contextlib.contextmanager
def stack_for_tests() -> Iterator[RunningStack]:
    """The stack that STACK_FILE names, or one of our own."""
    given = os.environ.get("STACK_FILE")
    if not given:
        with own_stack() as stack:
            yield stack
        return
    stack = using(Path(given))
    try:
        yield stack
    finally:
        stack.close()
