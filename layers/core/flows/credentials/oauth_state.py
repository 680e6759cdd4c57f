"""The ``state`` of an authorization: who began it and until when, signed. Single use comes from the stored pending item."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from flows import strict_json
from flows.aws import clock
from flows.aws.settings import settings

LIFETIME_SECONDS = 600


@dataclass(frozen=True)
class State:
    """What a state tells: names of the account, the credential and the pending item, and when it ends (epoch seconds)."""

    account_id: str
    credential_id: str
    nonce: str
    expires: int


class BadState(Exception):
    """Not a state of ours, altered, or older than 10 minutes; which of them is not told."""


def write(state: State) -> str:
    """The state as URL-safe text."""
    payload = strict_json.dumps([state.account_id, state.credential_id, state.nonce, state.expires]).encode()
    return _encode(payload) + "." + _encode(_tag(payload))


def read(text: str) -> State:
    """Check and read a state.

    Raises:
        BadState.
    """
    body, _, tag = text.partition(".")
    try:
        payload, given = _decode(body), _decode(tag)
    except (binascii.Error, ValueError):
        raise BadState from None
    if not hmac.compare_digest(given, _tag(payload)) or _encode(payload) != body or _encode(given) != tag:
        raise BadState
    account_id, credential_id, nonce, expires = strict_json.loads(payload)
    if int(expires) <= clock.epoch():
        raise BadState
    return State(str(account_id), str(credential_id), str(nonce), int(expires))


def _tag(payload: bytes) -> bytes:
    # A name of its own: a text that was signed for another purpose is no state.
    return hmac.new(settings().signing_secret.encode(), b"oauth-state\0" + payload, hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
