"""Envelope encryption, the half that needs no Decrypt: a data key for each value, AES-256-GCM.

The encryption context (account, credential) is part of the data key's ciphertext in KMS and, as associated data, of ours:
a ciphertext that was moved to another credential or account cannot be opened. See docs/adr on data keys.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows import strict_json
from flows.aws.clients import client
from flows.aws.settings import settings

FORMAT = 1
"""Version of what :class:`Sealed` holds: 1 is AES-256-GCM with a 96-bit nonce and a 128-bit tag (NIST SP 800-38D)."""

NONCE_BYTES = 12


@dataclass(frozen=True)
class Sealed:
    """An encrypted value, as it is stored.

    Args:
        data_key: the data key, encrypted by KMS.
        ciphertext: nonce, then ciphertext with its tag.
        format: see :data:`FORMAT`.
    """

    data_key: bytes
    ciphertext: bytes
    format: int = FORMAT

    def attributes(self) -> dict[str, Any]:
        """As attributes of an item."""
        return {"data_key": self.data_key, "ciphertext": self.ciphertext, "format": self.format}

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Sealed:
        return cls(item["data_key"], item["ciphertext"], int(item["format"]))


def context_of(account_id: str, credential_id: str, purpose: str = "") -> dict[str, str]:
    """The encryption context. ``purpose`` sets apart what is no credential yet (a pending authorization)."""
    context = {"account": account_id, "credential": credential_id}
    return {**context, "purpose": purpose} if purpose else context


def associated_data(context: Mapping[str, str], format: int) -> bytes:
    return strict_json.dumps({"context": dict(sorted(context.items())), "format": format}).encode()


def seal(context: Mapping[str, str], value: Any) -> Sealed:
    """Encrypt a JSON value under a new data key, which is forgotten at the end of this call.

    Args:
        context: the encryption context.
        value: JSON.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = client("kms").generate_data_key(KeyId=settings().credentials_key, KeySpec="AES_256", EncryptionContext=dict(context))
    nonce = os.urandom(NONCE_BYTES)
    plain = strict_json.dumps(value).encode()
    ciphertext = AESGCM(key["Plaintext"]).encrypt(nonce, plain, associated_data(context, FORMAT))
    return Sealed(key["CiphertextBlob"], nonce + ciphertext)
