"""Make the three virtual environments, each from a lock file with hashes.

    .venv            the project, editable, and its development tools
    .venv-emulator   the local AWS emulator (pins botocore)
    .venv-sam        AWS SAM CLI and cfn-lint (pin pydantic)

Runs on any Python 3.11 or newer with the standard library only, because it runs before there is anything else:

    python3 local/environments.py [dev] [emulator] [sam]

An environment is finished when its stamp names the present lock's digest; the stamp is written last, so a run that was
interrupted leaves none. A run that finds the mark of an interrupted one starts that environment afresh.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"


@dataclass(frozen=True)
class Environment:
    """One virtual environment: its folder, its lock, and whether the project itself is installed into it."""

    name: str
    folder: Path
    lock: Path
    project: bool = False

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.folder / ".stamp"

    @property
    def unfinished(self) -> Path:
        return self.folder / ".unfinished"


ENVIRONMENTS = (
    Environment("dev", ROOT / ".venv", LOCKS / "dev.lock", project=True),
    Environment("emulator", ROOT / ".venv-emulator", LOCKS / "emulator.lock"),
    Environment("sam", ROOT / ".venv-sam", LOCKS / "sam.lock"),
)


class EnvironmentProblem(Exception):
    """An environment cannot be made; the message is one line for a person, with the way out."""


def digest(environment: Environment) -> str:
    """What the environment was made from: the lock, the interpreter, and for the project its own declaration."""
    inputs = [environment.lock.read_bytes(), sys.version.encode(), str(ROOT).encode()]
    if environment.project:
        inputs.append((ROOT / "pyproject.toml").read_bytes())
    return hashlib.sha256(b"\0".join(inputs)).hexdigest()


def is_ready(environment: Environment) -> bool:
    """True when the environment's stamp names the present lock and its interpreter still starts."""
    try:
        stamped = environment.stamp.read_text() == digest(environment)
    except OSError:
        return False
    return stamped and environment.python.exists()


def run(command: list[str], *, what: str, environment: dict[str, str] | None = None) -> None:
    """Run a command quietly; its last lines are shown when it fails.

    Raises EnvironmentProblem with ``what`` and the end of the command's output.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    if done.returncode:
        tail = "\n    ".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise EnvironmentProblem(f"{what} failed:\n    {tail}")


def quiet_environment() -> dict[str, str]:
    """The process environment without what would redirect an installer; HOME is needed for its cache.

    The installers' own configuration (mirrors, certificates) stays in force: it is the machine's business.
    """
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")}
    # uv trusts its own list of authorities unless told otherwise; a company's mirror is known to the system's.
    environment |= {"UV_NATIVE_TLS": "1", "UV_SYSTEM_CERTS": "1"}
    if not environment.get("HOME"):
        environment["HOME"] = str(ROOT / ".local" / "home")
    return environment


def create(environment: Environment) -> None:
    """Create an empty virtual environment with pip.

    Raises EnvironmentProblem when the interpreter lacks its venv module (Debian: python3-venv).
    """
    if environment.folder.exists() and (environment.unfinished.exists() or not works(environment)):
        shutil.rmtree(environment.folder)
    environment.folder.mkdir(exist_ok=True)
    environment.unfinished.touch()
    if not works(environment):
        run(
            [sys.executable, "-m", "venv", str(environment.folder)],
            what="python3 -m venv (Debian: apt-get install python3-venv)",
        )


def works(environment: Environment) -> bool:
    """Whether the environment has an interpreter that starts and has pip."""
    try:
        probe = [str(environment.python), "-c", "import pip"]
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install(environment: Environment) -> None:
    """Install the lock with uv (seconds); with pip (a minute) where uv cannot be had or does not get through."""
    pip = [str(environment.python), "-m", "pip", "--disable-pip-version-check", "-q"]
    variables = quiet_environment()
    try:
        run([*pip, "install", "--require-hashes", "-r", str(LOCKS / "uv.lock")], what="uv", environment=variables)
        uv = [str(environment.python), "-m", "uv", "pip", "install", "-q", "--no-config"]
        target = ["--python", str(environment.python)]
        install_with([*uv, *target], environment, variables)
    except EnvironmentProblem as problem:
        print(f"  {environment.name}: uv did not get through, using pip ({str(problem).splitlines()[-1].strip()})")
        install_with([*pip, "install"], environment, variables)


def install_with(installer: list[str], environment: Environment, variables: dict[str, str]) -> None:
    """Install the lock, then the project itself without its dependencies, which the lock holds."""
    run(
        [*installer, "--require-hashes", "-r", str(environment.lock)],
        what=f"Installing {environment.lock.name}",
        environment=variables,
    )
    if environment.project:
        run(
            [*installer, "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
            what="Installing the project",
            environment=variables,
        )


@contextmanager
def one_at_a_time(environment: Environment) -> Iterator[None]:
    """Hold the environment's lock file, so that two makes at once do not write into each other's."""
    folder = ROOT / ".local"
    folder.mkdir(exist_ok=True)
    with (folder / f"environment-{environment.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make(environment: Environment) -> None:
    """Make the environment unless it is ready. Safe to call at any moment and from several processes.

    Raises EnvironmentProblem.
    """
    with one_at_a_time(environment):
        if is_ready(environment):
            return
        started = time.monotonic()
        print(f"  {environment.folder.name}: installing {environment.lock.relative_to(ROOT)} ...", flush=True)
        create(environment)
        install(environment)
        environment.stamp.write_text(digest(environment))
        environment.unfinished.unlink(missing_ok=True)
        print(f"  {environment.folder.name}: ready in {time.monotonic() - started:.0f} s", flush=True)


def main(names: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - an older python3 runs this file first, and must be told
        print(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: pass PYTHON=python3.11 to make.")
        return 1
    wanted = [environment for environment in ENVIRONMENTS if not names or environment.name in names]
    try:
        with ThreadPoolExecutor(len(wanted)) as pool:
            list(pool.map(make, wanted))
    except EnvironmentProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
