"""AWS that fails now and then, for the functions of a deployed stack.

microburst, a proxy that knows how each service of AWS tells its errors, stands between the functions and the emulator.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from tests.stack import RunningStack, free_ports


@dataclass(frozen=True)
class FailingAws:
    """Args: url: of the proxy."""

    url: str

    def faults(self) -> dict[str, int]:
        """How often each kind of fault has been, by service and kind, such as ``dynamodb reset``."""
        found: dict[str, int] = {}
        for fault in requests.get(f"{self.url}/_microburst/fired", params={"limit": 100_000}, timeout=30).json():
            name = f"{fault['service']} {fault['action']}"
            found[name] = found.get(name, 0) + 1
        return found


@contextmanager
def failing_aws(stack: RunningStack, rules: Sequence[Mapping[str, Any]]) -> Iterator[FailingAws]:
    """All functions of the stack call AWS through the proxy, which fails by the rules, until the block ends.

    The proxy signs anew, with credentials that may do everything: what roles may do is no matter here.
    """
    (port,) = free_ports(1)
    proxy = FailingAws(f"http://127.0.0.1:{port}")
    command = [
        sys.executable, "-m", "microburst.cli", "--upstream", stack.endpoint_url, "--host", "127.0.0.1", "--port", str(port), "--resign",
    ]  # fmt: skip
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    process = subprocess.Popen(
        command, env={**os.environ, **credentials}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _until_it_answers(proxy, process)
        _call_aws_at(stack, proxy.url)
        try:
            requests.post(f"{proxy.url}/_microburst/rules", json=list(rules), timeout=10).raise_for_status()
            yield proxy
        finally:
            _call_aws_at(stack, None)
    finally:
        process.terminate()
        process.wait(10)


def _until_it_answers(proxy: FailingAws, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        assert process.poll() is None, "microburst does not start"
        assert time.monotonic() < deadline, "microburst does not answer"
        try:
            requests.get(f"{proxy.url}/_microburst/health", timeout=5).raise_for_status()
            return
        except requests.ConnectionError:
            time.sleep(0.1)


def _call_aws_at(stack: RunningStack, url: str | None) -> None:
    functions = stack.client("lambda")
    for name in stack.functions.values():
        variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        variables.pop("AWS_ENDPOINT_URL", None)
        if url is not None:
            variables["AWS_ENDPOINT_URL"] = url
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
