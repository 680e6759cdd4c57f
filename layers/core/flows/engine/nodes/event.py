"""Starts the workflow with events of the account, as `form.submitted` or `workflow.failed`; `workflow.*` and `*` take all of a kind.

A workflow that causes the event that starts it would run for ever: the platform ends such chains after a few rounds.
The output is the event: `{id, type, created_at, data}`.
"""

from typing import Annotated

from pydantic import AfterValidator, Field

from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.results import Outcome


def _known(name: str) -> str:
    from flows.webhooks import subscriptions

    if name not in subscriptions.choices():
        raise ValueError(f"there is no such event; known are {', '.join(subscriptions.choices())}")
    return name


class EventParameters(Parameters):
    events: list[Annotated[str, AfterValidator(_known)]] = Field(
        description="The names of the events.", min_length=1, max_length=50
    )


def run(context: NodeContext, parameters: EventParameters) -> Outcome:
    return Outcome(context.input)


_EVENT = {
    "id": "evt_01hzy3m5n8p2q4r6s8t0v2w4x6",
    "type": "workflow.published",
    "created_at": "2026-03-14T15:09:26.535Z",
    "data": {"workflow_id": "wf_01hzy3m5n8p2q4r6s8t0v2w4x6"},
}

NODE = NodeType(
    type="event",
    title="Event trigger",
    description="Starts the workflow with events of the account.",
    category="trigger",
    parameters=EventParameters,
    run=run,
    trigger=True,
    examples=(Example({"events": ["workflow.published"]}, _EVENT, _EVENT, description="The event is the output."),),
)
