"""The API of one function: routes by declaration, and everything that every route shares.

    api = Api("forms")

    @api.get("/forms/<form_id>", scope="forms:read", summary="Get form", tag="Forms")
    def get_form(form_id: str) -> Answer[FormView]:
        return ok(service.get(caller().account_id, form_id))

    handler = api.handler

A request goes through: caller -> rate limit (one write; a limited request does nothing else) -> size -> route -> scope -> body as strict JSON ->
parameters and body against the handler's types -> Idempotency-Key -> handler -> envelope -> headers -> one log line.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flows.accounts.plans import plan as plan_of
from flows.api import body, errors, idempotency, identity, limits, log, public_limit, reply, request, usage
from flows.api import caller as callers
from flows.api.declaration import Declared
from flows.api.deprecation import Deprecation
from flows.api.routing import Router
from flows.aws.settings import Settings
from flows.errors import FlowsError

F = TypeVar("F", bound=Callable[..., Any])


class Api:
    """The routes of one function.

    Args:
        name: the function's name, in logs and metrics.
        preflight: answer OPTIONS requests of any path (the routes of other functions send theirs here).
    """

    def __init__(self, name: str, *, preflight: bool = False) -> None:
        self.name = name
        self._preflight = preflight
        self.routes: list[Declared] = []
        self._router = Router(self._guard, self._act)
        self._state = _State()
        if Settings.from_env().aws_lambda_function_name:
            _prepare()

    def get(self, path: str, *, scope: str | None = None, **options: Any) -> Callable[[F], F]:
        return self.route("GET", path, scope=scope, **options)

    def post(self, path: str, *, scope: str | None = None, **options: Any) -> Callable[[F], F]:
        return self.route("POST", path, scope=scope, **options)

    def patch(self, path: str, *, scope: str | None = None, **options: Any) -> Callable[[F], F]:
        return self.route("PATCH", path, scope=scope, **options)

    def put(self, path: str, *, scope: str | None = None, **options: Any) -> Callable[[F], F]:
        return self.route("PUT", path, scope=scope, **options)

    def delete(self, path: str, *, scope: str | None = None, **options: Any) -> Callable[[F], F]:
        return self.route("DELETE", path, scope=scope, **options)

    def route(
        self,
        method: str,
        path: str,
        *,
        scope: str | None = None,
        public: bool = False,
        status: int = 200,
        summary: str = "",
        description: str = "",
        tag: str = "",
        operation_id: str = "",
        deprecated: Deprecation | None = None,
        request_example: Any = None,
        answer_example: Any = None,
        secret_answer: bool = False,
        errors: tuple[str, ...] = (),
        hidden: bool = False,
        limit: str | None = None,
        any_body: bool = False,
        produces: str = "text/html",
        also: tuple[int, ...] = (),
    ) -> Callable[[F], F]:
        """Declare a route; see :class:`flows.api.declaration.Declared` for the arguments.

        Raises:
            ValueError: neither a scope nor public.
        """
        if not public and scope is None and not hidden:
            raise ValueError(f"{method} {path}: a route needs a scope or is public")

        def register(call: F) -> F:
            declared = Declared(
                method,
                path,
                call,
                scope,
                public,
                status,
                summary,
                description or inspect.cleandoc(call.__doc__ or ""),
                tag,
                operation_id or call.__name__,
                deprecated,
                request_example,
                answer_example,
                secret_answer,
                errors,
                hidden,
                limit,
                any_body,
                produces,
                also,
            )
            self.routes.append(declared)
            self._router.add(declared)
            return call

        return register

    def handler(self, event: dict[str, Any], _context: Any = None) -> dict[str, Any]:
        """The Lambda entry point: API Gateway's proxy event to its answer."""
        begun = time.perf_counter()
        self._state = _State()
        counted = usage.begin()
        seen: dict[str, Any] = {}
        try:
            request.enter(request.Request("", ""))
            now = request.read(event)
            request.enter(now)
            if self._preflight and now.method == "OPTIONS":
                return self._finish(reply.of_preflight(now), begun, counted, {})
            if now.authorizer:
                self._admit(now)
            body.check_size(now)
            result = self._router.route(event)
            answer = result if isinstance(result, reply.Reply) else reply.of_result(result, 200)
        except Exception as error:
            known = errors.as_flows_error(error)
            if known.status >= 500:
                seen |= errors.trace(error)
            answer = reply.of_error(known)
        return self._finish(answer, begun, counted, seen)

    def _finish(self, answer: reply.Reply, begun: float, counted: usage.Usage, seen: dict[str, Any]) -> dict[str, Any]:
        now, state = request.current(), self._state
        answer = reply.finish(answer, now, state.standing, state.declared)
        log.write(
            self.name,
            answer.status,
            time.perf_counter() - begun,
            counted,
            request_id=now.request_id,
            account_id=state.account_id,
            key_id=state.key_id,
            route=state.declared.name if state.declared else None,
            method=now.method,
            code=answer.code,
            **seen,
        )
        return answer.as_event()

    def _admit(self, now: request.Request) -> None:
        who = identity.read(now)
        self._state.account_id, self._state.key_id = who.account_id, who.key_id
        callers.enter(who)
        self._state.standing = limits.count(who.account_id, plan_of(who.plan))

    def _guard(self, declared: Declared) -> None:
        now = request.current()
        self._state.declared = declared
        if declared.public:
            if declared.limit and not now.authorizer:
                self._state.standing = public_limit.count_address(now.address, declared.limit)
            return
        who = identity.require(now)
        if declared.scope is not None:
            who.require(declared.scope)

    def _act(self, declared: Declared, arguments: dict[str, Any], read_body: Any) -> Any:
        now = request.current()
        key = idempotency.key_of(now) if now.method == "POST" and not declared.public else None
        if key is None:
            return reply.of_result(declared.invoke(arguments), declared.status)
        who = callers.caller()
        claimed = idempotency.claim(who.account_id, key, now, read_body)
        if isinstance(claimed, idempotency.Stored):
            return reply.of_stored(claimed)
        callers.enter(callers.repeatable(who, claimed.repeatable))
        try:
            answer = reply.of_result(declared.invoke(arguments), declared.status)
        except FlowsError as error:
            answer = reply.of_error(error)
        except BaseException:
            idempotency.settle(claimed, 500, {}, "", keep=False)
            raise
        idempotency.settle(claimed, answer.status, answer.plain_headers(), answer.text(), keep=not declared.secret_answer)
        return reply.replayed(answer) if claimed.again else answer


def _prepare() -> None:
    """Make the client while Lambda starts the worker, which it does at full speed, and not in the first request."""
    usage.warm()


class _State:
    """What is known so far of the request under way."""

    def __init__(self) -> None:
        self.standing: limits.Standing | None = None
        self.declared: Declared | None = None
        self.account_id: str | None = None
        self.key_id: str | None = None
