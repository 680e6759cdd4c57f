"""Envelope encryption, the half that decrypts. Imported by ``use`` and by the OAuth callback only, never by the API functions.

A plain data key lives for one call of :func:`unseal`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows import strict_json
from flows.aws.clients import client
from flows.aws.settings import settings
from flows.credentials.cipher import FORMAT, NONCE_BYTES, Sealed, associated_data


class CannotOpen(Exception):
    """The value does not open: another context than it was sealed in, altered, or the key is gone. Says no more."""


def unseal(context: Mapping[str, str], sealed: Sealed) -> Any:
    """Decrypt a sealed JSON value.

    Raises:
        CannotOpen: the context or the ciphertext is not the one that was sealed.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if sealed.format != FORMAT:
        raise CannotOpen(f"unknown format {sealed.format}")
    kms = client("kms")
    try:
        key = kms.decrypt(CiphertextBlob=sealed.data_key, KeyId=settings().credentials_key, EncryptionContext=dict(context))[
            "Plaintext"
        ]
    except (kms.exceptions.InvalidCiphertextException, kms.exceptions.IncorrectKeyException):
        raise CannotOpen("KMS refuses the data key in this context") from None
    except (kms.exceptions.DisabledException, kms.exceptions.KMSInvalidStateException):
        raise CannotOpen("the KMS key is disabled or about to be deleted") from None
    nonce, body = sealed.ciphertext[:NONCE_BYTES], sealed.ciphertext[NONCE_BYTES:]
    try:
        return strict_json.loads(AESGCM(key).decrypt(nonce, body, associated_data(context, sealed.format)))
    except InvalidTag:
        raise CannotOpen("the ciphertext was altered or moved") from None
