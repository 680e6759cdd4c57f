"""Access tokens of OAuth2 credentials: kept encrypted beside the credential, renewed before they expire, by one at a time.

The token's item carries a claim (owner, end). Who gets the claim asks the authorization server; the others go on with the
old token while it lasts, else wait for the new one. A claim that its owner never gave back ends by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.aws import clock, ids, tables
from flows.aws.tables import ConditionFailed, Item
from flows.credentials import repository
from flows.credentials.cipher import Sealed, context_of, seal
from flows.credentials.opening import CannotOpen, unseal
from flows.credentials.token_request import TokenRefused, Tokens, request_tokens
from flows.outgoing import OutgoingClient

CLAIM_SECONDS = 40
"""Longer than a token request may take, with its writes."""

_MARGIN_SECONDS = 60
_UNKNOWN_LIFETIME = 3600
_NEVER = 2**40
_WAIT_SECONDS = 30.0


@dataclass
class TokenSource:
    """The access token of one opened credential.

    Args:
        account_id, credential_id, version: which credential, and which rotation of it.
        value: its decrypted value.
        hosts: its allowed hosts.
        http: makes the outgoing client.
        sleep: waits (tests).
    """

    account_id: str
    credential_id: str
    version: int
    value: Mapping[str, Any] = field(repr=False)
    hosts: frozenset[str]
    http: Callable[[], OutgoingClient]
    sleep: Callable[[float], None] = time.sleep
    seen: list[str] = field(default_factory=list, repr=False)
    """Tokens that passed through this object: for masking."""
    last: str = field(default="", repr=False)
    """The access token that was given out last."""

    def access_token(self, rejected: str = "") -> str:
        """A token that is good now.

        Args:
            rejected: a token that the service has refused although its time is not over: get another.

        Raises:
            TokenRefused.
        """
        waited = 0.0
        while True:
            item = self._read()
            token = self._usable(item, margin=True)
            if token is not None and token != rejected:
                return token
            owner = ids.new_token()
            claimed = self._claim(owner, item if token is not None else None)
            if claimed is not None:
                return self._renew(owner, claimed)
            token = self._usable(item, margin=False)
            if token is not None and token != rejected:
                return token  # someone renews it; this one is still good
            if waited >= _WAIT_SECONDS:
                raise TokenRefused("Another run has been renewing the token for too long.", retryable=True, reason="provider")
            self.sleep(0.2)
            waited += 0.2

    def replaceable(self) -> bool:
        """Whether there may be a way to another token: not for an access token that came without a refresh token."""
        return bool(self.value.get("refresh_token")) or "access_token" not in self.value

    def _read(self) -> Item | None:
        item = tables.get(repository.table(), self.account_id, repository.token_key(self.credential_id), consistent=True)
        return item if item and item.get("version") == self.version else None

    def _usable(self, item: Item | None, *, margin: bool) -> str | None:
        now = clock.epoch()
        if item is not None and "ciphertext" in item:
            if now >= int(item["renew_at" if margin else "expires_at"]):
                return None
            return self._remember(str(self._open(item)["access_token"]))
        given = str(self.value.get("access_token") or "")
        if given and now < self._given_until(margin):
            return self._remember(given)
        return None

    def _given_until(self, margin: bool) -> int:
        """Until when the access token that came with the credential is used."""
        if not self.value.get("refresh_token"):
            return _NEVER  # there is no way to another one: let the provider judge it
        expires = str(self.value.get("expires_at") or "")
        return int(clock.parse_iso(expires).timestamp()) - (_MARGIN_SECONDS if margin else 0) if expires else 0

    def _claim(self, owner: str, rejected: Item | None) -> Item | None:
        """Take the claim unless another holds it, or has renewed the token meanwhile (``rejected``: the item of a refused token)."""
        now = clock.epoch()
        due = "attribute_not_exists(renew_at) OR renew_at <= :now OR #version <> :version"
        values = {":owner": owner, ":until": now + CLAIM_SECONDS, ":now": now, ":version": self.version}
        if rejected is not None:
            due += " OR ciphertext = :rejected"
            values[":rejected"] = rejected["ciphertext"]
        try:
            return tables.update(
                repository.table(),
                self.account_id,
                repository.token_key(self.credential_id),
                "SET claim_owner = :owner, claim_until = :until",
                values,
                names={"#version": "version"},
                condition=f"(attribute_not_exists(claim_until) OR claim_until < :now) AND ({due})",
            )
        except ConditionFailed as error:
            held = error.item or {}
            return held if held.get("claim_owner") == owner else None  # ours after all: its answer was lost

    def _renew(self, owner: str, item: Item) -> str:
        try:
            refresh = str(self.value.get("refresh_token") or "")
            if "ciphertext" in item and item.get("version") == self.version:
                refresh = str(self._open(item).get("refresh_token") or refresh)
            tokens = request_tokens(self.http(), self.value, self._grant(refresh), self.hosts)
        except BaseException:
            self._release(owner)
            raise
        self._store(owner, tokens, refresh)
        return self._remember(tokens.access_token)

    def _grant(self, refresh: str) -> dict[str, str]:
        if refresh:  # without a scope: the same as were granted (RFC 6749 section 6)
            return {"grant_type": "refresh_token", "refresh_token": refresh}
        if "access_token" in self.value or "refresh_token" in self.value:
            raise TokenRefused(
                "The access token is not accepted, and there is no refresh token to get another with.",
                retryable=False,
                reason="credentials",
            )
        wanted = {name: str(self.value.get(name) or "") for name in ("scope", "audience")}
        return {"grant_type": "client_credentials", **wanted}

    def _store(self, owner: str, tokens: Tokens, refresh: str) -> None:
        now = clock.epoch()
        lifetime = tokens.lifetime or _UNKNOWN_LIFETIME
        kept = {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token or refresh}
        self._remember(kept["refresh_token"])
        sealed = seal(context_of(self.account_id, self.credential_id), kept)
        attributes = {
            **sealed.attributes(),
            "version": self.version,
            "expires_at": now + lifetime,
            "renew_at": now + lifetime - min(_MARGIN_SECONDS, lifetime // 2),
        }
        names = {f"#a{index}": name for index, name in enumerate(attributes)}
        values: dict[str, Any] = {f":a{index}": value for index, value in enumerate(attributes.values())}
        expression = "SET " + ", ".join(f"#a{index} = :a{index}" for index in range(len(attributes)))
        try:
            tables.update(
                repository.table(),
                self.account_id,
                repository.token_key(self.credential_id),
                expression + " REMOVE claim_owner, claim_until",
                {**values, ":owner": owner},
                names=names,
                condition="claim_owner = :owner",
                returns="NONE",
            )
        except ConditionFailed:
            return  # the claim had run out, or the credential was deleted: the token serves this call only

    def _release(self, owner: str) -> None:
        try:
            tables.update(
                repository.table(),
                self.account_id,
                repository.token_key(self.credential_id),
                "REMOVE claim_owner, claim_until",
                {":owner": owner},
                condition="claim_owner = :owner",
                returns="NONE",
            )
        except ConditionFailed:
            return  # it had run out and another has it

    def _open(self, item: Item) -> dict[str, Any]:
        try:
            opened: dict[str, Any] = unseal(context_of(self.account_id, self.credential_id), Sealed.of(item))
        except CannotOpen:
            raise TokenRefused("The stored token cannot be opened.", retryable=False, reason="credentials") from None
        self._remember(str(opened.get("refresh_token") or ""))
        return opened

    def _remember(self, token: str) -> str:
        if token and token not in self.seen:
            self.seen.append(token)
        return token
