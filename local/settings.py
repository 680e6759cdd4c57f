"""What a local stack is: where it keeps its files, and its port."""

from __future__ import annotations

import json
import os
import platform
import sys
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT / ".local"
EMULATOR_PYTHON = ROOT / ".venv-emulator" / "bin" / "python"
SAM = ROOT / ".venv-sam" / "bin" / "sam"
REGION = "us-east-1"


class StackProblem(Exception):
    """Something a person can mend; the message is one line and tells the way out."""


@dataclass(frozen=True)
class Stack:
    """One local stack. ``folder`` holds all its files; several stacks run side by side in folders and on ports of their own."""

    folder: Path
    port: int
    allowed_private_hosts: str = ""

    @classmethod
    def of_environment(cls) -> Stack:
        """The stack that PORT, STACK_DIR and ALLOWED_PRIVATE_HOSTS name; raises StackProblem when PORT is no port."""
        text = os.environ.get("PORT") or "4566"
        if not text.isdigit() or not 0 < int(text) < 65536:
            raise StackProblem(f"PORT={text} is no port: give a number from 1 to 65535, as in make start PORT=4600")
        return cls(
            folder=(ROOT / (os.environ.get("STACK_DIR") or ".local")).resolve(),
            port=int(text),
            allowed_private_hosts=os.environ.get("ALLOWED_PRIVATE_HOSTS", ""),
        )

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.endpoint_url}/v1"

    @property
    def record(self) -> Path:
        """stack.json: written when the stack is complete, removed when it ends."""
        return self.folder / "stack.json"

    @property
    def starting(self) -> Path:
        """The emulator's process id, from its start on: what a start that did not finish left running."""
        return self.folder / "emulator.pid"

    @property
    def log(self) -> Path:
        return self.folder / "emulator.log"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @cached_property
    def name(self) -> str:
        """The CloudFormation stack's name, from samconfig.toml."""
        return str(samconfig("local")["stack_name"])


def samconfig(environment: str) -> dict[str, Any]:
    """The deploy parameters of one environment; raises StackProblem when there is none of that name."""
    with (ROOT / "samconfig.toml").open("rb") as handle:
        config = tomllib.load(handle)
    try:
        return dict(config[environment]["deploy"]["parameters"])
    except KeyError:
        known = ", ".join(name for name in config if name not in ("version", "default"))
        raise StackProblem(f"ENV={environment} is not in samconfig.toml; there are {known}") from None


def host_runtime() -> str:
    """The Lambda runtime name of the interpreter that runs this."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def host_architecture() -> str:
    """This machine's processor by Lambda's name for it."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def read_record(folder: Path) -> dict[str, Any]:
    """The contents of a running stack's stack.json; raises StackProblem when there is none."""
    try:
        record: dict[str, Any] = json.loads((folder / "stack.json").read_text())
    except (OSError, ValueError):
        raise StackProblem(f"No stack is running in {shown(folder)}: make start") from None
    return record


def shown(path: Path) -> str:
    """A path as a person writes it: relative to the project where it can be."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def aws_environment(endpoint_url: str) -> dict[str, str]:
    """Variables that point AWS tools at the emulator, with its operator's credentials, and at nothing of the user's own."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
    }


def clean_environment() -> dict[str, str]:
    """The process environment without AWS settings, Python settings and proxies of the user's."""
    dropped = ("AWS_", "PYTHON", "VIRTUAL_ENV", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "MAKE", "MFLAGS")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    kept.setdefault("HOME", str(SHARED / "home"))
    return kept
