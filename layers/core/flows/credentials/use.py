"""Opening a credential: the one door to its value, for the node runner and the integration tester."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from flows.aws import clock, ids
from flows.aws.settings import settings
from flows.aws.tables import Item, Write
from flows.credentials import repository, values
from flows.credentials.cipher import Sealed, context_of
from flows.credentials.opening import CannotOpen, unseal
from flows.credentials.token_request import TokenRefused
from flows.credentials.tokens import TokenSource
from flows.engine.results import NodeFailure
from flows.outgoing import OutgoingClient, parse_private_hosts

_USED_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class OpenCredential:
    """A decrypted credential (``flows.engine.contract.Credential``), alive for one call. Its text form holds no secret.

    Args:
        id, type: as stored.
        allowed_hosts: where it may be sent; empty: every public host.
        connectors: by connector, the settings that its integration gave (a subdomain, a base URL).
    """

    id: str
    type: str
    allowed_hosts: frozenset[str]
    connectors: Mapping[str, Mapping[str, str]]
    _value: values.Value = field(repr=False)
    _tokens: TokenSource | None = field(default=None, repr=False)

    def value(self) -> Any:
        """The secret: a string, or an object by type."""
        return self._value

    def text(self) -> str:
        """The secret as one string: of ``api_key`` and ``bearer`` the value, of the OAuth types an access token, else ""."""
        if self._tokens is not None:
            return self._access_token()
        return self._value if isinstance(self._value, str) else str(self._value.get("value") or "")

    def secret_headers(self) -> dict[str, str]:
        """Headers that authenticate an HTTP request.

        Raises:
            NodeFailure: the access token cannot be had.
        """
        value = self._value
        if isinstance(value, str):
            return {"X-API-Key": value} if self.type == "api_key" else {"Authorization": f"Bearer {value}"}
        if self.type == "basic":
            return {"Authorization": "Basic " + _pair(value.get("username", ""), value.get("password", ""))}
        if self.type == "header":
            return {value["name"]: value["value"]}
        if self._tokens is not None:
            return {"Authorization": f"Bearer {self._access_token()}"}
        return {}

    def secret_query(self) -> dict[str, str]:
        """Query parameters that authenticate an HTTP request."""
        if self.type == "query" and isinstance(self._value, dict):
            return {self._value["name"]: self._value["value"]}
        return {}

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> dict[str, str]:
        """Headers that sign a request to AWS (Signature Version 4); none for other types. Service and region come from the
        host, as ``sqs.eu-west-1.amazonaws.com``, unless the credential names them."""
        if self.type != "aws" or not isinstance(self._value, dict):
            return {}
        from flows.credentials.aws_signature import signed_headers

        return signed_headers(self._value, method, url, headers, body)

    def secrets(self) -> tuple[str, ...]:
        """Everything of it that must be masked, tokens that it got included."""
        return (*values.secrets(self.type, self._value), *(self._tokens.seen if self._tokens else ()))

    def basic_pairs(self) -> tuple[tuple[str, str], ...]:
        """Pairs whose base64 must be masked."""
        value = self._value
        if not isinstance(value, dict):
            return ((value, ""), ("", value))
        if self.type == "basic":
            return ((value.get("username", ""), value.get("password", "")),)
        if value.get("client_id"):
            return ((value["client_id"], value.get("client_secret", "")),)
        return ()

    def renew(self) -> bool:
        """Get another access token because the service refused the one that was given out last; runs that are refused at once
        share one new token.

        Returns:
            Whether there is another token: False for other types, and where there is no refresh token.

        Raises:
            NodeFailure: the authorization server gives none.
        """
        if self._tokens is None or not self._tokens.last or not self._tokens.replaceable():
            return False
        self._access_token(self._tokens.last)
        return True

    def _access_token(self, rejected: str = "") -> str:
        assert self._tokens is not None  # noqa: S101 - for the type checker; all callers have looked
        try:
            self._tokens.last = self._tokens.access_token(rejected)
            return self._tokens.last
        except TokenRefused as error:
            raise NodeFailure(
                "CredentialError",
                f"No access token for the credential {self.id}. {error.message}",
                {"credential_id": self.id, "reason": error.reason},
                retryable=error.retryable,
            ) from None


def open(
    account_id: str,
    credential_id: str,
    http: Callable[[], OutgoingClient] | None = None,
    *,
    note: bool = True,
    item: Item | None = None,
) -> OpenCredential:
    """Read and decrypt a credential of the account, and note its use (at most hourly).

    Args:
        account_id: whose run this is.
        credential_id: as named in the definition.
        http: gives the outgoing client for token requests (default: one of this process).
        note: False: the caller notes the use, together with what it writes (:func:`noted`).
        item: the credential's, when it has been read just now (:func:`read_with`).

    Raises:
        NodeFailure: ``CredentialError``: the account has none of this id (another account's answers the same), or it does not open.
    """
    if item is None and ids.is_id("cred", credential_id):
        item = repository.get(account_id, credential_id)
    if item is None:
        raise NodeFailure(
            "CredentialError", "There is no such credential; it may have been deleted.", {"credential_id": credential_id}
        )
    try:
        value = unseal(context_of(account_id, credential_id), Sealed.of(item))
    except CannotOpen:
        raise NodeFailure(
            "CredentialError", "The credential cannot be opened; set its value again.", {"credential_id": credential_id}
        ) from None
    hosts = frozenset(item.get("allowed_hosts") or ())
    if note:
        _note_use(account_id, item)
    kind = str(item["type"])
    tokens = None
    if kind in ("oauth2", "oauth2_client_credentials"):
        tokens = TokenSource(account_id, credential_id, int(item["version"]), value, hosts, http or _own_client)
    return OpenCredential(credential_id, kind, hosts, item.get("connectors") or {}, value, tokens)


def read_with(account_id: str, credential_id: str, other: str) -> tuple[Item | None, Item | None]:
    """A credential's item, for :func:`open`, and another item of the account's in the same table: one call.

    Args:
        other: its sort key.
    """
    found = repository.get_with(account_id, credential_id, other)
    return found if ids.is_id("cred", credential_id) else (None, found[1])


def noted(account_id: str, credential_id: str) -> Write:
    """For a transaction: that the credential was used just now."""
    return repository.used(account_id, credential_id, clock.now_iso())


def _note_use(account_id: str, item: Mapping[str, Any]) -> None:
    now = clock.now()
    hour_ago = clock.iso(now - _USED_EVERY)
    if str(item.get("last_used_at") or "") < hour_ago:
        repository.touch(account_id, str(item["id"]), clock.iso(now), hour_ago)


def _pair(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


@lru_cache(maxsize=1)
def _own_client() -> OutgoingClient:
    return OutgoingClient(parse_private_hosts(settings().allowed_private_hosts))
