"""Authorization code with PKCE, first half: where the person is sent. This half only encrypts; ``oauth_callback`` is the other."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flows.aws import clock, ids, tables
from flows.credentials import oauth_state, repository
from flows.credentials.cipher import context_of, seal
from flows.credentials.hosts import check_hosts, check_outgoing_url, check_token_url
from flows.credentials.models import Authorization, AuthorizeRequest
from flows.credentials.oauth_state import LIFETIME_SECONDS, State
from flows.errors import NotFound, Problem, ValidationFailed, invalid

PURPOSE = "authorization"
"""Part of the encryption context of what is pending: a role that may open it can open no credential."""

_OURS = frozenset({"response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"})


@dataclass(frozen=True)
class _Endpoints:
    authorize_url: str
    token_url: str
    scope: str
    authentication: str
    hosts: list[str]
    parameters: dict[str, str]


def pending_key(nonce: str) -> str:
    """Sort key of a pending authorization."""
    return f"pending#{hashlib.sha256(nonce.encode()).hexdigest()}"


def authorize(
    account_id: str, credential_id: str, wanted: AuthorizeRequest, base_url: str, secret: bytes, begun: datetime
) -> Authorization:
    """Begin: keep what the callback will need, encrypted, for 10 minutes, and say where the person has to go.

    Args:
        account_id: whose credential it will be.
        credential_id: id of the credential to be made (not used when ``wanted`` names one to authorize again).
        wanted: what was sent.
        base_url: of this API; ``<base_url>/oauth/callback`` has to be registered at the provider.
        secret: 32 random bytes, from which the state and the verifier are made: the same ones for a repeated request.
        begun: the moment of the request, or of the first one that it repeats.

    Raises:
        ValidationFailed, NotFound.
    """
    again = wanted.credential_id is not None
    if wanted.credential_id is not None:
        credential_id = wanted.credential_id
        wanted = wanted.model_copy(update={"allowed_hosts": _hosts_of(account_id, credential_id, wanted)})
    endpoints = _endpoints(wanted)
    redirect_uri = f"{base_url}/oauth/callback"
    nonce, verifier = (_derived(secret, purpose) for purpose in ("nonce", "verifier"))
    expires = int(begun.timestamp()) + LIFETIME_SECONDS
    pending = {
        "name": wanted.name,
        "again": again,
        "client_id": wanted.client_id,
        "client_secret": wanted.client_secret,
        "token_url": endpoints.token_url,
        "authentication": endpoints.authentication,
        "scope": endpoints.scope,
        "verifier": verifier,
        "redirect_uri": redirect_uri,
        "hosts": endpoints.hosts,
    }
    sealed = seal(context_of(account_id, credential_id, PURPOSE), pending)
    tables.put(repository.table(), {"pk": account_id, "sk": pending_key(nonce), "ttl": expires, **sealed.attributes()})
    state = oauth_state.write(State(account_id, credential_id, nonce, expires))
    return Authorization(
        url=_authorization_url(endpoints, wanted.client_id, redirect_uri, state, verifier),
        state=state,
        credential_id=credential_id,
        redirect_uri=redirect_uri,
        expires_at=clock.iso(begun + timedelta(seconds=LIFETIME_SECONDS)),
    )


def _derived(secret: bytes, purpose: str) -> str:
    """43 URL-safe characters, as many as a verifier must have at least (RFC 7636 section 4.1)."""
    return base64.urlsafe_b64encode(hmac.new(secret, purpose.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()


def _endpoints(wanted: AuthorizeRequest) -> _Endpoints:
    authorize_url, token_url, scope = wanted.authorize_url, wanted.token_url, wanted.scope
    hosts = wanted.allowed_hosts
    parameters: dict[str, str] = {}
    authentication = "body"
    if wanted.connector is not None:
        from flows.connectors import catalog

        connector = catalog.find(wanted.connector)
        preset = connector.oauth2 if connector else None
        if connector is None or preset is None:
            raise invalid("connector", "there is no such connector with OAuth2", "unknown_connector")
        authorize_url, token_url = authorize_url or preset.authorize_url, token_url or preset.token_url
        scope = preset.scope if scope is None else scope
        hosts = list(connector.all_hosts) if hosts is None else hosts
        parameters, authentication = dict(preset.authorize_parameters), preset.authentication
    problems: list[Problem] = []
    for name, url in (("authorize_url", authorize_url), ("token_url", token_url)):
        wrong = check_outgoing_url(url) if url else "this field is needed (or a connector that has it)"
        if wrong:
            problems.append(Problem(name, wrong, "invalid_url" if url else "missing"))
    problems += [
        Problem(f"authorize_parameters.{name}", "this parameter is set by the platform", "not_allowed")
        for name in wanted.authorize_parameters
        if name in _OURS
    ]
    if problems or not authorize_url or not token_url:
        raise ValidationFailed(problems)
    checked = check_hosts(hosts or [])
    check_token_url({"token_url": token_url}, checked, "token_url")
    return _Endpoints(
        authorize_url, token_url, scope or "", authentication, checked, {**parameters, **wanted.authorize_parameters}
    )


def _hosts_of(account_id: str, credential_id: str, wanted: AuthorizeRequest) -> list[str]:
    """The hosts of the credential that is authorized again: they stay as they are."""
    if wanted.allowed_hosts is not None:
        raise invalid("allowed_hosts", "change the hosts of a credential with PATCH", "not_allowed")
    item = repository.get(account_id, credential_id) if ids.is_id("cred", credential_id) else None
    if item is None:
        raise NotFound("Credential not found")
    if item["type"] != "oauth2":
        raise invalid("credential_id", "only a credential of type oauth2 can be authorized again", "wrong_type")
    return list(item["allowed_hosts"])


def _authorization_url(endpoints: _Endpoints, client_id: str, redirect_uri: str, state: str, verifier: str) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        **endpoints.parameters,
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if endpoints.scope:
        query["scope"] = endpoints.scope
    parts = urlsplit(endpoints.authorize_url)
    merged = [*parse_qsl(parts.query, keep_blank_values=True), *query.items()]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(merged), ""))
