"""How a hook knows its sender: shared by the webhook trigger and by ``wait_for_webhook``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from flows.engine.contract import Parameters
from flows.engine.parameter_types import CredentialId, Line

_OPTIONS_OF_HMAC = frozenset({"algorithm", "encoding", "prefix"})


class HookAuthentication(Parameters):
    """Checked by ``flows.triggers.signatures.verify`` with the credential's value as the secret."""

    type: Literal["none", "basic", "header", "hmac", "github", "stripe", "slack", "standard_webhooks"] = Field(
        "none", description="Who signs, and how."
    )
    credential_id: CredentialId | None = Field(None, description="The credential that holds the secret.")
    header: Line | None = Field(
        None,
        description="`hmac`: the header with the signature (X-Signature); `header`: the header, when the credential is a plain text (X-API-Key).",
        pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$",
    )
    algorithm: Literal["sha1", "sha256", "sha384", "sha512"] | None = Field(None, description="`hmac`: the digest (sha256).")
    encoding: Literal["hex", "base64"] | None = Field(None, description="`hmac`: how the signature is written (either).")
    prefix: Line | None = Field(
        None, description='`hmac`: what stands before the signature (nothing, or the algorithm as "sha256=").', max_length=50
    )

    @model_validator(mode="after")
    def _fits_the_type(self) -> HookAuthentication:
        if self.type != "none" and self.credential_id is None:
            raise ValueError(f"{self.type} needs the credential_id of the secret")
        if self.type == "none" and self.credential_id is not None:
            raise ValueError("a credential is named, but type is none: nothing would be checked")
        given = {name for name in _OPTIONS_OF_HMAC if getattr(self, name) is not None}
        if self.type != "hmac" and given:
            raise ValueError(f"only hmac has the options {', '.join(sorted(given))}")
        if self.type not in ("hmac", "header") and self.header is not None:
            raise ValueError("only hmac and header have the option header")
        return self

    def options(self) -> dict[str, str]:
        """What ``signatures.verify`` takes as its options."""
        named = {"header": self.header, "algorithm": self.algorithm, "encoding": self.encoding, "prefix": self.prefix}
        return {name: value for name, value in named.items() if value is not None}
