"""Packages of npm that tests need, installed by the first test that wants them. Without Node, or without a network to get them, it is skipped."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from local.settings import ROOT, clean_environment

OLDEST_NODE = 18
NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH", "ERR_SOCKET")


@cache
def installed(folder: Path) -> Path:
    """The folder, with what its package-lock.json names in its node_modules.

    Skips the test where there is no Node 18, or neither the packages nor a network to get them from.
    """
    what = folder.relative_to(ROOT)
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed: what needs the packages of {what} cannot be tested here")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"Node is {version}: what needs the packages of {what} needs {OLDEST_NODE}")
    with alone(what.as_posix().replace("/", "-")):
        if not _complete(folder):
            _install(folder)
    return folder


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Several test processes may come here at once; one prepares, the others wait."""
    lock = ROOT / ".local" / f"{name}.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _complete(folder: Path) -> bool:
    """Whether node_modules holds what the lock file names; needs no network."""
    record = folder / "node_modules" / ".package-lock.json"
    if not record.exists():
        return False
    there = json.loads(record.read_text())["packages"]
    wanted = json.loads((folder / "package-lock.json").read_text())["packages"]
    return all(
        there.get(name, {}).get("version") == package["version"]
        for name, package in wanted.items()
        if name and not package.get("optional")
    )


def _install(folder: Path) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    environment = {**clean_environment(), **{name: value for name, value in os.environ.items() if "proxy" in name.lower()}}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False
    )
    said = done.stdout + done.stderr
    if done.returncode and any(code in said for code in NO_NETWORK):
        pytest.skip(f"npm gets no packages, and those of {folder.relative_to(ROOT)} are not installed: {said.strip()[:300]}")
    assert done.returncode == 0, said
