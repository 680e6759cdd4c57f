"""Requests to an authorization server's token URL (RFC 6749), through the one outgoing client."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from flows import strict_json
from flows.credentials.hosts import covers
from flows.credentials.masking import Masker
from flows.outgoing import OutgoingClient, OutgoingError, Request

_TIMEOUT_SECONDS = 15.0
_MAX_ANSWER = 256 * 1024


class TokenRefused(Exception):
    """No token.

    Args:
        message: for a person, without secrets.
        retryable: the same request may succeed later.
        reason: ``credentials`` (the server refuses them), ``unreachable``, ``rate_limited`` or ``provider``.
    """

    def __init__(self, message: str, *, retryable: bool, reason: str) -> None:
        super().__init__(message)
        self.message = message
        self.retryable = retryable
        self.reason = reason


@dataclass(frozen=True)
class Tokens:
    """What the server gave.

    Args:
        access_token: the token.
        refresh_token: a new refresh token, or "" when the old one goes on.
        lifetime: seconds that the access token is good for; None: not told.
        scope: the scopes that were granted, or "".
    """

    access_token: str
    refresh_token: str
    lifetime: int | None
    scope: str


def request_tokens(client: OutgoingClient, config: Mapping[str, Any], grant: Mapping[str, str], hosts: frozenset[str]) -> Tokens:
    """Ask for tokens.

    Args:
        client: the outgoing client.
        config: client_id, client_secret, token_url, authentication ("header" or "body").
        grant: grant_type and what belongs to it.
        hosts: the credential's allowed hosts; none: every public host.

    Raises:
        TokenRefused.
    """
    url = str(config["token_url"])
    if not covers(hosts, url):
        raise TokenRefused(
            "The token URL's host is not among the credential's allowed hosts.", retryable=False, reason="credentials"
        )
    secret = str(config.get("client_secret") or "")
    form = {name: value for name, value in grant.items() if value}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    secret_headers: dict[str, str] = {}
    # Every server must take Basic (RFC 6749 section 2.3.1); what people register for a person's consent often takes the body only.
    usual = "header" if grant["grant_type"] == "client_credentials" else "body"
    if config.get("authentication", usual) == "header" and secret:
        pair = f"{quote_plus(config['client_id'])}:{quote_plus(secret)}"
        secret_headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form["client_id"] = str(config["client_id"])
        if secret:
            form["client_secret"] = secret
    request = Request(
        "POST",
        url,
        headers=headers,
        body=urlencode(form).encode(),
        timeout_seconds=_TIMEOUT_SECONDS,
        max_bytes=_MAX_ANSWER,
        allowed_hosts=hosts or None,
        secret_headers=secret_headers,
    )
    try:
        answer = client.send(request)
    except OutgoingError as error:
        raise TokenRefused(
            f"The token URL cannot be reached: {error.message}", retryable=error.retryable, reason="unreachable"
        ) from None
    return _read(answer.status_code, answer.body, Masker([secret, *form.values()]))


def _read(status: int, body: bytes, masker: Masker) -> Tokens:
    try:
        data = strict_json.loads(body)
    except strict_json.JsonError:
        data = None
    data = data if isinstance(data, dict) else {}
    token = data.get("access_token")
    if status < 300 and isinstance(token, str) and token:
        refresh = data.get("refresh_token")
        lifetime = data.get("expires_in")
        if isinstance(lifetime, str) and lifetime.isdigit():
            lifetime = int(lifetime)
        known = isinstance(lifetime, int | float) and not isinstance(lifetime, bool) and lifetime > 0
        return Tokens(
            token,
            refresh if isinstance(refresh, str) else "",
            int(lifetime) if known and lifetime is not None else None,
            str(data.get("scope") or ""),
        )
    if status == 429:
        raise TokenRefused("The authorization server asks to slow down (429).", retryable=True, reason="rate_limited")
    if status >= 500:
        raise TokenRefused(f"The authorization server failed ({status}).", retryable=True, reason="provider")
    said = ": ".join(str(data[name])[:300] for name in ("error", "error_description") if isinstance(data.get(name), str))
    raise TokenRefused(
        masker.text(f"The authorization server refused ({status}){': ' + said if said else ''}."),
        retryable=False,
        reason="credentials",
    )
