"""powertools' resolver for routes, validation and the OpenAPI document, with our own order of checks around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import OpenAPIRequestValidationMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from flows.api import body, request
from flows.api.declaration import Declared
from flows.api.problems import path_of, problems
from flows.errors import NotFound, Problem, ValidationFailed

Guard = Callable[[Declared], None]


class Validation(OpenAPIRequestValidationMiddleware):
    """powertools' validation of parameters and body, fed with the strictly read body; every problem is told at once."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # powertools leaves it without annotations

    def handler(self, app: Any, next_middleware: NextMiddleware) -> Any:
        found: list[Problem] = list(app.context["problems"])
        told = {problem.path for problem in found}
        try:
            super().handler(app, _stop)  # type: ignore[arg-type]  # its protocol wants a __name__ that is a method
        except RequestValidationError as error:
            found += [each for each in problems(error.errors(), app.context["body"]) if each.path not in told]
        if found:
            raise ValidationFailed(found)
        return next_middleware(app)

    def _get_body(self, app: Any) -> Any:
        return app.context["body"]


def _stop(app: Any) -> Any:
    return app


class Router:
    """The routes of one function.

    Args:
        guard: runs when the route is known and before anything of the request is looked at; raises to refuse.
        act: runs the handler of a route with its validated arguments.
    """

    def __init__(self, guard: Guard, act: Callable[[Declared, dict[str, Any], Any], Any]) -> None:
        self._guard = guard
        self._act = act
        self._declared: dict[Any, Declared] = {}
        # Validation is switched on by our own middleware below, since powertools puts its own before the guard.
        self._resolver = APIGatewayRestResolver(strip_prefixes=["/v1"], debug=False)

        def check(app: Any, next_middleware: NextMiddleware) -> Any:
            # A function, not a bound method: powertools keeps on it what it has found out about its parameters.
            return self._check(app, next_middleware)

        self._resolver.use(middlewares=[check, Validation()])
        self._resolver.exception_handler(Exception)(_raise)
        self._result: Any = None

    def add(self, declared: Declared) -> None:
        """Register a route."""

        def call(**arguments: Any) -> Response[Any]:
            self._result = self._act(declared, arguments, self._resolver.context.get("body"))
            return Response(status_code=200, body="")

        call.__signature__ = declared.signature  # type: ignore[attr-defined]  # what powertools inspects
        call.__name__ = declared.call.__name__
        self._declared[call] = declared
        self._resolver.route(declared.path, declared.method)(call)

    def route(self, event: dict[str, Any]) -> Any:
        """Find the route of an event and run it.

        Raises:
            whatever the guard, validation or the handler raises; NotFound for an unknown route.
        """
        self._result = None
        if event.get("httpMethod") == "HEAD":  # answered as GET, whose body then stays away (RFC 9110 section 9.3.2)
            event = {**event, "httpMethod": "GET"}
        try:
            self._resolver.resolve(event, None)  # type: ignore[arg-type]  # our handlers need no context
            return self._result
        finally:
            self._result = None

    def _check(self, app: Any, next_middleware: NextMiddleware) -> Any:
        declared = self._declared.get(app.context["_route"].func)
        if declared is None:
            raise NotFound("No such route")
        self._guard(declared)
        now = request.current()
        app.append_context(body=self._body(declared, now), problems=_odd_parameters(declared, now))
        return next_middleware(app)

    @staticmethod
    def _body(declared: Declared, now: request.Request) -> dict[str, Any] | None:
        if declared.any_body or now.method in ("GET", "HEAD", "DELETE", "OPTIONS"):
            return None
        value = body.read_json(now)
        if not declared.takes_body:
            body.refuse_fields(value)
        return value


def _odd_parameters(declared: Declared, now: request.Request) -> list[Problem]:
    """Query parameters that the route does not know, or that stand there twice."""
    if declared.any_body:
        return []
    found = []
    for name, values in now.query.items():
        path = path_of(("query", name))
        if name not in declared.query_names:
            found.append(Problem(path, "unknown query parameter", "unknown_parameter"))
        elif len(values) > 1:
            found.append(Problem(path, "stands there more than once", "repeated_parameter"))
    return found


def _raise(error: Exception) -> Response[Any]:
    if isinstance(error, NotFoundError):
        raise NotFound("No such route")
    raise error
