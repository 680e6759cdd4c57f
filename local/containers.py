"""`sam local`: the functions in Lambda's own container image, against the running local stack.

    python -m local.containers invoke workflows list     sam local invoke with events/workflows/list.json
    python -m local.containers api 3000                  sam local start-api on 127.0.0.1:3000

Needs a Docker engine. The emulator listens on 127.0.0.1 only; while this runs, a forwarder on the address by which
containers reach this machine passes their AWS calls on to it.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from local import build, deploy, events, operator
from local.settings import (
    ROOT,
    SAM,
    SHARED,
    Stack,
    StackProblem,
    aws_environment,
    clean_environment,
    host_runtime,
    read_record,
)

IMAGE = "public.ecr.aws/lambda/python"
NO_ENGINE = (
    "No Docker engine answers. sam local runs functions in containers: start Docker (or set DOCKER_HOST). "
    "Without containers, make integration sends the same events through Lambda's runtime interface emulator."
)


def docker(*arguments: str) -> str:
    """The output of a docker command; raises StackProblem when no engine answers."""
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        raise StackProblem(NO_ENGINE) from None
    if done.returncode:
        raise StackProblem(NO_ENGINE)
    return done.stdout.strip()


def host_address() -> str:
    """The address by which containers of the default network reach this machine. Raises StackProblem."""
    address = docker("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}")
    if not address or "<no value>" in address:
        subnet = docker("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Subnet}}")
        address = subnet.rpartition(".")[0] + ".1"
    return address


def has_image() -> bool:
    """Whether the engine holds the image of this runtime already; SAM CLI then need not pull it."""
    return bool(docker("images", "-q", "--filter", f"reference={IMAGE}:{host_runtime().removeprefix('python')}*"))


@contextmanager
def forwarder(address: str, port: int) -> Iterator[int]:
    """Pass connections to a free port of the address on to 127.0.0.1:port; yields that port."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
        with suppress(OSError):
            writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(accept, address, 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def function_environments(record: dict[str, Any], endpoint_url: str) -> dict[str, dict[str, str]]:
    """What each deployed function is told, by its name in the template, for `sam local --env-vars`."""
    client = deploy.client("lambda", record["endpoint_url"])
    deployed = deploy.functions(record["endpoint_url"], record["stack_name"])
    found = {}
    for name, physical in deployed.items():
        variables = client.get_function_configuration(FunctionName=physical)["Environment"]["Variables"]
        found[logical_name(name)] = {**variables, "AWS_ENDPOINT_URL": endpoint_url}
    return found


def logical_name(function: str) -> str:
    """run_node -> RunNodeFunction."""
    return "".join(part.capitalize() for part in function.split("_")) + "Function"


def sam_local(arguments: list[str], template: Path, record: dict[str, Any], folder: Path, endpoint_url: str) -> int:
    """Run `sam local ...` on the template with the deployed functions' environment; returns its exit code."""
    variables = folder / "environment.json"
    variables.write_text(json.dumps(function_environments(record, endpoint_url)))
    options = ["--template-file", str(template), "--env-vars", str(variables), "--region", "us-east-1"]
    options += ["--layer-cache-basedir", str(SHARED / "cache" / "sam-layers")]
    options += ["--skip-pull-image"] if has_image() else []
    overrides = [f"LambdaRuntime={host_runtime()}", f"Architecture={build.host_architecture()}", "SigningSecret=" + "-" * 32]
    environment = {
        **clean_environment(),
        **aws_environment(record["endpoint_url"]),
        "__SAM_CLI_APP_DIR": str(SHARED / "sam"),
    }
    del environment["AWS_ENDPOINT_URL"]
    command = [str(SAM), "local", *arguments, *options, "--parameter-overrides", *overrides]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


@contextmanager
def template_for_containers() -> Iterator[Path]:
    """A copy of the built template that declares AWS_ENDPOINT_URL: `sam local` passes on declared variables only.

    It lies beside the build's own, since its paths are relative to it, and is removed afterwards.
    """
    template, _ = build.build()
    copy = template.with_name(f"sam-local-{os.getpid()}.yaml")
    declared = "      Variables:\n"
    text = template.read_text()
    before, found, after = text.partition(declared)
    if not found:
        raise StackProblem("template.yaml declares no global variables; local/containers.py builds on them")
    copy.write_text(
        f"{before}{declared}        AWS_ENDPOINT_URL: ''\n{after}".replace("DependenciesLayer.zip", "DependenciesLayer")
    )
    try:
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def run(arguments: list[str]) -> int:
    """Do what the command line says. Raises StackProblem."""
    address = host_address()
    record = read_record(Stack.of_environment().folder)
    port = int(record["endpoint_url"].rpartition(":")[2])
    with (
        forwarder(address, port) as open_port,
        template_for_containers() as template,
        tempfile.TemporaryDirectory(prefix="flows-sam-local-") as name,
    ):
        folder, endpoint_url = Path(name), f"http://{address}:{open_port}"
        if arguments[0] == "api":
            return sam_local(["start-api", "--port", arguments[1]], template, record, folder, endpoint_url)
        _, function, case = arguments
        sample = events.find(function, case)
        arguments = ["account", "--name", "sam-local", "--plan", "business"]
        account = operator.run(record["endpoint_url"], record["stack_name"], arguments)
        file = folder / "event.json"
        file.write_text(json.dumps(sample.event({"account_id": account["account_id"], "api_key": account["api_key"]})))
        return sam_local(["invoke", logical_name(function), "--event", str(file)], template, record, folder, endpoint_url)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["invoke"] and not all(arguments[1:]):
        print("Name a function and an event: make sam-local FUNCTION=workflows EVENT=list", file=sys.stderr)
        return 2
    try:
        return run(arguments)
    except StackProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
