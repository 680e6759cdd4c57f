"""The value of the API Gateway key under which an account's requests are throttled by a usage plan.

A Region holds 10,000 API Gateway keys, not adjustable: a paying account has its own, free ones share 64. Both are derived from the
account id, so nothing needs to be looked up. It is no secret: with ``ApiKeySourceType: AUTHORIZER`` only the authorizer can name one.
"""

from __future__ import annotations

import hashlib

POOL = 64


def gateway_key(account_id: str, own: bool) -> str:
    """The key's value (API Gateway wants 20 to 128 characters).

    Args:
        account_id: the account.
        own: whether the plan has a key of its own for each account.
    """
    digest = hashlib.sha256(f"gateway:{account_id}".encode()).digest()
    return f"account-{digest.hex()[:40]}" if own else pool_key(digest[0] % POOL)


def pool_key(number: int) -> str:
    """The value of a shared key, 0 to 63."""
    return f"shared-pool-key-of-free-accounts-{number:02d}"
