"""Workflows as files, YAML or JSON, that can be kept in version control.

A file holds ``name``, ``description``, ``nodes``, ``edges``, ``variables``, ``settings`` and ``input_schema``, and ``id``
once the workflow exists. What a file leaves out is empty. Pulling what was pushed gives the same file again.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from yourapp.models import Workflow

EMPTY: dict[str, Any] = {
    "description": "",
    "nodes": [],
    "edges": [],
    "variables": {},
    "settings": {},
    "input_schema": None,
}
FIELDS = ("id", "name", *EMPTY)


class FileProblem(ValueError):
    """The file is no workflow."""


def fields_of(workflow: Workflow) -> dict[str, Any]:
    """What a file holds of a workflow."""
    whole = workflow.to_dict()
    return {name: whole[name] for name in FIELDS if name in whole and whole[name] != EMPTY.get(name, "")}


def text_of(fields: dict[str, Any], *, as_json: bool) -> str:
    """A file's text."""
    if as_json:
        return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"
    return yaml.dump(fields, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def is_json(file: Path) -> bool:
    """Whether a file's name tells JSON; else it is YAML."""
    return file.suffix.lower() == ".json"


def read(file: Path) -> dict[str, Any]:
    """The fields that a file holds, the empty ones filled in.

    Raises:
        FileProblem: it cannot be understood.
    """
    text = file.read_text(encoding="utf-8-sig")
    try:
        found = json.loads(text) if is_json(file) else yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except (ValueError, yaml.YAMLError) as problem:
        raise FileProblem(f"{file}: {problem}") from problem
    if not isinstance(found, dict):
        raise FileProblem(f"{file}: a workflow is an object with a name, nodes and edges")
    unknown = sorted(str(name) for name in found if name not in FIELDS)
    if unknown:
        raise FileProblem(f"{file}: unknown: {', '.join(unknown)} (known: {', '.join(FIELDS)})")
    return {**EMPTY, **found}


def write_id(file: Path, workflow_id: str) -> None:
    """Note a new workflow's id in its file, leaving the rest, comments included, as it is."""
    text = file.read_text(encoding="utf-8-sig")
    if is_json(file):
        text = text_of({"id": workflow_id, **json.loads(text)}, as_json=True)
    else:
        first = re.search(r"^(?!\s*(#|---|%|$))", text, re.MULTILINE)
        at = first.start() if first else 0
        text = f"{text[:at]}id: {workflow_id}\n{text[at:]}"
    file.write_text(text, encoding="utf-8")


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks; no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


class _Loader(yaml.SafeLoader):
    """YAML as JSON has it: dates are texts, only true and false are booleans, a name comes once, numbers are finite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names = [self.construct_object(name) for name, _ in node.value if name.tag != "tag:yaml.org,2002:merge"]
        twice = {str(name) for name in names if names.count(name) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"twice: {', '.join(sorted(twice))}", node.start_mark)
        return super().construct_mapping(node, deep)


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    value: float = loader.construct_yaml_float(node)
    if not math.isfinite(value):
        raise yaml.constructor.ConstructorError(None, None, "JSON has no such number", node.start_mark)
    return value


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_Loader.add_constructor("tag:yaml.org,2002:float", _number)
