"""Starts the workflow with each submission of a form, once the workflow is published.

The output is `{form_id, submission_id, submitted_at, data}`.
"""

from pydantic import Field

from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.results import Outcome


class FormParameters(Parameters):
    form_id: str = Field(description="The form.", min_length=1, max_length=64)


def run(context: NodeContext, parameters: FormParameters) -> Outcome:
    return Outcome(context.input)


_FORM = "form_01hzy3m5n8p2q4r6s8t0v2w4x6"
_SUBMISSION = {
    "form_id": _FORM,
    "submission_id": "sub_01hzy3m5n8p2q4r6s8t0v2w4x6",
    "submitted_at": "2026-03-14T15:09:26.535Z",
    "data": {"email": "ada@example.com"},
}

NODE = NodeType(
    type="form",
    title="Form trigger",
    description="Starts the workflow with each submission of a form.",
    category="trigger",
    parameters=FormParameters,
    run=run,
    trigger=True,
    examples=(Example({"form_id": _FORM}, _SUBMISSION, _SUBMISSION, description="The submission is the output."),),
)
