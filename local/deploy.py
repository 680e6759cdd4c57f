"""`sam deploy` of the built template to the emulator, and what a person would have prepared on AWS."""

from __future__ import annotations

import secrets
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.settings import (
    REGION,
    ROOT,
    SAM,
    SHARED,
    Stack,
    StackProblem,
    aws_environment,
    clean_environment,
    host_architecture,
    host_runtime,
    samconfig,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def client(service: str, endpoint_url: str) -> Any:
    """A boto3 client of the emulator's operator. boto3 is imported here because importing it costs half a second."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 3}, proxies={}),
    )


def deploy(stack: Stack, template: Path, extra: Mapping[str, str]) -> None:
    """Deploy the template as samconfig.toml's environment `local` says, with this stack's own parameters.

    ``extra`` replaces parameters by name. Raises StackProblem with SAM's last lines.
    """
    parameters = dict(pair.split("=", 1) for pair in samconfig("local")["parameter_overrides"])
    parameters |= {
        "LambdaRuntime": host_runtime(),
        "Architecture": host_architecture(),
        "BaseUrl": stack.base_url,
        "SigningSecret": signing_secret(stack),
        "AllowedPrivateHosts": stack.allowed_private_hosts,
        **extra,
    }
    client("s3", stack.endpoint_url).create_bucket(Bucket=samconfig("local")["s3_bucket"])
    command = [str(SAM), "deploy", "--config-env", "local", "--config-file", str(ROOT / "samconfig.toml")]
    overrides = [f"{name}={value}" for name, value in parameters.items() if value]
    environment = {
        **clean_environment(),
        **aws_environment(stack.endpoint_url),
        "__SAM_CLI_APP_DIR": str(SHARED / "sam"),
        "NO_PROXY": "127.0.0.1",
        "SAM_CLI_POLL_DELAY": "0.3",  # SAM CLI asks every 5 s otherwise
    }
    done = subprocess.run(
        [*command, "--template-file", str(template), "--parameter-overrides", *overrides],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    output = done.stdout + done.stderr
    (stack.folder / "deploy.log").write_text(output)
    if done.returncode:
        tail = "\n    ".join(line for line in output.strip().splitlines()[-15:] if line.strip())
        raise StackProblem(f"sam deploy failed (all of it in {stack.folder / 'deploy.log'}):\n    {tail}")


def signing_secret(stack: Stack) -> str:
    """The stack's signing secret, made once, so that links and cursors outlive a second deploy."""
    file = stack.folder / "signing-secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32))
    return file.read_text()


def verify_sender(stack: Stack) -> None:
    """Verify the sender of the e-mail node, as an operator does once in SES."""
    mail = client("sesv2", stack.endpoint_url)
    for identity in ("example.com", "no-reply@example.com"):
        mail.create_email_identity(EmailIdentity=identity)


def outputs(endpoint_url: str, stack_name: str) -> dict[str, str]:
    """The deployed stack's outputs by name."""
    described = client("cloudformation", endpoint_url).describe_stacks(StackName=stack_name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def functions(endpoint_url: str, stack_name: str) -> dict[str, str]:
    """The deployed functions: name of the folder in ``functions/`` -> physical name."""
    pages = client("cloudformation", endpoint_url).get_paginator("list_stack_resources")
    found = {}
    for page in pages.paginate(StackName=stack_name):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::Lambda::Function":
                logical = resource["LogicalResourceId"].removesuffix("Function")
                found[snake(logical)] = resource["PhysicalResourceId"]
    return found


def snake(logical: str) -> str:
    """RunNode -> run_node."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in logical).lstrip("_")
