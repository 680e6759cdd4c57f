"""The JavaScript SDK's own tests, and what its package holds."""

from __future__ import annotations

import json

import pytest

from tests.javascript_sdk import SDK, node, ready, run

TESTS = sorted(file.name for file in (SDK / "tests").glob("*.test.mjs"))


@pytest.mark.parametrize("file", TESTS)
def test_tests_of_the_package_pass(file: str) -> None:
    ready()

    node("--test", f"tests/{file}")


def test_types_are_those_of_the_openapi_document() -> None:
    ready()

    node("scripts/generate-types.mjs", "--check")


def test_types_hold_for_those_who_use_the_package() -> None:
    ready()

    node("node_modules/typescript/bin/tsc", "-p", "tests")


def test_published_is_what_runs_and_what_one_reads() -> None:
    ready()

    (pack,) = json.loads(run("npm", "pack", "--dry-run", "--ignore-scripts", "--json").stdout)

    files = {file["path"] for file in pack["files"]}
    beside = {path for path in files if not path.startswith("dist/")}
    assert beside == {"package.json", "README.md", "LICENSE"}
    kinds = {path.split(".", 1)[1] for path in files if path.startswith("dist/")}
    assert kinds == {"js", "d.ts", "json"}
    for form in ("esm", "cjs"):
        for module in ("index", "webhooks"):
            assert {f"dist/{form}/{module}.js", f"dist/{form}/{module}.d.ts"} <= files
    assert pack["unpackedSize"] < 600_000


def test_nothing_is_tied_to_one_registry() -> None:
    lock = json.loads((SDK / "package-lock.json").read_text())

    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert all(package.get("integrity") for name, package in lock["packages"].items() if name)
    assert (SDK / "LICENSE").read_text() == (SDK.parents[1] / "LICENSE").read_text()
