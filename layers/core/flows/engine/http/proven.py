"""Requests with a credential: put in at the last moment, and renewed once when the service refuses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.engine.contract import Credential

if TYPE_CHECKING:
    from flows.outgoing import Request, Response

_REFUSED = 401


def send_proven(
    credential: Credential, request: Request, send: Callable[[Request], Response], *, may_renew: bool = True
) -> Response:
    """Send a request with the credential. An OAuth2 access token that is refused (revoked, or over before its time) is renewed,
    and the request is sent once more: what was refused so had no effect.

    Args:
        credential: what proves who calls; it goes to its allowed hosts, else to the URL's own origin only.
        request: without the credential.
        send: sends one request.
        may_renew: False where the node's author expects the 401.

    Returns:
        The answer; the second one where the token was renewed.

    Raises:
        NodeFailure: there is no answer, or the authorization server gives no other token.
    """
    response = send(with_credential(credential, request))
    if may_renew and response.status_code == _REFUSED and _is_at_home(request, response) and credential.renew():
        return send(with_credential(credential, request))
    return response


def with_credential(credential: Credential, request: Request) -> Request:
    """The request, armed. Made anew for each sending: a signature is of the very URL, and a token may have been renewed."""
    secrets = {**credential.secret_headers(), **credential.sign(request.method, request.url, request.headers, request.body)}
    return replace(
        request,
        allowed_hosts=credential.allowed_hosts or None,
        secret_headers=secrets,
        secret_query=credential.secret_query(),
    )


def _is_at_home(request: Request, response: Response) -> bool:
    """Whether the answer is from where the request went: after a redirect to another origin its 401 says nothing of the token."""
    from flows.outgoing import origin_of

    return origin_of(response.url) == origin_of(request.url)
