"""The JavaScript SDK, made ready for tests: its tools installed, itself built. Without Node and npm its tests are skipped."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from local.settings import ROOT, clean_environment
from tests.node_packages import alone, installed

SDK = ROOT / "sdks" / "javascript"
_BUILT = SDK / "node_modules" / ".built-from"


@cache
def ready() -> Path:
    """The SDK's folder, with its tools installed and ``dist`` built from the present sources.

    Skips the test as :func:`tests.node_packages.installed` does.
    """
    installed(SDK)
    with alone("javascript-sdk"):
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
