"""Each patch of the emulator is still needed, and every patch is watched."""

from __future__ import annotations

import ast
import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from local.settings import EMULATOR_PYTHON, ROOT

PATCHES = ROOT / "local" / "emulator_patches"
PROBES = Path(__file__).with_name("emulator_probes.py")


@cache
def probed() -> dict[str, Any]:
    """What the probes say of the emulator as it is, without any patch."""
    done = subprocess.run(
        [str(EMULATOR_PYTHON), str(PROBES)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "AUTH": "true", "LOG_LEVEL": "CRITICAL"},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def patches() -> list[str]:
    """The patches by name: module and, where ``apply`` calls several, function."""
    names = []
    for file in sorted(PATCHES.glob("*.py")):
        functions = {item.name: item for item in ast.parse(file.read_text()).body if isinstance(item, ast.FunctionDef)}
        if "apply" in functions:
            calls = [
                statement.value.func.id
                for statement in functions["apply"].body
                if isinstance(statement, ast.Expr)
                and isinstance(statement.value, ast.Call)
                and isinstance(statement.value.func, ast.Name)
            ]
            names += [f"{file.stem}_{call}" for call in calls] or [file.stem]
    return names


@pytest.mark.parametrize("patch", patches())
def test_the_patch_is_still_needed(patch: str) -> None:
    assert patch in probed(), f"{patch} has no probe in {PROBES.name}: nothing would tell when it is no longer needed"
    assert probed()[patch] is True, (
        f"The emulator no longer differs here ({probed()[patch]}): remove {patch} from local/emulator_patches and its probe"
    )
