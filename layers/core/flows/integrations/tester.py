"""Testing a connection: one harmless request to the service, with the credential. The one part of the API that decrypts."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Literal

from flows.aws import clock, ids
from flows.aws.settings import settings
from flows.aws.tables import Item, Write
from flows.connectors import catalog, failures
from flows.connectors.request_building import build, connect
from flows.connectors.schema import Connector
from flows.connectors.session import decoded
from flows.credentials import use
from flows.credentials.masking import masker_of
from flows.engine.results import NodeFailure
from flows.errors import NotFound
from flows.integrations import repository
from flows.integrations.models import TestResult
from flows.outgoing import OutgoingClient, OutgoingError, parse_private_hosts

_TIMEOUT_SECONDS = 10.0

Reason = Literal["ok", "credentials", "unreachable", "rate_limited", "provider_error", "configuration"]


@dataclass(frozen=True)
class _Verdict:
    reason: Reason
    message: str
    status_code: int | None = None
    refused: bool = False
    """Whether the service takes the credential for none, as a revoked access token is."""


def try_out(account_id: str, integration_id: str, client: OutgoingClient | None = None) -> TestResult:
    """Call the service's test endpoint and keep the outcome as the integration's status.

    Args:
        account_id, integration_id: which connection.
        client: the outgoing client (default: a new one).

    Returns:
        The outcome; ``reason`` tells wrong credentials, an unreachable host and a rate limit apart. A rate limit says nothing about
        the connection: it leaves the status as it is.

    Raises:
        NotFound.
    """
    item, held = _read(account_id, integration_id) if ids.is_id("int", integration_id) else (None, None)
    if item is None:
        raise NotFound("Integration not found")
    client = client or OutgoingClient(parse_private_hosts(settings().allowed_private_hosts))
    connector = catalog.find(str(item["provider"]))
    opened: list[use.OpenCredential] = []
    begun = time.perf_counter()
    if connector is None:
        verdict = _Verdict("configuration", "This connector is no longer offered.")
    else:
        try:
            verdict = _judge(connector, account_id, item, held, client, opened)
        except NodeFailure as failure:
            verdict = _of_failure(connector, failure)
    latency = int((time.perf_counter() - begun) * 1000)
    _keep(account_id, item, verdict, [use.noted(account_id, one.id) for one in opened])
    message = masker_of(opened).text(verdict.message)
    return TestResult(
        ok=verdict.reason == "ok", status_code=verdict.status_code, latency_ms=latency, message=message, reason=verdict.reason
    )


def _read(account_id: str, integration_id: str) -> tuple[Item | None, Item | None]:
    """The integration and, where this process knows which it is, its credential's item: one call."""
    known = repository.remembered_credential(account_id, integration_id)
    if known is None:
        return repository.get(account_id, integration_id), None
    held, item = use.read_with(account_id, known, repository.key(integration_id))
    return item, held


def _judge(
    connector: Connector,
    account_id: str,
    item: Item,
    held: Item | None,
    client: OutgoingClient,
    opened: list[use.OpenCredential],
) -> _Verdict:
    credential = None
    if item.get("credential_id"):
        named = str(item["credential_id"])
        right = held if held and held["id"] == named else None
        credential = use.open(account_id, named, lambda: client, note=False, item=right)
        opened.append(credential)
    verdict = _ask(connector, credential, client)
    if verdict.refused and credential is not None and credential.renew():  # a token that was revoked says nothing of the rest
        verdict = _ask(connector, credential, client)
    return verdict


def _ask(connector: Connector, credential: use.OpenCredential | None, client: OutgoingClient) -> _Verdict:
    connection = connect(connector, credential, {})
    request = build(connection, connector.test.request, {}, timeout_seconds=_TIMEOUT_SECONDS)
    try:
        answer = client.send(request)
    except OutgoingError as error:
        reason: Reason = "configuration" if error.kind in ("blocked", "invalid_url", "bad_request") else "unreachable"
        return _Verdict(reason, f"{connector.name} cannot be reached: {error.message}")
    if answer.status_code in connector.test.ok_status:
        return _Verdict("ok", f"{connector.name} answers and takes the credential.", answer.status_code)
    try:
        failures.check(connector, answer.status_code, answer.headers, decoded(answer, "auto"))
    except NodeFailure as failure:
        return replace(_of_failure(connector, failure, answer.status_code), refused=failure.type == "AuthenticationError")
    return _Verdict("ok", f"{connector.name} answers and takes the credential.", answer.status_code)


def _of_failure(connector: Connector, failure: NodeFailure, status: int | None = None) -> _Verdict:
    if failure.type == "RateLimited":
        return _Verdict("rate_limited", failure.message, status)
    if failure.type == "AuthenticationError" or status == 403:
        return _Verdict("credentials", failure.message, status)
    if failure.type == "CredentialError":
        reason = (failure.details or {}).get("reason", "credentials")
        return _Verdict({"provider": "provider_error"}.get(reason, reason), failure.message, status)
    if failure.type == "InvalidParameters":
        return _Verdict("configuration", failure.message, status)
    return _Verdict("provider_error", failure.message or f"{connector.name} failed.", status)


def _keep(account_id: str, item: dict[str, Any], verdict: _Verdict, also: list[Write]) -> None:
    changes: dict[str, Any] = {"last_tested_at": clock.now_iso()}
    if verdict.reason != "rate_limited":
        changes["status"] = "connected" if verdict.reason == "ok" else "error"
    repository.set_status(account_id, str(item["id"]), changes, also)
