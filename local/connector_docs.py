"""Makes ``docs/connectors/`` from the connectors' files: ``python -m local.connector_docs``. A test says when a page is out of date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flows.connectors import catalog
from flows.connectors.schema import Action, Connector

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "connectors"
_MADE = "<!-- Made from the connector's file by `python -m local.connector_docs`; do not edit. -->"


def pages() -> dict[str, str]:
    """The text of every page by its file's name."""
    connectors = list(catalog.every())
    return {"README.md": _index(connectors), **{f"{one.id}.md": page(one) for one in connectors}}


def write() -> None:
    """Write the pages, and remove those of connectors that are gone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    fresh = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in fresh:
            old.unlink()
    for name, text in fresh.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def page(connector: Connector) -> str:
    """The page of one connector."""
    parts = [
        f"# {connector.name}: `{connector.id}`",
        f"{connector.description} It follows the [documentation of {connector.name}]({connector.docs}).",
        "## Connecting",
        _auth(connector),
        _settings(connector),
        _hosts(connector),
        _limit(connector),
        "## Actions",
        *(_action(connector, action) for action in connector.actions),
        _MADE,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _index(connectors: list[Connector]) -> str:
    lines = [
        "# Connectors",
        "",
        "Made from the connectors' files by `python -m local.connector_docs`; do not edit. How to connect one is told in",
        "[credentials and integrations](../credentials.md).",
        "",
        "| connector | | actions |",
        "| --- | --- | --- |",
    ]
    lines += [f"| [{one.name}]({one.id}.md) | {one.description} | {len(one.actions)} |" for one in connectors]
    return "\n".join(lines) + "\n"


def _auth(connector: Connector) -> str:
    rows = ["| credential's type | what it is | |", "| --- | --- | --- |"]
    for scheme in connector.auth:
        types = ", ".join(f"`{kind}`" for kind in scheme.types)
        rows.append(f"| {types} | {scheme.label} | {scheme.description} |")
    return "\n".join(rows) + ("" if connector.auth_required else "\n\nIt works without a credential, too.")


def _settings(connector: Connector) -> str:
    if not connector.settings:
        return ""
    rows = ["| `config` | | example |", "| --- | --- | --- |"]
    for name, setting in connector.settings.items():
        needed = "" if setting.required and not setting.default else " Optional."
        text = f"{setting.label}. {setting.description}".rstrip(". ") + "."
        rows.append(f"| `{name}` | {text}{needed} | {f'`{setting.example}`' if setting.example else ''} |")
    return "\n".join(rows)


def _hosts(connector: Connector) -> str:
    hosts = ", ".join(f"`{host}`" for host in connector.all_hosts)
    return f"Its credential goes to {hosts} only." if hosts else "Its credential goes to the host of `base_url` only."


def _limit(connector: Connector) -> str:
    if connector.rate_limit is None:
        return ""
    limit = connector.rate_limit
    note = f" {limit.note}" if limit.note else ""
    return (
        f"Rate limit of the service: about {limit.requests} requests in {limit.per_seconds} s.{note} "
        "A refused request is tried again by the node's `retry`, when the service says so."
    )


def _action(connector: Connector, action: Action) -> str:
    link = f" ([documentation]({action.docs}))"
    sent = f"`{action.request.method} {action.request.path or '/'}`"
    parts = [f"### {action.name}: `{action.id}`", f"{action.description} {sent}{link}".strip()]
    properties = action.input_schema["properties"]
    if properties:
        rows = ["| parameter | kind | |", "| --- | --- | --- |"]
        for name, schema in properties.items():
            required = " **Required.**" if name in action.input_schema["required"] else ""
            rows.append(f"| `{name}` | {_kind(schema)} | {_cell(schema.get('description', ''))}{required} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    kinds = schema.get("type", "any JSON")
    names = [kinds] if isinstance(kinds, str) else kinds
    if names == ["array"] and isinstance(schema.get("items", {}).get("type"), str):
        return f"list of {schema['items']['type']}"
    extra = {key: schema[key] for key in ("minimum", "maximum", "format", "default") if key in schema}
    shown = ", ".join(f"{key} {json.dumps(value)}" for key, value in extra.items())
    return " or ".join(names) + (f" ({shown})" if shown else "")


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    write()
