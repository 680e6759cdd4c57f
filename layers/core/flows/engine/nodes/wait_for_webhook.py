"""Waits for an HTTP request to a URL that belongs to this node of this run. The URL is in the run's log and in the event `execution.waiting`;
what must call it gets it from there. The first request that passes the check of `authentication` is taken.

The output is that of `webhook`. When the time is over, the node leaves through `timeout` with its input.
"""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import Field

from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.hook_parameters import HookAuthentication
from flows.engine.parameter_types import Whole
from flows.engine.results import Answer, Outcome, Wait
from flows.triggers import links

MAX_SECONDS = 350 * 24 * 3600


class WaitForWebhookParameters(Parameters):
    timeout_seconds: Whole = Field(86_400, description="How long it waits; at most 350 days.", ge=1, le=MAX_SECONDS)
    authentication: HookAuthentication = Field(default_factory=HookAuthentication, description="Who may call.")


def run(context: NodeContext, parameters: WaitForWebhookParameters) -> Outcome:
    token = links.make(context.account_id, context.execution_id, context.scope, context.node_id, "webhook")
    data = {
        "url": context.trigger_url(f"/hooks/{token}"),
        # Kept here as it was rendered, for the hook's function: which check, and which credential holds the secret.
        "authentication": parameters.authentication.model_dump(exclude_none=True),
    }
    return Outcome(wait=Wait(context.now() + timedelta(seconds=parameters.timeout_seconds), "webhook", data))


def resume(context: NodeContext, parameters: WaitForWebhookParameters, answers: Sequence[Answer], timed_out: bool) -> Outcome:
    for answer in answers:
        if answer.kind == "webhook":
            return Outcome(answer.data)
    if timed_out:
        return Outcome(context.input, port="timeout")
    return Outcome(wait=context.wait or run(context, parameters).wait)


NODE = NodeType(
    type="wait_for_webhook",
    title="Wait for webhook",
    description="Waits for an HTTP request to a URL of its own.",
    category="flow",
    parameters=WaitForWebhookParameters,
    run=run,
    resume=resume,
    ports=("main", "timeout"),
    examples=(
        Example(
            {"timeout_seconds": 3600},
            {"job": 7},
            {"method": "POST", "headers": {}, "query": {}, "body": {"done": True}, "path": "/", "received_at": ...},
            description="The other side calls when it is done.",
        ),
    ),
)
