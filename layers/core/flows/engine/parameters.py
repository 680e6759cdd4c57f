"""Parameters from what a person wrote to what a node gets: rendered where they are templates, then validated.

The parameter model of a node type is compiled once into a layout: which places hold a bare expression, which are handed over raw,
and which are templates. Data never becomes code: where a bare expression belongs, or a container of such places, only what
was written counts, and a template there is a problem.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from flows import problems
from flows.engine.contract import ExpressionMarker, Parameters, ParametersClass, RawMarker
from flows.engine.results import NodeFailure
from flows.errors import Problem

Render = Callable[[Any, str], Any]
"""Renders a JSON value with templates in it: ``render(value, "headers.x")``; raises NodeFailure."""
AnyParameters = TypeVar("AnyParameters", bound=Parameters)

_LONGEST_SHOWN = 200
_MISPLACED = "must be written out: no expression may give what is itself an expression"


@dataclass(frozen=True)
class _Layout:
    """What stands at a place of the model.

    Args:
        kind: ``expression``, ``raw``, ``template`` (render everything below), or a container that has one of the first two
            in it: ``fields``, ``items``, ``values``.
        fields: of a model, by the names that people write.
        inner: of a list's items or an object's values.
    """

    kind: str
    fields: Mapping[str, _Layout] | None = None
    inner: _Layout | None = None

    def below(self, step: str | int) -> _Layout:
        if self.fields is not None:
            return self.fields.get(str(step), _TEMPLATE)
        return self.inner or _TEMPLATE


_TEMPLATE = _Layout("template")
_CONTAINERS = {"fields": dict, "values": dict, "items": list}


def read(model: type[AnyParameters], raw: Mapping[str, Any], render: Render) -> AnyParameters:
    """The validated parameters of one run of a node.

    Args:
        model: the node type's parameter model.
        raw: the parameters as they were written.
        render: evaluates the templates of a JSON value.

    Raises:
        NodeFailure: ``InvalidParameters``, with ``details`` as a list of ``{path, message, type}``; whatever `render` raises.
    """
    values = _rendered(_layout(model), raw, render, "")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _failure(problems.of(error, values), _written(model, raw)) from None


def misplaced(model: ParametersClass, raw: Any) -> list[Problem]:
    """Templates in written parameters that stand for a bare expression's container: they would make code of data.

    Paths are below the parameters.
    """
    return [Problem(path, _MISPLACED, "template_not_allowed") for path in _misplaced(_layout(model), raw, "")]


def _written(model: ParametersClass, raw: Mapping[str, Any]) -> Mapping[str, str]:
    """The texts with expressions in the parameters, by their paths."""
    from flows.engine.parameter_places import places

    return {place.path: place.value for place in places(model, raw) if place.kind == "template" and "{{" in place.value}


def _failure(found: Sequence[Problem], written: Mapping[str, str] | None = None) -> NodeFailure:
    told = []
    details = []
    for problem in found:
        by = _origin(problem.path, written or {})
        details.append({**problem.as_dict(), **({"expression": by} if by else {})})
        told.append((f"{problem.path}: " if problem.path else "") + problem.message + (f" (given by {by})" if by else ""))
    return NodeFailure("InvalidParameters", "; ".join(told[:5]), details)


def _origin(path: str, written: Mapping[str, str]) -> str | None:
    """The text whose expressions gave the value at a path, or what is around it."""
    for place, text in written.items():
        if path == place or path.startswith((f"{place}.", f"{place}[")):
            return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
    return None


def _rendered(layout: _Layout, raw: Any, render: Render, path: str) -> Any:
    kind = layout.kind
    if kind == "template":
        return render(raw, path)
    if kind in ("expression", "raw"):
        return raw
    if isinstance(raw, str):
        raise _failure([Problem(path, _MISPLACED, "template_not_allowed")])
    if not isinstance(raw, _CONTAINERS[kind]):
        return raw  # told by the model
    if isinstance(raw, list):
        return [_rendered(layout.below(step), value, render, f"{path}[{step}]") for step, value in enumerate(raw)]
    return {step: _rendered(layout.below(step), value, render, f"{path}.{step}" if path else step) for step, value in raw.items()}


def _misplaced(layout: _Layout, raw: Any, path: str) -> Iterator[str]:
    if layout.kind not in _CONTAINERS:
        return
    if isinstance(raw, str):
        if "{{" in raw:  # anything else is told by the model
            yield path
    elif isinstance(raw, _CONTAINERS[layout.kind]):
        for step, value in enumerate(raw) if isinstance(raw, list) else raw.items():
            yield from _misplaced(layout.below(step), value, problems.place(path, [step]))


@cache
def _layout(model: ParametersClass) -> _Layout:
    found = _of_model(model)
    return found if found is not _TEMPLATE else _Layout("fields", fields={})


def _of_model(model: type[BaseModel]) -> _Layout:
    fields = {
        info.alias or name: _of_markers(info.metadata) or _of_type(info.annotation) for name, info in model.model_fields.items()
    }
    # Without anything special in it, the whole is rendered in one go.
    return _Layout("fields", fields=fields) if any(inner is not _TEMPLATE for inner in fields.values()) else _TEMPLATE


def _of_markers(metadata: Sequence[Any]) -> _Layout | None:
    for item in metadata:
        if isinstance(item, ExpressionMarker):
            return _Layout("expression")
        if isinstance(item, RawMarker):
            return _Layout("raw")
    return None


def _of_type(annotation: Any) -> _Layout:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _of_markers(arguments[1:]) or _of_type(arguments[0])
    if origin in (Union, types.UnionType):
        return next((layout for layout in map(_of_type, arguments) if layout is not _TEMPLATE), _TEMPLATE)
    if origin is list:
        return _container("items", _of_type(arguments[0]))
    if origin is dict:
        return _container("values", _of_type(arguments[1]))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _of_model(annotation)
    return _TEMPLATE


def _container(kind: str, inner: _Layout) -> _Layout:
    return _TEMPLATE if inner is _TEMPLATE else _Layout(kind, inner=inner)
