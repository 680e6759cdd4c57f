"""The JavaScript SDK, made ready for tests: its tools installed, itself built. Without Node and npm its tests are skipped."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from local.settings import ROOT, clean_environment

SDK = ROOT / "sdks" / "javascript"
OLDEST_NODE = 18
NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH", "ERR_SOCKET")
_BUILT = SDK / "node_modules" / ".built-from"


@cache
def ready() -> Path:
    """The SDK's folder, with its tools installed and ``dist`` built from the present sources.

    Skips the test where there is no Node 18, or neither the tools nor a network to get them from.
    """
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed: the JavaScript SDK cannot be tested here")
    version = node("--version").stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"Node is {version}: the JavaScript SDK needs {OLDEST_NODE}")
    with _alone():
        if not _installed():
            _install()
        if not _built():
            node("scripts/build.mjs")
            _BUILT.write_text(_sources())
    return SDK


def node(*arguments: str, folder: Path = SDK, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run Node; raises AssertionError with what it said when it fails."""
    return run("node", *arguments, folder=folder, environment=environment)


def run(*command: str, folder: Path = SDK, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; raises AssertionError with what it said when it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**clean_environment(), **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done


def packed(folder: Path) -> Path:
    """The tarball that would be published, made in this folder."""
    ready()
    done = run("npm", "pack", "--ignore-scripts", "--json", "--pack-destination", str(folder))
    return folder / str(json.loads(done.stdout)[0]["filename"]).replace("@", "").replace("/", "-")


@contextmanager
def _alone() -> Iterator[None]:
    """Several test processes may come here at once; one prepares, the others wait."""
    lock = ROOT / ".local" / "javascript-sdk.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _installed() -> bool:
    """Whether node_modules holds what the lock file names; needs no network."""
    record = SDK / "node_modules" / ".package-lock.json"
    if not record.exists():
        return False
    there = json.loads(record.read_text())["packages"]
    wanted = json.loads((SDK / "package-lock.json").read_text())["packages"]
    return all(
        there.get(name, {}).get("version") == package["version"]
        for name, package in wanted.items()
        if name and not package.get("optional")
    )


def _install() -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    environment = {**clean_environment(), **{name: value for name, value in os.environ.items() if "proxy" in name.lower()}}
    done = subprocess.run(
        command, cwd=SDK, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False
    )
    said = done.stdout + done.stderr
    if done.returncode and any(code in said for code in NO_NETWORK):
        pytest.skip(f"npm gets no packages, and the JavaScript SDK's tools are not installed: {said.strip()[:300]}")
    assert done.returncode == 0, said


def _built() -> bool:
    forms = (SDK / "dist" / form / "index.js" for form in ("esm", "cjs"))
    return all(form.exists() for form in forms) and _BUILT.exists() and _BUILT.read_text() == _sources()


def _sources() -> str:
    """A digest of all that ``dist`` is made from."""
    digest = hashlib.sha256()
    files = [*SDK.glob("*.json"), *SDK.glob("scripts/*"), *SDK.glob("src/**/*.ts")]
    for file in sorted(files):
        digest.update(str(file.relative_to(SDK)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
