"""Functions in the genuine Lambda runtime, without containers.

SAM CLI ships Lambda's runtime interface emulator, PyPI has its runtime interface client (awslambdaric): as plain processes
on the built artifact they invoke a function as Lambda does.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

from local import processes
from local.settings import ROOT, aws_environment
from tests.stack import RunningStack, free_ports

# What Lambda's Python runtime holds beside the layers.
RUNTIME_PACKAGES = ("awslambdaric", "snapshot_restore_py", "boto3", "botocore", "s3transfer", "jmespath", "dateutil",
                    "urllib3", "six", "runtime_client", "simplejson")  # fmt: skip
START_SECONDS = 20


def emulator() -> Path:
    """The runtime interface emulator for this machine's processor."""
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    found = sorted((ROOT / ".venv-sam").glob(f"lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-{machine}"))
    assert found, "SAM CLI brings no runtime interface emulator for this machine"
    return found[0]


class Function:
    """One function in its runtime; use as a context manager.

    Args:
        name: its folder in ``functions/``.
        build: folder that ``sam build`` wrote.
        environment: the function's environment variables, AWS credentials and endpoint among them.
        timeout: seconds an invocation may take.
    """

    def __init__(self, name: str, build: Path, environment: Mapping[str, str], *, timeout: int = 30) -> None:
        self.name = name
        self.code = build / ("".join(part.capitalize() for part in name.split("_")) + "Function")
        self.layers = (build / "CoreLayer" / "python", build / "DependenciesLayer" / "python")
        self.environment = environment
        self.timeout = timeout
        self._folder = tempfile.TemporaryDirectory(prefix="flows-rie-")
        self._log = Path(self._folder.name) / "log"

    def __enter__(self) -> Function:
        self.port, api_port = free_ports(2)
        runtime = Path(self._folder.name) / "runtime"
        runtime.mkdir()
        link_packages(runtime)
        path = os.pathsep.join(map(str, (self.code, *self.layers, runtime)))
        environment = {
            **self.environment,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": path,
            "LAMBDA_TASK_ROOT": str(self.code),
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(self.timeout),
        }
        command = [
            str(emulator()),
            "--runtime-interface-emulator-address", f"127.0.0.1:{self.port}",
            "--runtime-api-address", f"127.0.0.1:{api_port}",
            sys.executable, "-S", "-P", "-m", "awslambdaric", "handler.handler",
        ]  # fmt: skip
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.code,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while processes.port_is_free(self.port):
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        processes.end_group(self._process.pid)
        with suppress(OSError):
            self._folder.cleanup()

    def invoke(self, event: Any) -> Any:
        """Invoke the function and return its answer; a function's error comes as Lambda's error object."""
        url = f"http://127.0.0.1:{self.port}/2015-03-31/functions/function/invocations"
        request = urllib.request.Request(url, data=json.dumps(event).encode(), method="POST")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=self.timeout + 10) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode()
        return json.loads(text) if text else None

    def log(self) -> str:
        """What runtime and function wrote."""
        return self._log.read_text(errors="replace")


def environment_of(stack: RunningStack, name: str) -> dict[str, str]:
    """What the deployed function is told, with the credentials of its own role: IAM judges it as when deployed."""
    configuration: dict[str, Any] = stack.client("lambda").get_function_configuration(FunctionName=stack.functions[name])
    role = stack.client("sts").assume_role(RoleArn=configuration["Role"], RoleSessionName="runtime")
    credentials = role["Credentials"]
    return {
        **configuration["Environment"]["Variables"],
        **aws_environment(stack.endpoint_url),
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


def link_packages(folder: Path) -> None:
    """Link the runtime's own packages into the folder, so that the function sees nothing else of our environment."""
    for name in RUNTIME_PACKAGES:
        spec = find_spec(name)
        if spec is not None and spec.origin:
            origin = Path(spec.origin)
            place = origin.parent if spec.submodule_search_locations else origin
            (folder / place.name).symlink_to(place)
