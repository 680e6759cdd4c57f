"""What every operation of the OpenAPI document has: errors, headers, security, examples; and the frame around them."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from flows.api import openapi_hooks
from flows.api.answer import Raw
from flows.api.declaration import Declared
from flows.errors import (
    Conflict,
    FlowsError,
    Forbidden,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    Unauthorized,
    UnsupportedMediaType,
    ValidationFailed,
)

TITLE = "YourApp API"

_DESCRIPTION = """Create workflows, run them, and connect them to forms, schedules, hooks, credentials, integrations and webhooks.

Every answer is `{"success": true, "data": ..., "meta": ...}` or `{"success": false, "error": {"code", "message", "details"}}`,
and carries `X-Request-Id` and `X-RateLimit-Limit`, `-Remaining` and `-Reset`.
Any POST takes an `Idempotency-Key`: a repeat within 24 hours has no second effect and gets the first answer again."""

_ERRORS: tuple[tuple[type[FlowsError], str, str, Any], ...] = (
    (
        ValidationFailed,
        "Invalid request data; `details` lists every problem.",
        "name: a value is required",
        [{"path": "name", "message": "a value is required", "type": "missing"}],
    ),
    (Unauthorized, "Invalid or missing API key.", "Invalid or missing API key", None),
    (Forbidden, "The key lacks the scope.", "This API key lacks the scope keys:write", {"scope": "keys:write"}),
    (NotFound, "There is no such thing in the account.", "Resource not found", None),
    (Conflict, "It does not go together with what is there.", "This Idempotency-Key was used for another request", None),
    (PayloadTooLarge, "A body over 4 MB.", "The body is larger than 4 MB", {"limit_bytes": 4194304}),
    (
        UnsupportedMediaType,
        "The body is not `application/json`.",
        "The body must be JSON, with the content type application/json",
        None,
    ),
    (
        RateLimited,
        "Too many requests; `Retry-After` says when to come again.",
        "Too many requests: 60 a minute",
        {"limit": 60, "window": "minute", "reset": 1640000000},
    ),
    (FlowsError, "Our fault. Repeat it, with the same Idempotency-Key if it is a POST.", "Server error", None),
)

_HEADERS = {
    "X-Request-Id": ("string", "Names the request when you ask us about it."),
    "X-RateLimit-Limit": ("integer", "Requests that the window has: the minute's, or the day's when fewer are left in that."),
    "X-RateLimit-Remaining": ("integer", "Requests left in the window."),
    "X-RateLimit-Reset": ("integer", "When the window ends, in seconds since 1970."),
}

_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}


def complete(operation: dict[str, Any], route: Declared, example: Mapping[str, Any]) -> None:
    """Add to an operation what its route declares, and an example of its request and its answer."""
    operation["security"] = [] if route.public else [{"ApiKey": [route.scope] if route.scope else []}]
    success = operation["responses"][str(route.status)]
    success["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    content = success.get("content", {}).get("application/json")
    answer = {"data": route.answer_example} if route.answer_example is not None else example.get("answer")
    if content is not None and answer is not None:
        content["example"] = {"success": True, **answer}
    is_raw = Raw in kinds_of(route)
    if is_raw:
        told = {kind: about for kind, about in success.get("content", {}).items() if about.get("schema")}
        success["content"] = {**told, route.produces: _raw_content(route)}
    operation["responses"] |= {str(status): success for status in route.also}
    body = operation.get("requestBody")
    asked = route.request_example if route.request_example is not None else example.get("request")
    if body is not None and asked is not None:
        body["content"]["application/json"]["example"] = asked
    for error in _errors_of(route, body is not None):
        operation["responses"][str(error.status)] = {"$ref": f"#/components/responses/{error.code}"}
    if is_raw and route.produces == "text/html":
        _tell_pages(operation, route)
    operation["responses"] = dict(sorted(operation["responses"].items()))
    if route.method == "POST" and not route.public:
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IdempotencyKey"})
    if route.deprecated is not None:
        operation["x-sunset"] = route.deprecated.sunset.isoformat()


def kinds_of(route: Declared) -> tuple[Any, ...]:
    """What the handler may return: one kind, or the members of a union."""
    return get_args(route.returns) if get_origin(route.returns) in (Union, UnionType) else (route.returns,)


def _raw_content(route: Declared) -> dict[str, Any]:
    return {"schema": {"type": "object"} if route.produces == "application/json" else {"type": "string"}}


def _tell_pages(operation: dict[str, Any], route: Declared) -> None:
    """A page for people tells its failures as pages, and may send them elsewhere."""
    page = {"text/html": {"schema": {"type": "string"}}, "application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for status in operation["responses"]:
        if status != str(route.status):
            operation["responses"][status] = {"description": "A page that says what went wrong.", "content": page}
    if route.path != "/docs":
        operation["responses"]["303"] = {
            "description": "On to another page.",
            "headers": {"Location": {"schema": {"type": "string"}}},
        }
        operation["responses"]["404"] = {"description": "A link that leads nowhere.", "content": page}
        operation["responses"]["410"] = {"description": "A link that has been used or is over.", "content": page}


def frame(made: dict[str, Any]) -> dict[str, Any]:
    """The whole document around the operations."""
    components = made["components"]
    components["schemas"]["Error"] = _error_schema()
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    hooks = openapi_hooks.path_item({error.code: str(error.status) for error, *_ in _ERRORS}, headers)
    paths = dict(sorted({**made["paths"], openapi_hooks.PATH: hooks}.items()))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": "1.0.0",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {"url": "/v1", "description": "The deployment that serves this document"},
            {"url": "https://api.yourapp.com/v1", "description": "Production"},
        ],
        "security": [{"ApiKey": []}],
        "tags": [
            {"name": name} for name in sorted({tag for path in paths.values() for op in path.values() for tag in op["tags"]})
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "ApiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "ya_live_...",
                    "description": "An API key. The names beside it in an operation are the scopes that the key needs.",
                }
            },
            "parameters": {
                "IdempotencyKey": {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "required": False,
                    "description": "Your own name of this request: repeated within 24 hours it has no second effect.",
                    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
                }
            },
            "headers": {
                name: {"description": description, "schema": {"type": kind}} for name, (kind, description) in _HEADERS.items()
            },
            "responses": {error.code: _error_response(error, *told) for error, *told in _ERRORS},
            "schemas": dict(sorted(components["schemas"].items())),
        },
    }


def _errors_of(route: Declared, has_body: bool) -> list[type[FlowsError]]:
    errors: list[type[FlowsError]] = [ValidationFailed, RateLimited, FlowsError]
    if not route.public:
        errors += [Unauthorized, Forbidden]
    if "<" in route.path:
        errors.append(NotFound)
    if has_body:
        errors += [PayloadTooLarge, UnsupportedMediaType]
    if route.method == "POST" and not route.public:
        errors.append(Conflict)
    by_code = {error.code: error for error, *_ in _ERRORS}
    errors += [by_code[code] for code in route.errors]
    return list(dict.fromkeys(errors))


def _error_response(error: type[FlowsError], description: str, message: str, details: Any) -> dict[str, Any]:
    example = {"success": False, "error": {"code": error.code, "message": message, "details": details}}
    headers: dict[str, Any] = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    if error is RateLimited:
        headers |= _RETRY
    return {
        "description": description,
        "headers": headers,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}, "example": example}},
    }


def _error_schema() -> dict[str, Any]:
    codes = [error.code for error, *_ in _ERRORS]
    inner = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string", "enum": codes, "description": "For programs."},
            "message": {"type": "string", "description": "For people."},
            "details": {
                "description": "For VALIDATION_ERROR a list of `{path, message, type}`; else an object by code, or null."
            },
        },
    }
    return {
        "type": "object",
        "description": "Every answer that is not a success.",
        "required": ["success", "error"],
        "properties": {"success": {"type": "boolean", "const": False}, "error": inner},
    }
