"""The JSON Schema (draft 2020-12) of a workflow's input: checked when it is written, applied when a run starts.

Patterns run in linear time and nothing is ever fetched: both by the validator's options, not by what the schema says.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flows import strict_json
from flows.errors import Problem
from flows.problems import place

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MAX_PROBLEMS = 100
_REFERENCES = ("$ref", "$dynamicRef")
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")


def check(schema: Any, path: str = "input_schema") -> list[Problem]:
    """All that is wrong with a schema.

    Args:
        schema: JSON.
        path: where it stands.
    """
    if not isinstance(schema, dict):
        return [Problem(path, "must be a JSON Schema: an object", "type")]
    found = _foreign(schema, path)
    if found:
        return found
    from jsonschema_rs import ReferencingError, ValidationError

    problems = misfits({"$ref": _DIALECT}, schema, path)
    if problems:
        return [_of_type(problem) for problem in problems]
    try:
        _validator(strict_json.dumps(schema))
    except ValidationError as error:
        return _problems(error, path)
    except (ReferencingError, ValueError):
        return [Problem(path, "a reference leads nowhere, or a pattern is too large", "schema")]
    return []


def misfits(schema: dict[str, Any], value: Any, path: str = "input") -> list[Problem]:
    """What of the value does not fit the schema: at most 100 problems, none of which quotes the value.

    Args:
        schema: one that :func:`check` has passed.
        value: JSON.
        path: where the value stands.
    """
    found: list[Problem] = []
    for error in _validator(strict_json.dumps(schema)).iter_errors(value):
        found += _problems(error, path)
        if len(found) >= _MAX_PROBLEMS:
            break
    return found[:_MAX_PROBLEMS]


@lru_cache(maxsize=64)
def _validator(text: str) -> Validator:
    from jsonschema_rs import Draft202012Validator, RegexOptions

    return Draft202012Validator(
        strict_json.loads(text),
        retriever=_nothing_is_fetched,
        pattern_options=RegexOptions(size_limit=1_000_000, dfa_size_limit=1_000_000),
        mask="the value",
    )


def _nothing_is_fetched(uri: str) -> Any:
    raise ValueError("references to other documents are not followed")


def _problems(error: ValidationError, path: str) -> list[Problem]:
    """What the validator found, in the words of our other answers."""
    rule: Any = error.kind
    kind = type(rule).__name__.rpartition("_")[2].lower()
    where = place(path, list(error.instance_path))
    if kind == "required":
        return [Problem(place(where, [str(rule.property)]), "a value is required", "missing")]
    if kind in ("additionalproperties", "unevaluatedproperties"):
        return [Problem(place(where, [str(name)]), "unknown field", "unknown_field") for name in rule.unexpected]
    if kind in ("anyof", "oneofnotvalid"):
        return [Problem(where, "fits none of the schemas that are possible here", kind)]
    return [Problem(where, error.message[:300], kind)]


def _of_type(problem: Problem) -> Problem:
    """The one alternative of the dialect that people meet: ``type`` is one of seven names, or a list of them."""
    if problem.type != "anyof" or not problem.path.endswith(".type"):
        return problem
    return Problem(problem.path, f"must be one of {', '.join(_TYPES)}, or a list of some of them", "type")


def _foreign(schema: dict[str, Any], path: str) -> list[Problem]:
    """References out of the schema, and another dialect than ours."""
    found: list[Problem] = []
    if str(schema.get("$schema", _DIALECT)).rstrip("#") != _DIALECT:
        found.append(Problem(f"{path}.$schema", f"only {_DIALECT} is understood", "schema"))
    waiting: list[tuple[Any, str]] = [(schema, path)]
    while waiting:
        current, where = waiting.pop()
        entries = current.items() if isinstance(current, dict) else enumerate(current)
        for key, value in entries:
            below = place(where, [key])
            if key in _REFERENCES and isinstance(value, str) and not value.startswith("#"):
                found.append(Problem(below, "must refer into this schema (#...)", "schema"))
            elif isinstance(value, dict | list) and key not in ("const", "enum", "default", "examples"):
                waiting.append((value, below))
    return found
