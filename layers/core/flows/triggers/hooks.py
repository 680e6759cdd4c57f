"""Requests at ``/hooks/<token>``: which node they are for, whether they may start it, and what their senders get.

Three kinds of tokens: the random one of a published ``webhook`` trigger (its URL stays, whatever is published), the signed one of a draft's
trigger, for tests, and the signed one of a run's ``wait_for_webhook`` node.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flows import strict_json
from flows.engine.expressions import ExpressionError, evaluate
from flows.engine.nodes.webhook import WebhookParameters
from flows.errors import NotFound
from flows.executions.service import Started
from flows.triggers import hook_access, hook_answer, hook_cors, hook_once, index, links, standing, starts
from flows.triggers.hook_access import Refused
from flows.triggers.hook_answer import HookAnswer
from flows.triggers.hook_request import HookRequest, output_of
from flows.triggers.links import Link
from flows.triggers.starts import Trigger
from flows.workflows import pinning
from flows.workflows.pinning import Pinned
from flows.workflows.trigger_nodes import trigger_nodes

TEST = "test"
"""The decision of a draft's test link."""


@dataclass(frozen=True)
class Hook:
    """A webhook trigger that a token stands for.

    Args:
        trigger: the node and the version that it runs.
        parameters: of the node.
        pinned: the workflow, when it has been read already.
        is_test: a draft's.
    """

    trigger: Trigger
    parameters: WebhookParameters
    pinned: Pinned | None = None
    is_test: bool = False


def find(token: str) -> Hook | Link:
    """What the token stands for: a trigger, or a node of a run that waits.

    Raises:
        NotFound: nothing, or no longer.
    """
    if "." not in token:
        item = index.hook(token)
        if item is None:
            raise NotFound("No such hook")
        trigger = Trigger(item["account_id"], item["workflow_id"], item["node_id"], item["version"], "webhook")
        return Hook(trigger, _parameters(item["parameters"]), index.pinned_of(item))
    link = links.verify(token)
    if link is not None and link.decision == "webhook":
        return link
    if link is not None and link.decision == TEST:
        return _draft(link)
    raise NotFound("No such hook")


def test_token(account_id: str, workflow_id: str, node_id: str) -> str:
    """The token of a draft's trigger: always the same, and nothing is stored for it."""
    return links.make(account_id, workflow_id, (), node_id, TEST)


def receive(hook: Hook, request: HookRequest) -> HookAnswer:
    """Start the hook's workflow with a request.

    Raises:
        NotFound: not a method of the hook, or the workflow was taken out of service a moment ago.
        Forbidden, Unauthorized: the sender may not call it.
        ValidationFailed: the body is not what its content type says.
        FlowsError: the run that the sender waited for failed.
    """
    trigger, parameters = hook.trigger, hook.parameters
    if request.method not in parameters.methods:
        raise NotFound("The hook does not take this method", {"methods": list(parameters.methods)})
    hook_access.check_address(request.address, parameters.allowed_ips)
    try:
        secret_headers = hook_access.authenticate(trigger.account_id, parameters.authentication, request)
    except Refused as refused:
        standing.note_error(trigger.account_id, trigger.workflow_id, trigger.node_id, f"A request was refused: {refused.reason}")
        raise refused.told() from None
    output = output_of(request, secret_headers)
    claim = _claim(hook, output)
    told = {"draft": True} if hook.is_test else {}
    if claim is None:
        started = starts.start(trigger, output, told=told, pinned=hook.pinned)
    else:
        started = starts.start(trigger, output, execution_id=claim.execution_id, at=claim.at, told=told, pinned=hook.pinned)
    if started is None:
        raise NotFound("No such hook")
    return _answer(hook, started, claim is not None and claim.is_repeat)


def allow(hook: Hook, request: HookRequest) -> dict[str, str]:
    """CORS headers of an answer, or of the answer to a preflight."""
    make = hook_cors.preflight if request.method == "OPTIONS" else hook_cors.headers
    return make(hook.parameters, request)


def _answer(hook: Hook, started: Started, is_repeat: bool) -> HookAnswer:
    respond = hook.parameters.respond
    if respond == "immediately":
        return hook_answer.accepted(started.execution_id, started.status, is_repeat=is_repeat)
    return hook_answer.when_known(hook.trigger.account_id, started.execution_id, or_responded=respond == "respond_node")


def _claim(hook: Hook, output: dict[str, Any]) -> hook_once.Claim | None:
    """None where every request is one of its own: nothing to compare by, or the request lacks it."""
    expression = hook.parameters.deduplicate_by
    if not expression:
        return None
    trigger = hook.trigger
    try:
        value = evaluate(expression, output, {"input": output})
    except ExpressionError as error:
        # To start twice is the smaller loss: a request that is dropped is gone.
        standing.note_error(trigger.account_id, trigger.workflow_id, trigger.node_id, f"deduplicate_by: {error}")
        return None
    return None if value is None else hook_once.claim(trigger, value)


def _draft(link: Link) -> Hook:
    workflow = pinning.pinned(link.account_id, link.execution_id)
    definition = pinning.load(link.account_id, workflow.workflow_id, workflow.latest_version).definition
    for node in trigger_nodes(definition):
        if node["id"] == link.node_id and node["type"] == "webhook":
            trigger = Trigger(link.account_id, workflow.workflow_id, link.node_id, workflow.latest_version, "webhook")
            return Hook(trigger, _parameters(strict_json.dumps(node.get("parameters") or {})), workflow, is_test=True)
    raise NotFound("No such hook")


@lru_cache(maxsize=256)
def _parameters(text: str) -> WebhookParameters:
    return WebhookParameters.model_validate(strict_json.loads(text))
