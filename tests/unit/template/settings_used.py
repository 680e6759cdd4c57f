"""Which settings the code behind a function reads, told from its sources: imports are followed, lazy ones too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

from flows.aws.settings import Settings

from tests.template import ROOT

CORE = ROOT / "layers" / "core"

LOADED_BY_NAME = {"flows.engine.registry": "flows.engine.nodes", "flows.outgoing": "flows.outgoing"}
"""Modules that import modules of a package by name when they are needed, which no import statement tells."""

_FIELDS = {field.name for field in fields(Settings)}
_READ_THROUGH = {"private_hosts": "allowed_private_hosts"}


def settings_used(function: str) -> set[str]:
    """Fields of Settings that the function of a folder of ``functions/`` can reach: those that any module it imports reads."""
    seen: set[str] = set()
    used: set[str] = set()
    waiting = [f"functions.{function}.handler"]
    while waiting:
        module = waiting.pop()
        if module not in seen and (file := source_of(module)):
            seen.add(module)
            reads, imports = facts(file, module)
            used |= reads
            waiting += imports
    return used


def source_of(module: str) -> Path | None:
    """The file of a module of ours; None for any other name (a class of a module, a third-party package)."""
    base = ROOT if module.startswith("functions.") else CORE
    path = base.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


@cache
def facts(file: Path, module: str) -> tuple[frozenset[str], frozenset[str]]:
    """The settings that one module reads, and the modules that it imports."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    reads = (attributes & _FIELDS) | {_READ_THROUGH[name] for name in attributes & _READ_THROUGH.keys()}
    imports = {name for node in nodes for name in imported(node)}
    if package := LOADED_BY_NAME.get(module):
        imports |= {f"{package}.{found.stem}" for found in CORE.joinpath(*package.split(".")).glob("*.py")}
    return frozenset(reads) if module != "flows.aws.settings" else frozenset(), frozenset(imports)


def imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
