"""Another account's things are NOT_FOUND, exactly as what never was: for every route of the OpenAPI document that names one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.stack import Api, RunningStack

RANDOM = {
    "workflow_id": "wf_01hzzzzzzzzzzzzzzzzzzzzzz0",
    "execution_id": "exec_01hzzzzzzzzzzzzzzzzzzzzzz0",
    "form_id": "form_01hzzzzzzzzzzzzzzzzzzzzzz0",
    "submission_id": "sub_01hzzzzzzzzzzzzzzzzzzzzzz0",
    "credential_id": "cred_01hzzzzzzzzzzzzzzzzzzzzzz0",
    "integration_id": "int_01hzzzzzzzzzzzzzzzzzzzzzz0",
    "webhook_id": "wh_01hzzzzzzzzzzzzzzzzzzzzzz0",
    "delivery_id": "dlv_01hzzzzzzzzzzzzzzzzzzzzzz0",
    "key_id": "key_01hzzzzzzzzzzzzzzzzzzzzzz0",
    "version": "1",
}
"""An id of each kind that nobody has. A new kind of path parameter without a row fails."""

BODIES: dict[str, Any] = {
    "POST /forms/{form_id}/submissions": {"data": {"email": "user@example.com"}},
    "POST /forms/{form_id}/uploads": {"field": "cv", "name": "cv.pdf", "content_type": "application/pdf", "size": 1},
    "POST /workflows/{workflow_id}/execute": {"input": {}},
    "PATCH /credentials/{credential_id}": {"name": "mine now"},
    "PATCH /forms/{form_id}": {"name": "mine now"},
    "PATCH /webhooks/{webhook_id}": {"events": ["*"]},
    "PATCH /workflows/{workflow_id}": {"name": "mine now"},
    "POST /webhooks/{webhook_id}/redeliver": {"since": "2024-01-01T00:00:00Z"},
}
"""What a route needs to get past its validation, by ``METHOD path``."""


@pytest.fixture(scope="module")
def owned(stack: RunningStack) -> dict[str, str]:
    """One thing of each kind, in an account of its own."""
    _, key = stack.make_account("unlimited", "owner")
    api = stack.api(key)
    workflow = api.post("/workflows", {"name": "Theirs", "nodes": [], "edges": []}).data["id"]
    fields = [{"name": "email", "type": "email", "required": True}]
    form = api.post("/forms", {"name": "Theirs", "fields": fields}).data["id"]
    submission = api.post(f"/forms/{form}/submissions", {"data": {"email": "user@example.com"}}).data["id"]
    credential = api.post("/credentials", {"name": "Theirs", "type": "bearer", "value": "their-secret-token"}).data["id"]
    integration = api.post("/integrations", {"provider": "slack", "credential_id": credential})
    webhook = api.post("/webhooks", {"url": "https://theirs.example.com/hook", "events": ["*"]}).data["id"]
    execution = api.post(f"/workflows/{workflow}/execute", {}).data["execution_id"]
    key_id = api.get("/api-keys").data[0]["id"]
    return {
        **RANDOM,
        "key": key,
        "workflow_id": workflow,
        "execution_id": execution,
        "form_id": form,
        "submission_id": submission,
        "credential_id": credential,
        "integration_id": integration.data["id"] if integration.status == 201 else RANDOM["integration_id"],
        "webhook_id": webhook,
        "key_id": key_id,
    }


def routes(stack: RunningStack) -> list[tuple[str, str]]:
    """Every route with a key that names something in its path."""
    document = stack.anonymous().get("/openapi.json").body
    return [
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if operation["security"] and "{" in path
    ]


def ask(api: Api, method: str, path: str, ids: dict[str, str]) -> tuple[int, str, Any]:
    url = re.sub(r"{(\w+)}", lambda match: ids[match.group(1)], path)
    answer = api(method, url, BODIES.get(f"{method} {path}"))
    return answer.status, answer.error["code"] if answer.status >= 400 else "", answer.body.get("error")


def test_every_foreign_id_is_not_found_and_answers_as_a_random_one(stack: RunningStack, api: Api, owned: dict[str, str]) -> None:
    seen = []
    for method, path in routes(stack):
        foreign = ask(api, method, path, owned)
        random = ask(api, method, path, RANDOM)
        seen.append(f"{method} {path}")
        assert foreign[:2] == (404, "NOT_FOUND"), f"{method} {path}: {foreign}"
        assert foreign == random, f"{method} {path} tells that it exists elsewhere"
    assert len(seen) > 20


def test_nothing_of_it_was_changed_by_the_attempts(stack: RunningStack, owned: dict[str, str]) -> None:
    owner = stack.api(owned["key"])

    assert owner.get(f"/workflows/{owned['workflow_id']}").data["name"] == "Theirs"
    assert owner.get(f"/forms/{owned['form_id']}").data["name"] == "Theirs"
    assert owner.get(f"/credentials/{owned['credential_id']}").data["name"] == "Theirs"
    assert owner.get(f"/webhooks/{owned['webhook_id']}").data["url"] == "https://theirs.example.com/hook"
    assert len(owner.get(f"/forms/{owned['form_id']}/submissions").data) == 1
    assert len(owner.get("/executions").data) == 1


def test_lists_show_nothing_of_others(stack: RunningStack, api: Api, owned: dict[str, str]) -> None:
    for path in ("/workflows", "/forms", "/credentials", "/webhooks", "/executions", "/integrations"):
        answer = api.get(path)
        assert answer.data == [], path
    assert owned["key_id"] not in api.get("/api-keys").text
