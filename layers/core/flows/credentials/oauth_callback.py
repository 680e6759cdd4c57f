"""Authorization code with PKCE, second half: the provider sent the person back with a code.

The state is used once: the pending item is deleted first, and only who deleted it goes on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flows.aws import clock, tables
from flows.aws.settings import settings
from flows.aws.tables import ConditionFailed
from flows.credentials import oauth_state, repository, service, values
from flows.credentials.cipher import Sealed, context_of, seal
from flows.credentials.oauth import PURPOSE, pending_key
from flows.credentials.oauth_state import BadState, State
from flows.credentials.opening import CannotOpen, unseal
from flows.credentials.token_request import TokenRefused, Tokens, request_tokens
from flows.outgoing import OutgoingClient, parse_private_hosts


class CallbackRefused(Exception):
    """The authorization cannot be finished; ``message`` is for the person in front of the browser."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def finish(query: dict[str, str], client: OutgoingClient | None = None) -> str:
    """Exchange the code and store the tokens as a credential.

    Args:
        query: the callback's query: ``state`` with ``code``, or with ``error``.
        client: the outgoing client (default: a new one).

    Returns:
        The name of the credential.

    Raises:
        CallbackRefused.
    """
    try:
        state = oauth_state.read(query.get("state", ""))
    except BadState:
        raise CallbackRefused("This link is not valid, or older than 10 minutes. Please start again.") from None
    pending = _take(state)
    if query.get("error"):
        raise CallbackRefused("The provider did not grant access. Nothing was stored.")
    if not query.get("code"):
        raise CallbackRefused("The provider sent no authorization code. Please start again.")
    grant = {
        "grant_type": "authorization_code",
        "code": query["code"],
        "redirect_uri": str(pending["redirect_uri"]),
        "code_verifier": str(pending["verifier"]),
    }
    client = client or OutgoingClient(parse_private_hosts(settings().allowed_private_hosts))
    try:
        tokens = request_tokens(client, pending, grant, frozenset(pending["hosts"]))
    except TokenRefused as error:
        raise CallbackRefused(error.message) from None
    _store(state, pending, _value(pending, tokens))
    return str(pending["name"])


def _take(state: State) -> dict[str, Any]:
    item = tables.delete(repository.table(), state.account_id, pending_key(state.nonce))
    if item is None or int(item["ttl"]) <= clock.epoch():
        raise CallbackRefused("This link was used already, or is older than 10 minutes. Please start again.")
    try:
        pending: dict[str, Any] = unseal(context_of(state.account_id, state.credential_id, PURPOSE), Sealed.of(item))
    except CannotOpen:
        raise CallbackRefused("This link is not valid. Please start again.") from None
    return pending


def _value(pending: dict[str, Any], tokens: Tokens) -> dict[str, Any]:
    value = {
        name: pending[name] for name in ("client_id", "client_secret", "token_url", "authentication", "scope") if pending[name]
    }
    value["access_token"] = tokens.access_token
    if tokens.refresh_token:
        value["refresh_token"] = tokens.refresh_token
    if tokens.lifetime:
        value["expires_at"] = clock.iso(clock.now() + timedelta(seconds=tokens.lifetime))
    return value


def _store(state: State, pending: dict[str, Any], value: dict[str, Any]) -> None:
    sealed = seal(context_of(state.account_id, state.credential_id), value)
    if pending["again"]:
        changes = {"hint": values.hint("oauth2", value), "token_url": value["token_url"], "updated_at": clock.now_iso()}
        try:
            repository.change(state.account_id, state.credential_id, changes, sealed)
        except ConditionFailed:
            raise CallbackRefused("The credential was deleted meanwhile. Nothing was stored.") from None
        return
    item = service.new_item(
        state.credential_id, name=pending["name"], type="oauth2", value=value, hosts=list(pending["hosts"]), sealed=sealed
    )
    try:
        repository.create(state.account_id, item)
    except repository.LimitReached:
        raise CallbackRefused(f"The account has {repository.limit()} credentials already. Nothing was stored.") from None
