"""Requests to a service within one run of an action: failures told apart, an access token that is refused renewed once."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows import strict_json
from flows.connectors import failures
from flows.connectors.request_building import Connection, connect
from flows.connectors.schema import Connector
from flows.credentials.use import OpenCredential
from flows.engine.results import NodeFailure
from flows.outgoing import OutgoingClient, OutgoingError, Request, Response


@dataclass
class Session:
    """A connector with a credential, for the requests of one run.

    Args:
        connector: the connector.
        client: the one outgoing client.
        credential: opened, or None.
        settings: settings of the connector that the node gives.

    Raises:
        NodeFailure: see ``request_building.connect``.
    """

    connector: Connector
    client: OutgoingClient
    credential: OpenCredential | None
    settings: Mapping[str, Any]
    _connection: Connection = field(init=False, repr=False)
    _renewed: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._connection = connect(self.connector, self.credential, self.settings)

    def exchange(self, make: Callable[[Connection], Request], how: str = "auto") -> tuple[Request, Response, Any]:
        """Send a request and read its answer.

        Args:
            make: makes the request for a connection; it is called again after a renewal.
            how: how a body is read, see :func:`decoded`.

        Returns:
            The request that was answered, the answer, and its decoded body.

        Raises:
            NodeFailure: no answer, or one that means failure.
        """
        try:
            return self._once(make, how)
        except NodeFailure as failure:
            # Tokens are revoked, or end earlier than was said. What was refused so had no effect: once more, with a new token.
            if failure.type != "AuthenticationError" or self._renewed or self.credential is None or not self.credential.renew():
                raise
        self._renewed = True
        self._connection = connect(self.connector, self.credential, self.settings)
        return self._once(make, how)

    def _once(self, make: Callable[[Connection], Request], how: str) -> tuple[Request, Response, Any]:
        request = make(self._connection)
        try:
            answer = self.client.send(request)
        except OutgoingError as error:
            raise failures.of_outgoing(self.connector, error) from None
        body = decoded(answer, how if answer.status_code < 300 else "auto")
        failures.check(self.connector, answer.status_code, answer.headers, body)
        return request, answer, body


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
