"""Short ways to publish workflows with hooks and to call them."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import requests

from tests.e2e.runs import create, edges, node
from tests.stack import Api

BURST = int(os.environ.get("BURST", "200"))
"""Requests of a burst. 500 hold too, and take two cores five minutes."""


def triggers_of(api: Api, workflow_id: str) -> dict[str, dict[str, Any]]:
    """A workflow's triggers by node id."""
    answer = api.get(f"/workflows/{workflow_id}/triggers")
    assert answer.status == 200, answer.text
    return {trigger["node_id"]: trigger for trigger in answer.data}


def publish_hook(api: Api, *after: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    """A published workflow: a hook, and nodes in a row after it. Its id and its URL."""
    ids = ["hook", *(one["id"] for one in after)]
    row = edges(*(f"{first}>{second}" for first, second in pairwise(ids)))
    workflow_id = create(api, [node("hook", "webhook", **parameters), *after], row)
    url: str = triggers_of(api, workflow_id)["hook"]["url"]
    return workflow_id, url


def call(url: str, body: Any = None, method: str = "POST", seconds: float = 40, **options: Any) -> requests.Response:
    """One request to a hook; anything but bytes is sent as JSON."""
    given = {"data": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
    return requests.request(method, url, timeout=seconds, **given, **options)


def github_signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def executions_of(api: Api, workflow_id: str) -> list[dict[str, Any]]:
    """All executions of a workflow, newest first."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        params = {"limit": 100, "workflow_id": workflow_id, **({"cursor": cursor} if cursor else {})}
        answer = api.get("/executions", params=params)
        assert answer.status == 200, answer.text
        found += answer.data
        cursor = answer.body["meta"].get("next_cursor")
        if not cursor:
            return found


def eventually(look: Callable[[], Any], seconds: float = 60) -> Any:
    """What `look` gives as soon as it is something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)
    return found
