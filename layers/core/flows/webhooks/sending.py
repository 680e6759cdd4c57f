"""One attempt over HTTP: what is signed is what is sent, and what comes back is kept within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from flows.aws import clock
from flows.aws.settings import settings
from flows.credentials.masking import Masker
from flows.outgoing import OutgoingClient, OutgoingError, Request, Response, check_url, parse_private_hosts
from flows.webhooks import sealing, signing
from flows.webhooks.records import Delivery, Endpoint
from flows.webhooks.schedule import retry_after

TIMEOUT = 15.0
"""Seconds for everything: name, connection, answer."""

KEPT_BYTES = 2_048
"""Of an answer, after masking."""

_READ_BYTES = 16 * 1024
"""Of an answer: more than is kept, so that a secret which the cut would divide is still seen whole and masked."""


_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Outcome:
    """How an attempt went.

    Args:
        at: when it began.
        succeeded: the answer was 2xx.
        status_code: of the answer; None without one.
        error: what went wrong, in words; None when it succeeded.
        response: the beginning of the answer's body, masked; None without one.
        retry_after: seconds that the receiver asked for.
        timed_out: there was no complete answer in time.
    """

    at: datetime
    succeeded: bool
    status_code: int | None
    latency_ms: int | None
    error: str | None
    response: str | None
    retry_after: float = 0.0
    timed_out: bool = False

    @property
    def gone(self) -> bool:
        return self.status_code == 410

    def attempt(self) -> dict[str, Any]:
        """As it is stored and shown."""
        return {
            "at": clock.iso(self.at),
            "status_code": self.status_code,
            "latency_ms": self.latency_ms,
            "error": self.error,
            "response": self.response,
        }


@dataclass(frozen=True)
class Secrets:
    """An endpoint's secrets, alive for one attempt."""

    signing: tuple[str, ...]
    headers: dict[str, str]

    def masker(self) -> Masker:
        values = list(self.headers.values())
        values += [value.split(" ", 1)[1] for value in values if " " in value]  # what follows "Bearer" is the secret
        keys = [secret.removeprefix(signing.PREFIX) for secret in self.signing]
        return Masker([*self.signing, *keys, *values])


def open_secrets(endpoint: Endpoint, now: datetime) -> Secrets:
    """Decrypt what the attempt needs: the secret, those before it while they sign too, the custom headers.

    Raises:
        flows.credentials.opening.CannotOpen.
    """

    def opened(purpose: str, attribute: Any) -> Any:
        return sealing.opened(endpoint.account_id, endpoint.id, purpose, attribute)

    secrets = [opened("secret", endpoint.secret)]
    secrets += [opened("secret", each.secret) for each in endpoint.previous if clock.iso(now) < each.until]
    return Secrets(tuple(secrets), opened("headers", endpoint.headers) if endpoint.headers else {})


def send(endpoint: Endpoint, delivery: Delivery, body: bytes, secrets: Secrets) -> Outcome:
    """Make an attempt.

    Args:
        endpoint: as it is now.
        delivery: what is delivered.
        body: the bytes; exactly these are signed and sent.
        secrets: of the endpoint.
    """
    begun = clock.now()
    masker = secrets.masker()
    headers = {
        "content-type": "application/json",
        "user-agent": "yourapp-webhooks/1.0",
        **signing.headers(secrets.signing, delivery.event_id, int(begun.timestamp()), body),
    }
    request = Request(
        "POST",
        endpoint.url,
        headers=headers,
        secret_headers=secrets.headers,
        body=body,
        timeout_seconds=TIMEOUT,
        max_bytes=_READ_BYTES,
        cut_body=True,
    )
    try:
        # The client takes http for public hosts too: whether an endpoint may be http is judged here, at each sending.
        check_url(endpoint.url, allowed_private_hosts=_private_hosts(), https_only=True)
        response = _client(settings().allowed_private_hosts).send(request)
    except OutgoingError as error:
        latency = int((clock.now() - begun).total_seconds() * 1000) if error.maybe_sent else None
        return Outcome(begun, False, None, latency, masker.text(error.message), None, timed_out=error.kind == "timeout")
    return _of_response(response, begun, masker)


def _of_response(response: Response, begun: datetime, masker: Masker) -> Outcome:
    succeeded = 200 <= response.status_code < 300
    error = None if succeeded else f"The endpoint answered {response.status_code}; only 2xx counts as received."
    if response.status_code in _REDIRECTS:
        error = f"The endpoint answered {response.status_code}, a redirect, which is not followed: set the final URL."
    return Outcome(
        begun,
        succeeded,
        response.status_code,
        response.elapsed_ms,
        error,
        kept(response.body, masker),
        0.0 if succeeded else retry_after(response.headers.get("retry-after"), clock.now()),
    )


def kept(body: bytes, masker: Masker) -> str:
    """The first 2 KB of an answer as text, with the endpoint's secrets masked before it is cut."""
    text = masker.text(body.decode("utf-8", "replace"))
    return text.encode()[:KEPT_BYTES].decode("utf-8", "ignore")


def _private_hosts() -> frozenset[str]:
    return parse_private_hosts(settings().allowed_private_hosts)


@lru_cache(maxsize=1)
def _client(private_hosts: str) -> OutgoingClient:
    return OutgoingClient(parse_private_hosts(private_hosts))
