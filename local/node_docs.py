"""Makes ``docs/nodes/`` from the code of the node types: ``python -m local.node_docs``. A test says when a page is out of date."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.engine import registry
from flows.engine.contract import Example, NodeType
from flows.engine.parameter_schema import plain_schema

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "nodes"
_CATEGORIES = {"trigger": "Triggers", "flow": "Flow", "data": "Data", "action": "Actions"}
_INDEX = """# Node types

Made from the code by `python -m local.node_docs`; do not edit.

Any text parameter may hold `{{ expression }}`; a parameter of kind *expression* holds a bare JSONata expression (the braces are
allowed). A text that is one expression keeps the type of its value. Where a number is wanted, a text that is one will do, and the
other way round; a boolean is true or false and nothing else. A list of items is an expression; without it, it is the node's
input, and a single value counts as a list of one.

Every node has an `error` port besides, for `on_error: "route"`.
"""


def pages() -> dict[str, str]:
    """The text of every page by its file's name."""
    types = list(registry.all_types())
    return {"README.md": _index(types), **{f"{node_type.type}.md": page(node_type) for node_type in types}}


def page(node_type: NodeType) -> str:
    """The page of one node type."""
    parts = [f"# {node_type.title}: `{node_type.type}`", _prose(node_type)]
    parts += [f"**Ports:** {_ports(node_type)}", "## Parameters", _parameters(node_type)]
    if node_type.examples:
        parts += ["## Examples", *(_example(node_type, example) for example in node_type.examples)]
    parts.append("<!-- Made from the code by `python -m local.node_docs`; do not edit. -->")
    return "\n\n".join(part for part in parts if part) + "\n"


def write() -> None:
    """Write the pages, and remove those of node types that are gone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    fresh = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in fresh:
            old.unlink()
    for name, text in fresh.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _index(types: list[NodeType]) -> str:
    lines = [_INDEX]
    for category, title in _CATEGORIES.items():
        lines += [f"## {title}", "", "| type | |", "| --- | --- |"]
        lines += [f"| [`{one.type}`]({one.type}.md) | {one.description} |" for one in types if one.category == category]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _prose(node_type: NodeType) -> str:
    """The module's docstring, unless it begins with a name in code: then it speaks to programmers."""
    text = inspect.cleandoc(importlib.import_module(f"flows.engine.nodes.{node_type.type}").__doc__ or "")
    return node_type.description if text.startswith("`") or not text else text


def _ports(node_type: NodeType) -> str:
    if callable(node_type.ports):
        return "one for each case's name, `default`"
    return ", ".join(f"`{port}`" for port in node_type.ports) or "none: the execution ends here"


def _parameters(node_type: NodeType) -> str:
    schema = plain_schema(node_type)
    rows = list(_rows(schema, schema.get("$defs", {}), ""))
    if not rows:
        return "None."
    return "\n".join(["| parameter | kind | default | |", "| --- | --- | --- | --- |", *rows])


def _rows(schema: dict[str, Any], definitions: dict[str, Any], prefix: str) -> Iterator[str]:
    required = schema.get("required", [])
    for name, inner in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        default = "required" if name in required else _default(inner)
        yield f"| `{path}` | {_cell(_kind(inner, definitions))} | {default} | {_cell(inner.get('description', ''))} |"
        for mark, below in _containers(inner, definitions):
            yield from _rows(below, definitions, f"{path}{mark}.")


def _default(schema: dict[str, Any]) -> str:
    value = schema.get("default")
    return "" if value in (None, [], {}, "") else f"`{_cell(json.dumps(value, ensure_ascii=False))}`"


def _kind(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _kind(_resolved(schema, definitions), definitions)
    if "anyOf" in schema:
        kinds = dict.fromkeys(_kind(form, definitions) for form in schema["anyOf"] if form.get("type") != "null")
        return " or ".join(kinds)
    if schema.get("format") == "jsonata":
        return "expression"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = schema.get("type")
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}), definitions)}"
    bounds = _bounds(schema)
    names = {"string": "text", "integer": "whole number", "number": "number", "boolean": "boolean", "object": "object"}
    return names.get(str(kind), "any JSON") + (f" ({bounds})" if bounds else "")


def _bounds(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above = schema.get("exclusiveMinimum")
    parts = [
        f"from {low}" if low is not None else f"above {above}" if above is not None else "",
        f"to {high}" if high is not None else "",
    ]
    return " ".join(part for part in parts if part)


def _containers(schema: dict[str, Any], definitions: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects with named parameters in a parameter, and how they are reached."""
    for form in schema.get("anyOf", [schema]):
        inner = _resolved(form, definitions)
        if inner.get("properties"):
            yield "", inner
        elif inner.get("type") == "array":
            for mark, below in _containers(inner.get("items", {}), definitions):
                yield f"[]{mark}", below
        elif isinstance(inner.get("additionalProperties"), dict):
            for mark, below in _containers(inner["additionalProperties"], definitions):
                yield f".<name>{mark}", below


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: dict[str, Any] = definitions.get(name, schema) if name else schema
    return found


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _example(node_type: NodeType, example: Example) -> str:
    lines = [
        f"{example.description}",
        "",
        "```json",
        _json({"type": node_type.type, "parameters": example.parameters}),
        "```",
        "",
    ]
    if example.inputs is not None:
        lines += ["Outputs of the nodes before it:", "", "```json", _json(example.inputs), "```", ""]
    elif example.input is not None:
        lines += ["Input:", "", "```json", _json(example.input), "```", ""]
    through = "" if node_type.port_names(example.parameters) in (("main",), ()) else f" (through `{example.port}`)"
    return "\n".join([*lines, f"Output{through}:", "", "```json", _json(example.output), "```"])


def _json(value: Any) -> str:
    return json.dumps(_shown(value), ensure_ascii=False, indent=2)


def _shown(value: Any) -> Any:
    """The value with "..." where it is another each time."""
    if value is ...:
        return "..."
    if isinstance(value, dict):
        return {name: _shown(item) for name, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, (list, tuple)) else value


if __name__ == "__main__":
    write()
