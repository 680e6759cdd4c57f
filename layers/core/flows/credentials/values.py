"""What a credential of each type holds: its shape, its checks, its hint, and which of its parts are secret.

Messages of these checks never quote what was sent: it may be the secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flows import wording
from flows.credentials.hosts import check_outgoing_url
from flows.errors import Problem, ValidationFailed
from flows.problems import place

CredentialType: TypeAlias = Literal["api_key", "bearer", "basic", "header", "query", "oauth2_client_credentials", "oauth2", "aws"]
Value: TypeAlias = str | dict[str, Any]

MAX_VALUE = 16_384
"""Characters that a secret may have: fits private keys of any usual size, and an item stays far below 400 KB."""

HINT_LENGTH = 4
_SHORTEST_HINTED = 12

_NOT_IN_A_HEADER = re.compile("[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_OWNED_BY_THE_CLIENT = frozenset(
    {"host", "content-length", "connection", "transfer-encoding", "expect", "te", "trailer", "upgrade", "keep-alive"}
)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


def _text(**more: Any) -> Any:
    return Field(min_length=1, max_length=MAX_VALUE, **more)


class Basic(_Shape):
    username: str = Field(max_length=MAX_VALUE)
    password: str = Field(max_length=MAX_VALUE)


class Named(_Shape):
    name: str = _text()
    value: str = _text()


class ClientCredentials(_Shape):
    client_id: str = _text()
    client_secret: str = _text()
    token_url: str = _text()
    scope: str = Field(default="", max_length=4096)
    audience: str = Field(default="", max_length=4096)
    authentication: Literal["header", "body"] = "header"
    """How the client proves itself to the token URL (RFC 6749 section 2.3.1)."""


class RefreshToken(_Shape):
    client_id: str = _text()
    client_secret: str = Field(default="", max_length=MAX_VALUE)
    token_url: str = _text()
    refresh_token: str = Field(default="", max_length=MAX_VALUE)
    access_token: str = Field(default="", max_length=MAX_VALUE)
    expires_at: str = Field(default="", max_length=40)
    scope: str = Field(default="", max_length=4096)
    authentication: Literal["header", "body"] = "body"


class Aws(_Shape):
    access_key_id: str = _text()
    secret_access_key: str = _text()
    session_token: str = Field(default="", max_length=MAX_VALUE)
    region: str = Field(default="us-east-1", pattern=r"^[a-z0-9-]{1,32}$")
    service: str = Field(default="", pattern=r"^[a-z0-9-]{0,40}$")


_SHAPES: Mapping[str, type[_Shape]] = {
    "basic": Basic,
    "header": Named,
    "query": Named,
    "oauth2_client_credentials": ClientCredentials,
    "oauth2": RefreshToken,
    "aws": Aws,
}


def check(type: str, value: Any, *, path: str = "value") -> Value:
    """The value in the form that is stored.

    Args:
        type: the credential's type.
        value: what was sent: a string for ``api_key`` and ``bearer``, an object for the others.

    Raises:
        ValidationFailed: every problem, with paths such as ``value.token_url``.
    """
    shape = _SHAPES.get(type)
    if shape is None:
        return _check_string(type, value, path)
    if not isinstance(value, dict):
        fields = ", ".join(shape.model_fields)
        raise ValidationFailed([Problem(path, f"a credential of type {type} takes an object with: {fields}", "object_expected")])
    try:
        model = shape.model_validate(value)
    except ValidationError as error:
        raise ValidationFailed([_problem(path, part) for part in error.errors(include_input=False, include_url=False)]) from None
    problems = _rules(type, model, path)
    if problems:
        raise ValidationFailed(problems)
    return model.model_dump(exclude_defaults=True)


def secrets(type: str, value: Value) -> tuple[str, ...]:
    """The parts that may never be seen: for masking."""
    if isinstance(value, str):
        return (value,)
    names = {
        "basic": ("password",),
        "header": ("value",),
        "query": ("value",),
        "aws": ("secret_access_key", "session_token"),
    }.get(type, ("client_secret", "refresh_token", "access_token"))
    found = [str(value[name]) for name in names if value.get(name)]
    if type == "header" and " " in found[0]:
        found.append(found[0].split(" ", 1)[1])  # "Token abc": what follows the scheme is the secret
    return tuple(found)


def hint(type: str, value: Value) -> str | None:
    """The end of the secret, so that a person tells two apart: four characters, none of a short secret."""
    if isinstance(value, dict):
        name = {"basic": "password", "header": "value", "query": "value", "aws": "access_key_id"}.get(type, "client_secret")
        text = str(value.get(name) or value.get("refresh_token") or "")
    else:
        text = value
    return text[-HINT_LENGTH:] if len(text) >= _SHORTEST_HINTED else None


def _check_string(type: str, value: Any, path: str) -> str:
    problem = ""
    if not isinstance(value, str):
        problem = f"a credential of type {type} takes a string"
    elif not value.strip():
        problem = "the secret is empty"
    elif len(value) > MAX_VALUE:
        problem = f"the secret has more than {MAX_VALUE} characters"
    elif "\x00" in value or (type == "bearer" and _NOT_IN_A_HEADER.search(value)):
        problem = "the secret holds a character that no HTTP header can carry (a line break, perhaps at its end?)"
    if problem:
        raise ValidationFailed([Problem(path, problem, "invalid_value")])
    return str(value)


def _rules(type: str, model: _Shape, path: str) -> list[Problem]:
    found: list[Problem] = []
    if isinstance(model, Basic):
        if ":" in model.username:
            found.append(Problem(f"{path}.username", "a user name cannot hold a colon (RFC 7617)", "invalid_value"))
        if not model.username and not model.password:
            found.append(Problem(path, "user name and password are both empty", "invalid_value"))
    if isinstance(model, Named) and type == "header":
        if not _HEADER_NAME.fullmatch(model.name) or model.name.lower() in _OWNED_BY_THE_CLIENT:
            found.append(Problem(f"{path}.name", "not the name of a header that can be set", "invalid_value"))
        if _NOT_IN_A_HEADER.search(model.value):
            found.append(Problem(f"{path}.value", "holds a character that no HTTP header can carry", "invalid_value"))
    if isinstance(model, ClientCredentials | RefreshToken):
        wrong = check_outgoing_url(model.token_url)
        if wrong:
            found.append(Problem(f"{path}.token_url", wrong, "invalid_url"))
    if isinstance(model, RefreshToken):
        if not model.refresh_token and not model.access_token:
            found.append(Problem(f"{path}.refresh_token", "a refresh token (or an access token) is needed", "missing"))
        if model.expires_at and not _is_time(model.expires_at):
            found.append(Problem(f"{path}.expires_at", "not an ISO 8601 time", "invalid_time"))
    return found


def _is_time(text: str) -> bool:
    from flows.aws.clock import parse_iso

    try:
        parse_iso(text)
    except ValueError:
        return False
    return True


def _problem(path: str, error: Any) -> Problem:
    kind = str(error["type"])
    return Problem(place(path, error["loc"]), wording.message(kind, str(error["msg"])), wording.kind(kind))
