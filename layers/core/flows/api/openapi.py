"""The OpenAPI 3.1 document, made from the declared routes: powertools writes parameters, bodies and schemas, this adds what all share.

Run at build time only (``make openapi``); the API serves the committed copy beside this file.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from pydantic import BaseModel, Field, create_model

from flows import strict_json
from flows.api import openapi_parts, openapi_schemas
from flows.api.answer import Answer
from flows.api.declaration import Declared
from flows.api.lists import CursorQuery, ListQuery, WholeQuery

PACKAGED = Path(__file__).with_name("openapi.json")
"""The committed copy."""


class PageMeta(BaseModel):
    """Where a list stands. By page: page, limit, total. By cursor: limit, next_cursor, has_more. The first answer of a list has all."""

    limit: int = Field(description="Items a page.")
    page: int | None = Field(default=None, description="The page's number.")
    total: int | None = Field(default=None, description="Items in the whole list under the same filters.")
    next_cursor: str | None = Field(default=None, description="Where to go on; null at the end.")
    has_more: bool | None = Field(default=None, description="Whether another page follows.")


def document(routes: Iterable[Declared], examples: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The document of the given routes; hidden ones are left out.

    Args:
        routes: the routes of all functions.
        examples: by operation id ``{"answer": {"data", "meta"}, "request"}``: what a real answer looks like; an example that the
            route declares itself goes first.

    Raises:
        ValueError: two routes with the same operation id, or one without summary or tag.
    """
    shown = sorted((route for route in routes if not route.hidden), key=_order)
    _check(shown)
    resolver = APIGatewayRestResolver(enable_validation=True)
    for route in shown:
        resolver.route(
            route.path,
            route.method,
            summary=route.summary,
            description=route.description or route.summary,
            tags=[route.tag],
            operation_id=route.operation_id,
            responses={route.status: _success(route)},  # type: ignore[dict-item]  # powertools types it more narrowly than it takes
            deprecated=route.deprecated is not None,
        )(_stand_in(route))
    made = strict_json.loads(resolver.get_openapi_json_schema(title=openapi_parts.TITLE, version="1.0.0"))
    openapi_schemas.tidy(made)
    for route in shown:
        operation = made["paths"][openapi_path(route)][route.method.lower()]
        openapi_parts.complete(operation, route, (examples or {}).get(route.operation_id, {}))
    return openapi_parts.frame(made)


def text(made: dict[str, Any]) -> str:
    """The document as it is committed: readable in a review, the same for the same routes."""
    import json

    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def openapi_path(route: Declared) -> str:
    """``/forms/{form_id}``."""
    return route.path.replace("<", "{").replace(">", "}")


def _order(route: Declared) -> tuple[str, str]:
    return openapi_path(route), route.method


def _check(routes: list[Declared]) -> None:
    seen: dict[str, str] = {}
    for route in routes:
        if not route.summary or not route.tag:
            raise ValueError(f"{route.name}: a route has a summary and a tag")
        if route.operation_id in seen:
            raise ValueError(f"{route.name} and {seen[route.operation_id]} have the same operation id {route.operation_id}")
        seen[route.operation_id] = route.name


def _stand_in(route: Declared) -> Any:
    def call(**_: Any) -> None: ...

    call.__signature__ = route.signature  # type: ignore[attr-defined]  # what powertools inspects
    call.__name__ = route.call.__name__
    return call


def _success(route: Declared) -> dict[str, Any]:
    model = _envelope(route)
    if model is None:
        return {"description": route.summary}
    return {"description": route.summary, "content": {"application/json": {"model": model}}}


def _envelope(route: Declared) -> type[BaseModel] | None:
    """The model of the answer; None where only raw answers go out."""
    answers = [kind for kind in openapi_parts.kinds_of(route) if get_origin(kind) is Answer]
    if not answers:
        return None
    (inner,) = get_args(answers[0])
    name = "".join(part.title() for part in route.operation_id.split("_")) + "Answer"
    listed = {
        kind
        for parameter in inspect.signature(route.call).parameters
        if (kind := route.hints[parameter]) in (ListQuery, CursorQuery, WholeQuery)
    }
    meta: dict[str, Any] = {"meta": (PageMeta, ...)} if listed else {}
    return create_model(name, success=(Literal[True], ...), data=(inner, ...), **meta)
