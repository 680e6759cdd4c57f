"""Inbound webhooks in the document. Their function takes any method and any body, so no declared route tells of them."""

from __future__ import annotations

from typing import Any

PATH = "/hooks/{token}"
TAG = "Hooks"
METHODS = ("get", "post", "put", "patch", "delete")

_DESCRIPTION = """The URL of a published workflow's webhook trigger (`GET /workflows/{workflow_id}/triggers` tells it), of its test, or of a run's
`wait_for_webhook` node. The token is the secret: no API key. The trigger says which methods it takes, what a sender has to prove, and when the
answer comes: at once, from the `respond` node (as that says, without the envelope), or when the run ends. What is below the path
(`/hooks/{token}/orders/7`) and any query are handed to the workflow."""

_ERRORS = (
    "VALIDATION_ERROR",
    "UNAUTHORIZED",
    "FORBIDDEN",
    "NOT_FOUND",
    "CONFLICT",
    "PAYLOAD_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "RATE_LIMITED",
)


def path_item(responses: dict[str, str], headers: dict[str, Any]) -> dict[str, Any]:
    """The path, with an operation for each method that a trigger can take.

    Args:
        responses: by an error's code, the status that it has.
        headers: of a successful answer.
    """
    return {method: _operation(method, responses, headers) for method in METHODS}


def _operation(method: str, responses: dict[str, str], headers: dict[str, Any]) -> dict[str, Any]:
    started = {
        "type": "object",
        "required": ["success", "data"],
        "properties": {
            "success": {"type": "boolean", "const": True},
            "data": {
                "type": "object",
                "required": ["execution_id", "status"],
                "properties": {"execution_id": {"type": "string"}, "status": {"type": "string"}},
            },
        },
    }
    example = {"success": True, "data": {"execution_id": "exec_01hmx5j8yq3v7k2n9p4r6s8t0w", "status": "running"}}
    operation: dict[str, Any] = {
        "tags": [TAG],
        "summary": "Call an inbound webhook",
        "description": _DESCRIPTION,
        "operationId": f"call_hook_{method}",
        "security": [],
        "parameters": [
            {
                "name": "token",
                "in": "path",
                "required": True,
                "description": "From the trigger's URL.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 4000},
            }
        ],
        "responses": {
            "200": {
                "description": "What the workflow answers with, or the output of the run that has ended.",
                "content": {"application/json": {"schema": {}}, "*/*": {"schema": {}}},
            },
            "202": {
                "description": "The run has been started, or goes on.",
                "headers": headers,
                "content": {"application/json": {"schema": started, "example": example}},
            },
            **{responses[code]: {"$ref": f"#/components/responses/{code}"} for code in _ERRORS},
            "500": {"$ref": "#/components/responses/INTERNAL_ERROR"},
        },
    }
    if method != "get":
        operation["requestBody"] = {
            "description": "JSON, a form, text or bytes, as the content type says; at most 4 MB.",
            "required": False,
            "content": {"application/json": {"schema": {}, "example": {"email": "user@example.com"}}, "*/*": {"schema": {}}},
        }
    return operation
