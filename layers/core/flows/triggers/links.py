"""Links that answer a waiting node: an approval's decision, a hook of ``wait_for_webhook``.

The link is the proof: a token of what it answers (account, execution, scope, node, decision) and an HMAC-SHA256 of it with the stack's
signing secret. Nothing is stored for it, and nothing of it can be altered or made up. That a decision is taken once is kept by
the run: an answer to a node that no longer waits changes nothing.

Tokens of triggers (``ids.new_token``) hold no ".", these do.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from flows import strict_json
from flows.aws.settings import settings

_CONTEXT = b"waiting-node-link-v1\0"
_MAX_TOKEN = 4_000


@dataclass(frozen=True)
class Link:
    """What a link answers.

    Args:
        decision: ``approve`` or ``reject`` of an approval, ``webhook`` of a ``wait_for_webhook`` node.
        scope: the path of (foreach node, index) pairs; empty outside of loops.
    """

    account_id: str
    execution_id: str
    scope: tuple[tuple[str, int], ...]
    node_id: str
    decision: str


def make(account_id: str, execution_id: str, scope: Sequence[tuple[str, int]], node_id: str, decision: str) -> str:
    """The token of a link, safe in a URL's path. The same for the same arguments.

    Raises:
        RuntimeError: the stack has no signing secret.
    """
    payload = strict_json.dumps([account_id, execution_id, [[name, index] for name, index in scope], node_id, decision]).encode()
    return f"{_text(payload)}.{_text(_signature(payload))}"


def verify(token: str) -> Link | None:
    """What the token answers; None when it was not made here, or was altered.

    Raises:
        RuntimeError: the stack has no signing secret.
    """
    body, dot, signature = token.partition(".")
    if not dot or len(token) > _MAX_TOKEN or not token.isascii():
        return None
    try:
        payload, sent = _bytes(body), _bytes(signature)
    except (binascii.Error, ValueError):
        return None
    # Compared as text too: base64 has several texts for the same bytes, and one link has one URL.
    if not hmac.compare_digest(_signature(payload), sent) or token != f"{_text(payload)}.{_text(sent)}":
        return None
    account_id, execution_id, scope, node_id, decision = strict_json.loads(payload)
    return Link(account_id, execution_id, tuple((name, index) for name, index in scope), node_id, decision)


def _signature(payload: bytes) -> bytes:
    secret = settings().signing_secret
    if not secret:
        raise RuntimeError("SIGNING_SECRET is not set")
    return hmac.new(secret.encode(), _CONTEXT + payload, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
