"""The authorizer's context, checked again: its answer is cached, so a key may have expired since."""

from __future__ import annotations

from flows.api.caller import Caller, caller
from flows.api.request import Request
from flows.aws import clock
from flows.errors import Unauthorized


def read(request: Request) -> Caller:
    """The caller that the authorizer told.

    Raises:
        Unauthorized: no account in it, or the key has expired.
    """
    told = request.authorizer
    account_id = told.get("account_id", "")
    if not account_id:
        raise Unauthorized
    expires_at = told.get("expires_at", "")
    if expires_at and clock.parse_iso(expires_at) <= clock.now():
        raise Unauthorized
    scopes = frozenset(told.get("scopes", "").split())
    own_runs = told.get("own_runs", "")  # a cached answer of an older authorizer has none
    return Caller(
        account_id,
        told.get("key_id", ""),
        told.get("plan", "free"),
        scopes,
        request.request_id,
        int(own_runs) if own_runs else None,
    )


def require(request: Request) -> Caller:
    """The present caller.

    Raises:
        Unauthorized: the request came past the authorizer.
    """
    if not request.authorizer:
        raise Unauthorized
    return caller()
