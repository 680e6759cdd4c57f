"""Running an action: one executor for all connectors."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from flows import strict_json
from flows.connectors import failures, pages
from flows.connectors.inputs import checked
from flows.connectors.paths import pick
from flows.connectors.request_building import Connection, build, connect, request_to
from flows.connectors.schema import Action, Connector
from flows.credentials.use import OpenCredential
from flows.engine.contract import NodeFailure
from flows.outgoing import OutgoingClient, OutgoingError, Request, Response


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
    connection = connect(connector, call.credential, settings)
    deadline = time.monotonic() + call.seconds

    def left() -> float:
        seconds = min(float(action.timeout_seconds), deadline - time.monotonic())
        if seconds <= 0:
            raise NodeFailure("Timeout", f"{connector.name}: the time of the node is over.", retryable=True)
        return seconds

    request = build(connection, action.request, inputs, timeout_seconds=left(), idempotency_key=call.idempotency_key)
    try:
        answer, body = _exchange(connector, action, call.client, request)
    except NodeFailure as failure:
        # Tokens are revoked, or end earlier than was said. What was refused so had no effect: once more, with a new token.
        if failure.type != "AuthenticationError" or call.credential is None or not call.credential.renew():
            raise
        connection = connect(connector, call.credential, settings)
        request = build(connection, action.request, inputs, timeout_seconds=left(), idempotency_key=call.idempotency_key)
        answer, body = _exchange(connector, action, call.client, request)
    if action.pagination is None or not all_pages:
        return pick(body, action.output) if action.output else body
    items = pages.items_of(action.pagination, body)
    for _ in range(max_pages - 1):
        following = pages.following(action.pagination, inputs, body, answer.headers)
        if following is None:
            break
        if following.url:
            request = _follow(connection, request, urljoin(request.url, following.url), left())
        else:
            inputs = dict(following.inputs)
            request = build(connection, action.request, inputs, timeout_seconds=left())
        answer, body = _exchange(connector, action, call.client, request)
        items += pages.items_of(action.pagination, body)
    return items


def _follow(connection: Connection, request: Request, url: str, seconds: float) -> Request:
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-type"}
    return request_to(connection, "GET", url, headers=headers, timeout_seconds=seconds)


def _exchange(connector: Connector, action: Action, client: OutgoingClient, request: Request) -> tuple[Response, Any]:
    try:
        answer = client.send(request)
    except OutgoingError as error:
        raise failures.of_outgoing(connector, error) from None
    body = decoded(answer, action.response if answer.status_code < 300 else "auto")
    failures.check(connector, answer.status_code, answer.headers, body)
    return answer, body


def decoded(answer: Response, how: str) -> Any:
    """The answer's body: JSON where it is JSON, else text; null when there is none.

    Args:
        answer: the answer.
        how: ``auto``, ``text`` or ``base64``.
    """
    if how == "base64":
        return {
            "content": base64.b64encode(answer.body).decode(),
            "content_type": answer.headers.get("content-type", ""),
            "size": len(answer.body),
        }
    if not answer.body:
        return None
    kind = answer.headers.get("content-type", "").lower()
    if how == "auto" and ("json" in kind or answer.body[:1] in (b"{", b"[")):
        try:
            return strict_json.loads(answer.body)
        except strict_json.JsonError:
            pass  # not what its header says: give the text
    return answer.body.decode("utf-8", "replace")
