"""Types of parameters: lax where people type text, strict where a wrong type hides a mistake.

A rendered template keeps the type of its value, so ``count: "{{ n }}"`` may give 5 or "5". Both are taken for a number, because
forms and query strings give text. A number is taken for a text, as in a subject line. Nothing is taken for a boolean but a
boolean: ``"false"`` as true has cost people money. A boolean, null, a list and an object are neither text nor number.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool
from pydantic_core import PydanticCustomError

from flows import strict_json

Flag = StrictBool


def _number(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("number_type", "must be a number, not null; what its expression names may not be there")
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise PydanticCustomError("number_type", "must be a number, or a text that is one")
    return value


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if value is None:
        raise PydanticCustomError("text_type", "must be a text, not null; what its expression names may not be there")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PydanticCustomError("text_type", "must be a text or a number; $string(...) makes a text of anything else")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)  # JSONata and JavaScript write 5.0 as 5
    return strict_json.dumps(value)


def _line(value: str) -> str:
    if any(char in value for char in "\r\n\0\u2028\u2029"):
        raise PydanticCustomError("one_line", "must be one line")
    return value


Whole = Annotated[int, BeforeValidator(_number)]
"""A whole number, or a text that is one."""
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
"""A number, or a text that is one."""
Text = Annotated[str, BeforeValidator(_text)]
"""A text; a number becomes its text."""
Line = Annotated[Text, AfterValidator(_line)]
"""A text of one line: for what stands in headers."""


CredentialId = Annotated[str, Field(min_length=1, max_length=64)]
"""The id of a credential of the account; that it exists is checked when the definition is written, and when it runs."""
