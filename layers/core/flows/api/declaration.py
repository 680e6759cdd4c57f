"""A route as it is declared: what the document tells of it, and the signature that powertools validates by."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any, get_type_hints

from flows.api.deprecation import Deprecation


@dataclass(frozen=True)
class Declared:
    """A route.

    Args:
        method: in capitals.
        path: as ``/forms/<form_id>``.
        call: the handler.
        scope: what the key must have, or None.
        public: needs no key.
        status: of a successful answer.
        summary, description, tag, operation_id: for the document.
        deprecated: when the route goes away.
        request_example, answer_example: for the document.
        secret_answer: the answer holds a secret, so it is never stored for its Idempotency-Key.
        errors: codes beside the usual ones, such as ``CONFLICT``.
        hidden: not in the document (preflight, the answer to unknown paths).
        limit: what public requests are counted as; None: not counted.
        any_body: the handler reads the raw body itself.
        produces: the content type of what goes out without the envelope (``Raw``).
        also: further statuses of a successful answer (``Answer.status``).
    """

    method: str
    path: str
    call: Callable[..., Any]
    scope: str | None
    public: bool = False
    status: int = 200
    summary: str = ""
    description: str = ""
    tag: str = ""
    operation_id: str = ""
    deprecated: Deprecation | None = None
    request_example: Any = None
    answer_example: Any = None
    secret_answer: bool = False
    errors: tuple[str, ...] = ()
    hidden: bool = False
    limit: str | None = None
    any_body: bool = False
    produces: str = "text/html"
    also: tuple[int, ...] = ()
    _groups: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> str:
        """``GET /forms/<form_id>``: in logs and tables of access."""
        return f"{self.method} {self.path}"

    @cached_property
    def hints(self) -> Mapping[str, Any]:
        """The handler's annotations, evaluated."""
        return get_type_hints(self.call, include_extras=True)

    @property
    def returns(self) -> Any:
        return self.hints.get("return")

    @cached_property
    def takes_body(self) -> bool:
        return "body" in self.hints

    @cached_property
    def query_names(self) -> frozenset[str]:
        """The query parameters that the route knows."""
        from aws_lambda_powertools.event_handler.openapi.params import Header

        known = set()
        for name, parameter in self.signature.parameters.items():
            extras = getattr(parameter.annotation, "__metadata__", ())
            if name == "body" or f"<{name}>" in self.path or any(isinstance(extra, Header) for extra in extras):
                continue
            alias = next((extra.alias for extra in extras if getattr(extra, "alias", None)), None)
            known.add(alias or name)
        return frozenset(known)

    @cached_property
    def signature(self) -> inspect.Signature:
        """The handler's parameters; a dataclass of query parameters (``ListQuery``) is taken apart into its fields."""
        parameters = []
        for name, parameter in inspect.signature(self.call).parameters.items():
            kind = self.hints[name]
            if is_dataclass(kind) and isinstance(kind, type):
                types = get_type_hints(kind, include_extras=True)
                parameters += [
                    inspect.Parameter(
                        part.name, inspect.Parameter.KEYWORD_ONLY, default=part.default, annotation=types[part.name]
                    )
                    for part in fields(kind)
                ]
            else:
                parameters.append(parameter.replace(annotation=kind, kind=inspect.Parameter.KEYWORD_ONLY))
        return inspect.Signature(parameters)

    def invoke(self, arguments: dict[str, Any]) -> Any:
        """Call the handler with validated arguments, its dataclass of query parameters put together again."""
        for name, kind, parts in self._taken_apart:
            arguments[name] = kind(**{part: arguments.pop(part) for part in parts})
        return self.call(**arguments)

    @cached_property
    def _taken_apart(self) -> list[tuple[str, type[Any], list[str]]]:
        """The handler's dataclasses of query parameters: name, class, fields."""
        return [
            (name, kind, [part.name for part in fields(kind)])
            for name in inspect.signature(self.call).parameters
            if is_dataclass(kind := self.hints[name]) and isinstance(kind, type)
        ]
