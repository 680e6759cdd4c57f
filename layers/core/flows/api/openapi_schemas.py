"""The schemas of the OpenAPI document, made tidy: short names, no leftovers of the generator."""

from __future__ import annotations

import re
from typing import Any

_LEFTOVERS = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
_REF = "#/components/schemas/"


def tidy(document: dict[str, Any]) -> None:
    """Change the document in place."""
    schemas = document["components"]["schemas"]
    for name in _LEFTOVERS:
        schemas.pop(name, None)
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            for parameter in operation.get("parameters", []):
                parameter["schema"] = _parameter_schema(parameter)
    _rename(document, _short_names(schemas))
    _simplify(document)
    document["paths"] = dict(sorted(document["paths"].items()))
    document["components"]["schemas"] = dict(sorted(document["components"]["schemas"].items()))


def _parameter_schema(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter cannot be null: "or null" means that it may be left out. Its description stands beside the schema already."""
    schema = {key: value for key, value in parameter["schema"].items() if key not in ("title", "description")}
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        del schema["anyOf"]
        schema |= choices[0]
    elif choices:
        schema["anyOf"] = choices
    return schema


def _short_names(schemas: dict[str, Any]) -> dict[str, str]:
    """``flows__accounts__models__Deleted`` as ``Deleted`` where all of that name are alike, else as ``AccountsDeleted``."""
    by_short: dict[str, list[str]] = {}
    for name in schemas:
        by_short.setdefault(name.rsplit("__", 1)[-1], []).append(name)
    names: dict[str, str] = {}
    for short, long_names in by_short.items():
        alike = all(_bare(schemas[name]) == _bare(schemas[long_names[0]]) for name in long_names)
        for name in long_names:
            parts = [part for part in name.split("__")[:-1] if part not in ("flows", "models", "functions", "handler", "views")]
            names[name] = short if alike else "".join(part.title().replace("_", "") for part in parts) + short
    return names


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    """What makes a difference: not how it is described, nor whether a fixed value is called a default or a constant."""
    bare = {key: value for key, value in schema.items() if key not in ("description", "title")}
    if "properties" in bare:
        bare["properties"] = {
            name: {key: value for key, value in part.items() if key != "const" or "default" not in part}
            for name, part in bare["properties"].items()
        }
    return bare


def _rename(document: dict[str, Any], names: dict[str, str]) -> None:
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = {names[name]: schema for name, schema in reversed(schemas.items())}

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            target = value.get("$ref")
            if isinstance(target, str) and target.startswith(_REF):
                value["$ref"] = _REF + names.get(target[len(_REF) :], target[len(_REF) :])
            mapping = value.get("mapping")
            if isinstance(mapping, dict):
                for key, target in mapping.items():
                    if isinstance(target, str) and target.startswith(_REF):
                        mapping[key] = _REF + names.get(target[len(_REF) :], target[len(_REF) :])
            for child in value.values():
                visit(child)
        elif isinstance(value, list):
            for child in value:
                visit(child)

    visit(document)


def _simplify(value: Any) -> None:
    """What the generator writes and nobody needs: bounds as floats, titles that repeat a name, defaults that only mean "absent"."""
    if isinstance(value, dict):
        for key, child in list(value.items()):
            if isinstance(child, float) and child.is_integer():
                value[key] = int(child)
            elif key == "title" and isinstance(child, str) and re.fullmatch(r"[A-Z][\w ]*", child):
                del value[key]
            else:
                _simplify(child)
        if "default" in value and (value["default"] is None or (value["default"] == "" and value.get("minLength", 0) > 0)):
            del value["default"]
    elif isinstance(value, list):
        for child in value:
            _simplify(child)
