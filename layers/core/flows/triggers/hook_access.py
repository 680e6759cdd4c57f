"""Who may call a hook: its method, its address, and the proof that the sender knows the secret."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flows.aws import clock
from flows.engine.hook_parameters import HookAuthentication
from flows.errors import Forbidden, Unauthorized
from flows.triggers import signatures
from flows.triggers.hook_request import HookRequest
from flows.triggers.signatures import SignatureError


class Refused(Exception):
    """The sender has not proven who it is; ``reason`` is for the workflow's owner."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def told(self) -> Unauthorized:
        """What the sender is told: nothing that would help to forge."""
        return Unauthorized("The request is not authenticated")


def check_address(address: str, allowed: Sequence[str]) -> None:
    """Raises Forbidden for an address that is in none of the networks; no networks: everybody may call."""
    if not allowed:
        return
    try:
        given = ip_address(address)
    except ValueError:
        raise Forbidden("This address may not call the hook") from None
    if isinstance(given, IPv6Address) and given.ipv4_mapped:
        given = given.ipv4_mapped
    if not any(given in ip_network(network, strict=False) for network in allowed):
        raise Forbidden("This address may not call the hook")


def authenticate(account_id: str, rule: HookAuthentication, request: HookRequest) -> frozenset[str]:
    """Check the request's proof.

    Returns:
        names in lower case of the headers that hold the secret itself: nobody else is to see them.

    Raises:
        Refused: no proof, a wrong one, or no secret to check with.
    """
    if rule.type == "none":
        return frozenset()
    secret = _secret(account_id, rule.credential_id)
    try:
        signatures.verify(rule.type, secret, request.headers, request.body, clock.now(), rule.options())
    except SignatureError as error:
        raise Refused(error.reason) from None
    if rule.type == "basic":
        return frozenset({"authorization"})
    if rule.type == "header":
        name = secret.get("name") if isinstance(secret, dict) else rule.header or "X-API-Key"
        return frozenset({str(name).lower()})
    return frozenset()


def _secret(account_id: str, credential_id: str | None) -> Any:
    from flows.credentials import use
    from flows.engine.results import NodeFailure

    if not credential_id:
        raise Refused("no credential is named")
    try:
        return use.open(account_id, credential_id).value()
    except NodeFailure as failure:
        raise Refused(failure.message) from None
