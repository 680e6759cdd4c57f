"""Where the strings of a node's raw parameters stand, and what each is by the node type's model: text with expressions in it,
a bare expression, or something that the engine hands over as it is."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel

from flows.engine.contract import ExpressionMarker, RawMarker
from flows.problems import place

Kind: TypeAlias = Literal["template", "expression", "raw"]


@dataclass(frozen=True)
class Place:
    """One value in the parameters.

    Args:
        path: below the parameters, such as ``cases[0].when``.
        value: a string; for ``raw`` anything.
        kind: ``template``, ``expression`` or ``raw``.
        field: the model's field that it is, or is an item of; "" inside free JSON.
    """

    path: str
    value: Any
    kind: Kind
    field: str


def places(model: type[BaseModel], parameters: Mapping[str, Any]) -> Iterator[Place]:
    """Every string, and every raw value, of the parameters, in their order.

    Args:
        model: the node type's parameter model.
        parameters: as written; they need not be valid.
    """
    yield from _walk(dict(parameters), "", [model], "")


def _walk(value: Any, path: str, annotations: list[Any], field: str) -> Iterator[Place]:
    members = [part for annotation in annotations for part in _members(annotation)]
    if any(isinstance(part, RawMarker) for part in members):
        yield Place(path, value, "raw", field)
    elif isinstance(value, str):
        kind: Kind = "expression" if any(isinstance(part, ExpressionMarker) for part in members) else "template"
        yield Place(path, value, kind, field)
    elif isinstance(value, dict):
        for key, entry in value.items():
            named, inner = _entry(members, key)
            yield from _walk(entry, place(path, [key]), inner, named)
    elif isinstance(value, list):
        inner = [arg for part in members if get_origin(part) in (list, tuple, set, frozenset) for arg in get_args(part)]
        for index, item in enumerate(value):
            yield from _walk(item, place(path, [index]), inner, field)


def _entry(members: list[Any], key: str) -> tuple[str, list[Any]]:
    """The field's name and the annotations of an object's entry."""
    named = ""
    inner: list[Any] = []
    for part in members:
        if isinstance(part, type) and issubclass(part, BaseModel):
            for name, info in part.model_fields.items():
                if key in (name, info.alias):
                    named = name
                    inner += [info.annotation, *info.metadata]
        elif get_origin(part) is dict:
            inner.append(get_args(part)[1])
    return named, inner


def _members(annotation: Any) -> Iterator[Any]:
    """The types and markers that an annotation consists of, with unions and Annotated taken apart."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *markers = get_args(annotation)
        yield from _members(inner)
        yield from markers
    elif origin is Union or isinstance(annotation, types.UnionType):
        for arg in get_args(annotation):
            yield from _members(arg)
    else:
        yield annotation


def bodies(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The graphs inside a node, as ``("body", {nodes, edges})``; a foreach has one, others none."""
    parameters = node.get("parameters")
    if node.get("type") == "foreach" and isinstance(parameters, dict) and "body" in parameters:
        yield "body", parameters["body"]
