"""What a request costs: at most three AWS calls a route, the rate limit included."""

from __future__ import annotations

from typing import Any

import pytest
from flows.aws import clients

from .test_forms_handler import ANSWERS, CONTACT, make, request


@pytest.fixture
def calls(aws: None) -> list[str]:
    """Names of the DynamoDB operations since it was last cleared."""
    seen: list[str] = []
    clients.client("dynamodb").meta.events.register("before-call.dynamodb.*", lambda model, **_rest: seen.append(model.name))
    return seen


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/forms", None),
        ("POST", "/forms", CONTACT),
        ("GET", "/forms/{form}", None),
        ("PATCH", "/forms/{form}", {"name": "Second"}),
        ("GET", "/forms/{form}/versions", None),
        ("GET", "/forms/{form}/versions/1", None),
        ("POST", "/forms/{form}/submissions", ANSWERS),
        ("GET", "/forms/{form}/submissions", None),
        ("GET", "/forms/{form}/submissions?format=csv", None),
        ("GET", "/forms/{form}/submissions/{sub}", None),
        ("DELETE", "/forms/{form}/submissions/{sub}", None),
        ("DELETE", "/forms/{empty}", None),
    ],
)
def test_a_request_makes_at_most_three_calls(calls: list[str], method: str, path: str, body: Any) -> None:
    form_id, empty = make(), make()
    sent = request("POST", f"/forms/{form_id}/submissions", ANSWERS).json["data"]["id"]
    calls.clear()

    answer = request(method, path.format(form=form_id, sub=sent, empty=empty), body)

    assert answer.status in (200, 201), answer.text
    assert len(calls) <= 3, calls
