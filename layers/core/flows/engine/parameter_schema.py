"""The JSON Schema of a node type's parameters, as people may write them: a template wherever a value may come from one."""

from __future__ import annotations

from typing import Any

from flows.engine.contract import NodeType

TEMPLATE = {
    "type": "string",
    "pattern": r"\{\{[\s\S]*\}\}",
    "description": "A text with {{ expressions }}; one that is a single expression keeps the type of its value.",
}
_OUTER = ("title", "description", "default")
_CONSTRAINTS = ("pattern", "enum", "const", "format", "minLength", "maxLength")


def plain_schema(node_type: NodeType) -> dict[str, Any]:
    """The schema of the parameters as the node gets them."""
    return node_type.parameters.model_json_schema(by_alias=True)


def written_schema(node_type: NodeType) -> dict[str, Any]:
    """The schema of the parameters as they may be written (JSON Schema 2020-12).

    Bare expressions have ``"format": "jsonata"``. A trigger's parameters are fixed before there is any data, so no template
    stands in them.
    """
    schema = plain_schema(node_type)
    if node_type.trigger:
        return schema
    definitions = schema.get("$defs", {})
    _open_below(schema, definitions)
    for definition in definitions.values():
        _open_below(definition, definitions)
    if '"#/$defs/Template"' in str(schema).replace("'", '"'):
        schema.setdefault("$defs", {})["Template"] = TEMPLATE
    return schema


def _open_below(schema: dict[str, Any], definitions: dict[str, Any]) -> None:
    """Let templates stand for what is in an object, a list, or one of several forms."""
    properties = schema.get("properties")
    if isinstance(properties, dict):
        for name, inner in properties.items():
            properties[name] = _opened(inner, definitions)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            schema[key] = _opened(schema[key], definitions)


def _opened(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if _is_raw(schema):
        return schema
    forms = schema.get("anyOf")
    for form in forms if isinstance(forms, list) else [schema]:
        _open_below(form, definitions)
    if _takes_any_text(schema) or _holds_expression(schema, definitions, frozenset()):
        return schema
    template = {"$ref": "#/$defs/Template"}
    if isinstance(forms, list):
        return {**schema, "anyOf": [*forms, template]}
    inner = {name: value for name, value in schema.items() if name not in _OUTER}
    return {"anyOf": [inner, template], **{name: schema[name] for name in _OUTER if name in schema}}


def _takes_any_text(schema: dict[str, Any]) -> bool:
    if "anyOf" in schema:
        return any(_takes_any_text(form) for form in schema["anyOf"])
    if "$ref" in schema or "enum" in schema or "const" in schema:
        return False
    return schema.get("type") in (None, "string") and not any(name in schema for name in _CONSTRAINTS)


def _is_raw(schema: dict[str, Any]) -> bool:
    return schema.get("x-raw") is True


def _holds_expression(schema: Any, definitions: dict[str, Any], seen: frozenset[str]) -> bool:
    """Whether a bare expression stands in it: then no template may give the whole."""
    if isinstance(schema, list):
        return any(_holds_expression(item, definitions, seen) for item in schema)
    if not isinstance(schema, dict):
        return False
    if schema.get("format") == "jsonata":
        return True
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name and name not in seen and _holds_expression(definitions.get(name), definitions, seen | {name}):
        return True
    return any(_holds_expression(value, definitions, seen) for key, value in schema.items() if key not in ("default", "examples"))
