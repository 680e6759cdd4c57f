"""Digests, signatures, base64 and random values.

* `hash`: a digest of the text. `hmac`: a signature of the text with the secret of a credential (`credential_id`, or the node's own).
* `base64_encode`, `base64_decode`: of a text, as UTF-8. `uuid`: a random UUID (version 4). `random`: random bytes, as many as `length` says.

`algorithm`: sha256, or md5, sha1, sha384, sha512, sha3_256, sha3_512 (md5 and sha1 are for old protocols: they protect nothing any more).
`encoding`: hex, base64 or base64url for digests and random bytes (hex); base64 or base64url for base64 (base64; decoding takes both).
A value that is no text is taken as its compact JSON. The output is `{value}`.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from flows import strict_json
from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import CredentialId, Whole
from flows.engine.results import NodeFailure, Outcome


class CryptoParameters(Parameters):
    operation: Literal["hash", "hmac", "base64_encode", "base64_decode", "uuid", "random"] = Field(description="What is made.")
    algorithm: Literal["md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "sha3_512"] = Field(
        "sha256", description="The digest of `hash` and `hmac`."
    )
    value: Any = Field(None, description="The text.")
    encoding: Literal["hex", "base64", "base64url"] | None = Field(None, description="How bytes are written.")
    credential_id: CredentialId | None = Field(None, description="The credential with the secret of `hmac`.")
    length: Whole = Field(32, description="How many bytes `random` makes.", ge=1, le=1024)

    @model_validator(mode="after")
    def _fits(self) -> "CryptoParameters":
        if self.operation in ("hash", "hmac", "base64_encode", "base64_decode") and "value" not in self.model_fields_set:
            raise ValueError(f"{self.operation} needs value")
        if self.operation.startswith("base64") and self.encoding == "hex":
            raise ValueError("encoding is base64 or base64url here")
        return self


def run(context: NodeContext, parameters: CryptoParameters) -> Outcome:
    operation = parameters.operation
    if operation == "uuid":
        value = str(uuid.uuid4())
    elif operation == "random":
        value = _written(secrets.token_bytes(parameters.length), parameters.encoding or "hex")
    elif operation == "hash":
        # These digests are the author's choice, often another system's; nothing of ours rests on them.
        digest = hashlib.new(parameters.algorithm, _bytes(parameters.value), usedforsecurity=False).digest()
        value = _written(digest, parameters.encoding or "hex")
    elif operation == "hmac":
        secret = _secret(context.credential(parameters.credential_id).value())
        value = _written(hmac.new(secret, _bytes(parameters.value), parameters.algorithm).digest(), parameters.encoding or "hex")
    elif operation == "base64_encode":
        value = _written(_bytes(parameters.value), parameters.encoding or "base64")
    else:
        value = _decoded(parameters.value)
    return Outcome({"value": value})


def _bytes(value: Any) -> bytes:
    if value is None:
        raise NodeFailure("InvalidParameters", "value: is null; is what the expression names there at all?")
    return (value if isinstance(value, str) else strict_json.dumps(value)).encode()


def _written(data: bytes, encoding: str) -> str:
    if encoding == "hex":
        return data.hex()
    return (base64.b64encode(data) if encoding == "base64" else base64.urlsafe_b64encode(data).rstrip(b"=")).decode()


def _decoded(value: Any) -> str:
    if not isinstance(value, str):
        raise NodeFailure("InvalidParameters", "value: must be a text in base64")
    compact = "".join(value.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        reason = "holds bytes that are no UTF-8 text" if isinstance(error, UnicodeDecodeError) else "is not base64"
        raise NodeFailure("InvalidInput", f"value: {reason}") from None


def _secret(value: Any) -> bytes:
    text = value.get("value") or value.get("password") if isinstance(value, Mapping) else value
    if not isinstance(text, str) or not text:
        raise NodeFailure("InvalidCredential", "credential_id: this credential holds no secret that could sign")
    return text.encode()


NODE = NodeType(
    type="crypto",
    title="Crypto",
    description="Digests, signatures, base64 and random values.",
    category="data",
    parameters=CryptoParameters,
    run=run,
    examples=(
        Example(
            {"operation": "hash", "value": "{{ text }}"},
            {"text": "abc"},
            {"value": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
            description="SHA-256 in hex.",
        ),
        Example({"operation": "base64_encode", "value": "héllo"}, None, {"value": "aMOpbGxv"}, description="Text as base64."),
        Example({"operation": "uuid"}, None, {"value": ...}, description="A random UUID."),
    ),
)
