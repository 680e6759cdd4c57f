"""What pydantic says of a value, in the words of our answers: one voice for every route and every node."""

from __future__ import annotations

import re

_KINDS = {"extra_forbidden": "unknown_field", "value_error": "invalid", "assertion_error": "invalid"}

_SAID = {
    "missing": "a value is required",
    "extra_forbidden": "unknown field",
    "union_tag_invalid": "not one of the known types",
    "union_tag_not_found": "a type is required",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number of fewer digits",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dataclass_type": "must be an object",
}
"""pydantic's own words for these name Python's types, which are not those of who sends JSON."""

_NAMES = {"union_tag_invalid": "unknown_type", "union_tag_not_found": "missing"}

_EMPTY = re.compile(r"(?:String|List|Dictionary|Value) should have at least 1 (?:character|item)\b.*")
_COUNTED = re.compile(r"(?:String|List|Dictionary|Value) should have (at (?:least|most) \d+ \w+)\b.*")


def kind(of: str) -> str:
    """The stable name of a rule, from pydantic's."""
    return _NAMES.get(of) or _KINDS.get(of, of)


def message(of: str, text: str) -> str:
    """What was expected.

    Args:
        of: pydantic's name of the rule.
        text: its message.
    """
    if said := _SAID.get(of):
        return said
    text = text.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if of in ("value_error", "assertion_error"):
        return text
    if _EMPTY.fullmatch(text):
        return "must not be empty"
    if counted := _COUNTED.fullmatch(text):
        return f"must have {counted[1]}"
    text = re.sub(r"^(?:Input|String|List|Dictionary|Value) should ", "must ", text)
    return text[:300]
