"""Running an action: one executor for all connectors."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from flows.connectors import pages
from flows.connectors.inputs import checked
from flows.connectors.paths import pick
from flows.connectors.request_building import Connection, build, request_to
from flows.connectors.schema import Action, Connector
from flows.connectors.session import Session
from flows.credentials.use import OpenCredential
from flows.engine.results import NodeFailure
from flows.outgoing import OutgoingClient, Request


@dataclass(frozen=True)
class Call:
    """What a call of an action is given.

    Args:
        client: the one outgoing client.
        credential: opened, or None.
        seconds: until the node's deadline.
        idempotency_key: the same for every repeat of the node.
    """

    client: OutgoingClient
    credential: OpenCredential | None
    seconds: float
    idempotency_key: str = ""


def run(connector: Connector, action: Action, parameters: Mapping[str, Any], call: Call) -> Any:
    """Run an action.

    Args:
        connector, action: what to run.
        parameters: the action's inputs, and settings of the connector.
        call: client, credential, deadline.

    Returns:
        The action's result: the answer, the part of it that ``output`` names, or with ``all_pages`` the items of all pages.

    Raises:
        NodeFailure: wrong parameters, no answer, or an answer that means failure.
    """
    inputs, settings = checked(connector, action, parameters)
    all_pages, max_pages = bool(inputs.pop("all_pages", False)), int(inputs.pop("max_pages", 10))
    session = Session(connector, call.client, call.credential, settings)
    deadline = time.monotonic() + call.seconds

    def left() -> float:
        seconds = min(float(action.timeout_seconds), deadline - time.monotonic())
        if seconds <= 0:
            raise NodeFailure("Timeout", f"{connector.name}: the time of the node is over.", retryable=True)
        return seconds

    def first(connection: Connection) -> Request:
        return build(connection, action.request, inputs, timeout_seconds=left(), idempotency_key=call.idempotency_key)

    request, answer, body = session.exchange(first, action.response)
    if action.pagination is None or not all_pages:
        return pick(body, action.output) if action.output else body
    items = pages.items_of(action.pagination, body)
    for _ in range(max_pages - 1):
        following = pages.following(action.pagination, inputs, body, answer.headers)
        if following is None:
            break
        inputs = inputs if following.url else dict(following.inputs)
        url = urljoin(request.url, following.url) if following.url else ""

        def page(connection: Connection, url: str = url, inputs: Mapping[str, Any] = inputs, last: Request = request) -> Request:
            if url:
                return _follow(connection, last, url, left())
            return build(connection, action.request, inputs, timeout_seconds=left())

        request, answer, body = session.exchange(page, action.response)
        items += pages.items_of(action.pagination, body)
    return items


def _follow(connection: Connection, request: Request, url: str, seconds: float) -> Request:
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-type"}
    return request_to(connection, "GET", url, headers=headers, timeout_seconds=seconds)
