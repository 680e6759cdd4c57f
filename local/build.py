"""`sam build`, done once for each state of the sources and shared by all stacks."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

from local.settings import ROOT, SAM, SHARED, StackProblem, clean_environment, host_architecture, host_runtime

BUILDS = SHARED / "builds"
SOURCES = ("template.yaml", "functions", "layers", "statemachines")
KEPT = 4


def source_files() -> list[Path]:
    """Every file that goes into a build, in a fixed order."""
    found: list[Path] = []
    for name in SOURCES:
        place = ROOT / name
        found += [place] if place.is_file() else [file for file in place.rglob("*") if file.is_file()]
    return sorted(file for file in found if "__pycache__" not in file.parts)


def digest() -> str:
    """Names the build that the present sources make on this interpreter."""
    total = hashlib.sha256(f"{host_runtime()} {host_architecture()}".encode())
    for file in source_files():
        total.update(f"\0{file.relative_to(ROOT)}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()[:16]


def build() -> tuple[Path, bool]:
    """Build the application unless these sources were built before.

    Returns the built template's path, and whether it had to be built. Raises StackProblem with SAM's last lines.
    """
    BUILDS.mkdir(parents=True, exist_ok=True)
    with (BUILDS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        target = BUILDS / digest()
        template = target / "template.yaml"
        if template.exists():
            os.utime(target)
            return template, False
        half = BUILDS / f"{target.name}.half"
        shutil.rmtree(half, ignore_errors=True)
        run_sam_build(half)
        compile_functions(half)
        zip_dependencies(half)
        half.rename(target)
        forget_old_builds()
        return template, True


def run_sam_build(folder: Path) -> None:
    """Run SAM CLI on the template, with this project's interpreter in front: it must be the runtime's own version."""
    scratch = folder.with_suffix(".aws-sam")
    environment = {
        **clean_environment(),
        **build_environment(host_runtime(), host_architecture()),
        "__SAM_CLI_APP_DIR": str(SHARED / "sam"),
    }
    overrides = [f"LambdaRuntime={host_runtime()}", f"Architecture={host_architecture()}", "SigningSecret=" + "-" * 32]
    done = subprocess.run(
        [str(SAM), "build", "--build-dir", str(folder), "--cache-dir", str(scratch), "--parameter-overrides", *overrides],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(scratch, ignore_errors=True)
    if done.returncode:
        tail = "\n    ".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise StackProblem(f"sam build failed:\n    {tail}")


def build_environment(runtime: str, architecture: str) -> dict[str, str]:
    """What the layers' Makefiles take from the environment."""
    return {
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "LAYER_RUNTIME": runtime,
        "LAYER_ARCHITECTURE": architecture,
        "LAYER_CACHE": str(SHARED / "cache" / "layers"),
        "SAM_CLI_TELEMETRY": "0",
    }


def compile_functions(folder: Path) -> None:
    """Add the handlers' bytecode, since workers do not write any."""
    command = [str(ROOT / ".venv" / "bin" / "python"), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    functions = [str(place) for place in folder.iterdir() if (place / "handler.py").exists()]
    subprocess.run([*command, *functions], check=False, capture_output=True)


def zip_dependencies(folder: Path) -> None:
    """Zip the dependencies layer once instead of at each deploy: SAM CLI takes four seconds for it, and it rarely changes."""
    layer = folder / "DependenciesLayer"
    names = sorted(str(file.relative_to(layer)) for file in layer.rglob("*") if file.is_file())
    digest_of_layer = hashlib.sha256((ROOT / "layers/dependencies/requirements.lock").read_bytes())
    digest_of_layer.update("\0".join(names).encode())
    cached = SHARED / "cache" / "layers" / f"{digest_of_layer.hexdigest()[:16]}.zip"
    if not cached.exists():
        half = cached.with_suffix(f".{os.getpid()}")
        with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name in names:
                archive.write(layer / name, name)
        half.rename(cached)
    shutil.copyfile(cached, folder / "DependenciesLayer.zip")
    template = folder / "template.yaml"
    template.write_text(template.read_text().replace("ContentUri: DependenciesLayer\n", "ContentUri: DependenciesLayer.zip\n"))


def forget_old_builds() -> None:
    """Keep the last few builds only, and those of the last half hour: another stack may be deploying one."""
    builds = sorted((place for place in BUILDS.iterdir() if place.is_dir()), key=lambda place: place.stat().st_mtime)
    for old in builds[:-KEPT]:
        if time.time() - old.stat().st_mtime > 1800:
            shutil.rmtree(old, ignore_errors=True)
