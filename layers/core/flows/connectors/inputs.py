"""An action's parameters against its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flows.connectors.mapping import as_text
from flows.connectors.schema import Action, Connector
from flows.engine.results import NodeFailure

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")


def checked(connector: Connector, action: Action, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The action's inputs and the connector's settings, told apart; a null input counts as not given unless its schema takes null.

    Raises:
        NodeFailure: ``InvalidParameters`` with every problem in ``details``.
    """
    from jsonschema import Draft202012Validator

    settings = {name: value for name, value in given.items() if name in connector.settings and name not in action.inputs}
    inputs = {
        name: _fitted(value, action.input_schema["properties"].get(name) or {})
        for name, value in given.items()
        if name not in settings and (value is not None or "null" in _types(action.inputs.get(name) or {}))
    }
    problems = [
        {
            "path": ".".join(["parameters", *map(str, error.absolute_path)]),
            "message": _message(error),
            "type": str(error.validator),
        }
        for error in Draft202012Validator(action.input_schema).iter_errors(inputs)
    ]
    if problems:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise NodeFailure("InvalidParameters", f"{first['path']}: {first['message']}{more}", problems)
    return inputs, settings


def _fitted(value: Any, schema: Mapping[str, Any]) -> Any:
    """A text where a number is wanted, and a number where a text is: forms and hooks give one for the other. No more than that."""
    wanted = _types(schema)
    if isinstance(value, str) and "string" not in wanted:
        if "integer" in wanted and _INTEGER.fullmatch(value):
            return int(value)
        if "number" in wanted and _NUMBER.fullmatch(value):
            return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and wanted == ["string"]:
        return as_text(value)
    return value


def _types(schema: Mapping[str, Any]) -> list[str]:
    kind = schema.get("type", "null")  # a schema without a type takes everything
    return kind if isinstance(kind, list) else [kind]


def _message(error: Any) -> str:
    # jsonschema quotes the value, which may be long or private: say what is expected instead.
    if error.validator == "type":
        return f"expected {error.validator_value}"
    if error.validator == "enum":
        return f"expected one of {', '.join(map(str, error.validator_value))}"
    if error.validator in ("required", "additionalProperties"):
        return str(error.message)
    return f"does not meet {error.validator}: {error.validator_value}"
