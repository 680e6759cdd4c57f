"""Waits for people to decide. Each gets a link for yes and one for no, from the run's log, from the event `execution.waiting`, or by an
`email` node before, after which nobody needs an account here. A program may post `{"by", "comment"}` as JSON to a link.

One rejection rejects. `approvals_needed` approvals of different people approve: people are told apart by the name that they give, whatever its
case; one who gives no name counts once. When the time is over the node leaves through `timeout`.

The output is `{decision: "approved"|"rejected"|"timeout", comment, by, decided_at}`, of the answer that decided.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import Field

from flows.aws import clock
from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Text, Whole
from flows.engine.results import Answer, Outcome, Wait
from flows.triggers import links

MAX_SECONDS = 350 * 24 * 3600


class ApprovalParameters(Parameters):
    message: Text = Field("", description="What is to be decided; shown on the page of the link.", max_length=10_000)
    timeout_seconds: Whole = Field(86_400, description="How long it waits; at most 350 days.", ge=1, le=MAX_SECONDS)
    approvals_needed: Whole = Field(1, description="How many different people must approve.", ge=1, le=50)


def run(context: NodeContext, parameters: ApprovalParameters) -> Outcome:
    data = {
        "message": parameters.message,
        "links": {"approve": _link(context, "approve"), "reject": _link(context, "reject")},
        "approvals_needed": parameters.approvals_needed,
    }
    return Outcome(wait=Wait(context.now() + timedelta(seconds=parameters.timeout_seconds), "approval", data))


def resume(context: NodeContext, parameters: ApprovalParameters, answers: Sequence[Answer], timed_out: bool) -> Outcome:
    # Answers count before the time-out: one that arrived in time is not lost to a late wake-up.
    approvers: set[str] = set()
    for answer in answers:
        data = answer.data if answer.kind == "approval" and isinstance(answer.data, Mapping) else {}
        decision = data.get("decision")
        if decision in ("reject", "rejected"):
            return Outcome(_output("rejected", data, answer.at), port="rejected")
        if decision in ("approve", "approved"):
            approvers.add(str(data.get("by") or "").strip().casefold())
            if len(approvers) >= parameters.approvals_needed:
                return Outcome(_output("approved", data, answer.at), port="approved")
    if timed_out:
        return Outcome(_output("timeout", {}, clock.iso(context.now())), port="timeout")
    return Outcome(wait=context.wait or run(context, parameters).wait)


def _output(decision: str, data: Mapping[str, Any], at: str) -> dict[str, Any]:
    return {"decision": decision, "comment": data.get("comment"), "by": data.get("by"), "decided_at": at}


def _link(context: NodeContext, decision: str) -> str:
    token = links.make(context.account_id, context.execution_id, context.scope, context.node_id, decision)
    return context.trigger_url(f"/approvals/{token}")


NODE = NodeType(
    type="approval",
    title="Approval",
    description="Waits for people to decide.",
    category="flow",
    parameters=ApprovalParameters,
    run=run,
    resume=resume,
    ports=("approved", "rejected", "timeout"),
    examples=(
        Example(
            {"message": "Refund {{ amount }} euros?", "timeout_seconds": 3600},
            {"amount": 40},
            {"decision": "approved", "comment": "fine", "by": "Ada", "decided_at": ...},
            port="approved",
            description="Someone follows the link and approves.",
        ),
    ),
)
