"""A request at the URL of a ``wait_for_webhook`` node: the first that passes its check lets the run go on."""

from __future__ import annotations

from flows.engine.hook_parameters import HookAuthentication
from flows.errors import Conflict, NotFound
from flows.executions import service as executions
from flows.triggers import hook_access
from flows.triggers.hook_access import Refused
from flows.triggers.hook_answer import HookAnswer, accepted
from flows.triggers.hook_request import HookRequest, output_of
from flows.triggers.links import Link
from flows.triggers.waiting import waits_with

METHODS = ("POST", "PUT", "PATCH", "GET", "DELETE")


def resume(link: Link, request: HookRequest) -> HookAnswer:
    """Give the waiting node its answer. A repeat changes nothing.

    Raises:
        NotFound: not a method that is taken (a HEAD request is a scanner's).
        Conflict: the node does not wait.
        Unauthorized: the sender has not proven who it is.
        ValidationFailed: the body is not what its content type says.
    """
    if request.method not in METHODS:
        raise NotFound("The hook does not take this method", {"methods": list(METHODS)})
    data = waits_with(link)
    if data is None:
        raise Conflict("Nothing waits for this request: it has been answered, has timed out, or the execution has ended")
    rule = HookAuthentication.model_validate(data.get("authentication") or {})
    try:
        secret_headers = hook_access.authenticate(link.account_id, rule, request)
    except Refused as refused:
        raise refused.told() from None
    output = output_of(request, secret_headers)
    # One id for all: the first request is the answer, and a second one that comes before the run has gone on counts for nothing.
    taken = executions.answer(
        link.account_id, link.execution_id, link.scope, link.node_id, "webhook", output, "webhook", at_once=False
    )
    return accepted(link.execution_id, "running", is_repeat=not taken)
