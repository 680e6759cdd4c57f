"""Secrets of endpoints at rest: envelope encryption, bound to account and endpoint. Opened by the delivery function only.

The secret, the one before it and the custom headers are sealed one by one: so rotating and changing need no Decrypt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.credentials.cipher import Sealed, seal


def context_of(account_id: str, webhook_id: str, purpose: str) -> dict[str, str]:
    """The encryption context. ``purpose`` is ``secret`` or ``headers``: one cannot be put in the other's place."""
    return {"account": account_id, "webhook": webhook_id, "purpose": purpose}


def sealed(account_id: str, webhook_id: str, purpose: str, value: Any) -> dict[str, Any]:
    """A JSON value encrypted under a data key of its own, as an attribute of the endpoint's item."""
    return seal(context_of(account_id, webhook_id, purpose), value).attributes()


def opened(account_id: str, webhook_id: str, purpose: str, attribute: Mapping[str, Any]) -> Any:
    """The JSON value.

    Raises:
        flows.credentials.opening.CannotOpen: it was altered, or sealed for another endpoint.
    """
    from flows.credentials.opening import unseal

    return unseal(context_of(account_id, webhook_id, purpose), Sealed.of(attribute))
