"""The events that there are: what each tells, as a JSON Schema (2020-12) and an example.

A test holds what the code emits against these schemas, so that receivers can rely on them. Fields are added, never
taken away or changed in meaning; receivers ignore what they do not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_NUMBER: Schema = {"type": "integer", "minimum": 1}
_TIME: Schema = {"type": "string", "format": "date-time"}
_TIME_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
_ANY: Schema = {"description": 'JSON; `{"$truncated": true, "size": bytes}` where it is too large to be sent.'}


@dataclass(frozen=True)
class EventType:
    """A kind of event.

    Args:
        type: its name, ``<what>.<happened>``.
        description: when it is sent.
        data: JSON Schema of the payload's ``data``.
        example: an example of ``data``.
    """

    type: str
    description: str
    data: Schema
    example: Mapping[str, Any]

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the whole payload."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.type,
            "description": self.description,
            "type": "object",
            "properties": {
                "id": {
                    "type": "string",
                    "pattern": "^evt_[0-9a-z]+$",
                    "description": "The same for every attempt: skip repeats by it.",
                },
                "type": {"const": self.type},
                "created_at": {**_TIME, "description": "When it happened."},
                "data": dict(self.data),
            },
            "required": ["id", "type", "created_at", "data"],
        }

    def payload(self) -> dict[str, Any]:
        """An example of the whole payload."""
        return {
            "id": "evt_01hmx5j8yq3v7k2n9p4r6s8t0w",
            "type": self.type,
            "created_at": "2024-01-20T15:30:05.000Z",
            "data": dict(self.example),
        }


def _object(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}


_RUN: Mapping[str, Schema] = {
    "execution_id": _TEXT,
    "workflow_id": _TEXT,
    "workflow_name": _TEXT,
    "version": _NUMBER,
    "status": _TEXT,
    "trigger": {"type": "object", "properties": {"type": _TEXT}, "required": ["type"]},
    "started_at": _TIME,
    "completed_at": _TIME,
}

_RUN_EXAMPLE: Mapping[str, Any] = {
    "execution_id": "exec_01hmx5j3c8d2e6f0g4h8j2k6m0",
    "workflow_id": "wf_01hmwz7a1b5c9d3e7f1g5h9j3k",
    "workflow_name": "Lead Notification",
    "version": 3,
    "status": "completed",
    "trigger": {"type": "api"},
    "started_at": "2024-01-20T15:30:00.000Z",
    "completed_at": "2024-01-20T15:30:05.000Z",
}

_WORKFLOW: Mapping[str, Schema] = {"workflow_id": _TEXT, "workflow_name": _TEXT}
_WORKFLOW_EXAMPLE: Mapping[str, Any] = {"workflow_id": "wf_01hmwz7a1b5c9d3e7f1g5h9j3k", "workflow_name": "Lead Notification"}

_ERROR: Schema = {
    "type": "object",
    "properties": {"node_id": _TEXT_OR_NULL, "type": _TEXT, "message": _TEXT, "details": _ANY},
    "required": ["type", "message"],
}

WEBHOOK_TEST = "webhook.test"
WEBHOOK_DISABLED = "webhook.disabled"

_TYPES = (
    EventType(
        "workflow.executed",
        "A run of a workflow has completed.",
        _object({**_RUN, "status": {"const": "completed"}}, {"output": _ANY}),
        {**_RUN_EXAMPLE, "output": {"notified": True}},
    ),
    EventType(
        "workflow.failed",
        "A run of a workflow has failed.",
        _object({**_RUN, "status": {"const": "failed"}, "error": _ERROR}),
        {
            **_RUN_EXAMPLE,
            "status": "failed",
            "error": {
                "node_id": "notify",
                "type": "HttpError",
                "message": "The host answered 503.",
                "details": {"status_code": 503},
            },
        },
    ),
    EventType(
        "workflow.cancelled",
        "A run of a workflow was cancelled.",
        _object({**_RUN, "status": {"const": "cancelled"}}, {"error": _ERROR}),
        {**_RUN_EXAMPLE, "status": "cancelled"},
    ),
    EventType(
        "workflow.published",
        "A version of a workflow is in service: triggers start it from now on.",
        _object({**_WORKFLOW, "version": _NUMBER, "published_at": _TIME}),
        {**_WORKFLOW_EXAMPLE, "version": 3, "published_at": "2024-01-20T15:30:05.000Z"},
    ),
    EventType(
        "execution.waiting",
        "A run waits for a person or for a call from outside.",
        _object(
            {
                "execution_id": _TEXT,
                "workflow_id": _TEXT,
                "workflow_name": _TEXT,
                "version": _NUMBER,
                "node_id": _TEXT,
                "scope": {"type": "array", "description": "Where in loops: pairs of a foreach node's id and an index."},
                "kind": {"enum": ["approval", "webhook"]},
                "until": _TIME_OR_NULL,
            },
            {
                "message": _TEXT,
                "links": {
                    "type": "object",
                    "properties": {"approve": _TEXT, "reject": _TEXT},
                    "description": "Of an approval: who follows one decides.",
                },
                "url": {**_TEXT, "description": "Of a wait for a call from outside: what to call."},
            },
        ),
        {
            "execution_id": "exec_01hmx5j3c8d2e6f0g4h8j2k6m0",
            **_WORKFLOW_EXAMPLE,
            "version": 3,
            "node_id": "sign_off",
            "scope": [],
            "kind": "approval",
            "until": "2024-01-21T15:30:05.000Z",
            "message": "Refund 40 EUR?",
            "links": {
                "approve": "https://api.yourapp.com/v1/approvals/kq3v7k2n9p4r6s8t0w",
                "reject": "https://api.yourapp.com/v1/approvals/m1x5y9z3b7c1d5f9g3",
            },
        },
    ),
    EventType(
        "form.submitted",
        "Somebody sent a form.",
        _object(
            {"form_id": _TEXT, "submission_id": _TEXT, "submitted_at": _TIME, "data": {"type": "object"}},
        ),
        {
            "form_id": "form_01hmwz9k3m7p1r5s9t3v7w1x5y",
            "submission_id": "sub_01hmx5j5n9q3r7s1t5v9w3x7y1",
            "submitted_at": "2024-01-20T15:30:05.000Z",
            "data": {"email": "user@example.com", "message": "Hello!"},
        },
    ),
    EventType(
        WEBHOOK_DISABLED,
        "An endpoint was disabled, because it answered 410 or failed for five days. It goes to the account's other endpoints.",
        _object({"webhook_id": _TEXT, "url": _TEXT, "reason": {"enum": ["gone", "failing"]}, "disabled_at": _TIME}),
        {
            "webhook_id": "wh_01hmwzb5c9d3e7f1g5h9j3k7m1",
            "url": "https://yoursite.com/webhook",
            "reason": "failing",
            "disabled_at": "2024-01-20T15:30:05.000Z",
        },
    ),
    EventType(
        WEBHOOK_TEST,
        "A test that `POST /webhooks/:id/test` asked for; sent to that endpoint only.",
        _object({"message": _TEXT, "webhook_id": _TEXT}),
        {"message": "This is a test.", "webhook_id": "wh_01hmwzb5c9d3e7f1g5h9j3k7m1"},
    ),
)

CATALOGUE: Mapping[str, EventType] = {event.type: event for event in _TYPES}
"""Every kind of event by its name."""
