"""Inbound webhooks: no API key, the address is the secret. Bodies stay bytes, for signatures; answers may go out without envelope."""

from __future__ import annotations

import time
from typing import Any

from flows.api import body, errors, log, public_limit, reply, request, usage
from flows.api.answer import Raw, ok
from flows.api.limits import Standing
from flows.api.reply import Reply
from flows.api.request import Request
from flows.aws.settings import settings
from flows.errors import FlowsError, Forbidden, NotFound, Unauthorized
from flows.triggers import hook_resume, hooks
from flows.triggers.hook_answer import HookAnswer
from flows.triggers.hook_request import HookRequest
from flows.triggers.links import Link

REFUSED_PER_MINUTE = 120
"""Requests of one address that are refused; more are limited. Those that are let in count for the account only: one sender may have many."""


if settings().aws_lambda_function_name:
    usage.warm()


def handler(event: dict[str, Any], _context: Any = None) -> dict[str, Any]:
    """Lambda entry point: ``ANY /hooks/<token>`` and below, as API Gateway's proxy event."""
    begun = time.perf_counter()
    counted = usage.begin()
    now, call, seen = Request("", ""), _Call(), {}
    try:
        now = request.read(event)
        request.enter(now)
        answer = call.answer(now)
    except Exception as error:
        known = _limited(now, errors.as_flows_error(error))
        if known.status >= 500 and not isinstance(error, FlowsError):
            seen = errors.trace(error)
        answer = reply.of_error(known)
    finished = _finish(answer, now, call)
    log.write(
        "hooks",
        finished.status,
        time.perf_counter() - begun,
        counted,
        request_id=now.request_id,
        method=now.method,
        route="ANY /hooks/<token>",
        code=finished.code,
        **call.told,
        **seen,
    )
    return finished.as_event()


class _Call:
    """One request, and what is known of it when its answer is put together."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}
        self.cors: dict[str, str] = {}
        self.standing: Standing | None = None

    def answer(self, now: Request) -> Reply:
        body.check_size(now)
        token, _, rest = now.path.removeprefix("/hooks/").partition("/")
        given = HookRequest(now.method, f"/{rest}", now.headers, now.query, now.body, now.address)
        found = hooks.find(token)
        if isinstance(found, Link):
            self.told = {"account_id": found.account_id, "execution_id": found.execution_id}
            self.standing = public_limit.count_account(found.account_id, "hook")
            return self._reply(hook_resume.resume(found, given))
        trigger = found.trigger
        self.told = {"account_id": trigger.account_id, "workflow_id": trigger.workflow_id}
        self.cors = hooks.allow(found, given)
        if now.method == "OPTIONS":
            return Reply(204, {}, b"")
        self.standing = public_limit.count_account(trigger.account_id, "hook")
        return self._reply(hooks.receive(found, given))

    def _reply(self, answer: HookAnswer) -> Reply:
        self.told["execution_id"] = answer.execution_id
        if answer.body is not None:
            return reply.of_result(Raw(answer.status, answer.headers, answer.body), answer.status)
        return reply.of_result(ok(answer.data, headers=answer.headers, status=answer.status), answer.status)


def _limited(now: Request, error: FlowsError) -> FlowsError:
    """The error itself, or RATE_LIMITED for an address that is refused again and again: tokens and secrets are not to be guessed."""
    if not isinstance(error, NotFound | Unauthorized | Forbidden):
        return error
    try:
        public_limit.count_address(now.address, "hook", REFUSED_PER_MINUTE)
    except FlowsError as limited:
        return limited
    return error


def _finish(answer: Reply, now: Request, call: _Call) -> Reply:
    finished = reply.finish(answer, now, call.standing, None)
    # Which pages may read it is said by the node, not by the stack.
    plain = {name: value for name, value in finished.headers.items() if not name.startswith("Access-Control-")}
    return Reply(finished.status, {**plain, **call.cors}, finished.body, finished.code, finished.is_binary)
