"""What the credentials API takes and gives."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic.json_schema import SkipJsonSchema

from flows.credentials.values import CredentialType
from flows.texts import one_line

Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200), AfterValidator(one_line)]
ConnectorName = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9_]{1,40}$")]
Hosts = Annotated[
    list[Annotated[str, StringConstraints(strict=True, min_length=1, max_length=260)]],
    Field(
        max_length=50,
        description="Hosts that the credential may be sent to: host, host:port or *.domain. Empty: any public host.",
    ),
]
SecretValue = Annotated[
    Any,
    Field(
        description="A string (api_key, bearer), or an object by type. Write-only: never returned.",
        json_schema_extra={"anyOf": [{"type": "string"}, {"type": "object"}], "writeOnly": True},
    ),
]
"""Checked by ``values.check``, whose messages know the type: a union here would name its branches in their paths."""


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class CreateCredential(_Input):
    name: Name
    type: CredentialType
    value: SecretValue
    allowed_hosts: Hosts | None = None
    connector: ConnectorName | None = Field(default=None, description="Take the allowed hosts of this connector.")


class UpdateCredential(_Input):
    """Any subset; what is not there stays as it is."""

    name: Name | SkipJsonSchema[None] = None
    value: SecretValue = None
    allowed_hosts: Hosts | SkipJsonSchema[None] = None

    @field_validator("name", "value", "allowed_hosts", mode="before")
    @classmethod
    def _not_null(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("must not be null; leave it out to keep what is there")
        return value


class AuthorizeRequest(_Input):
    """Begin an authorization code flow with PKCE (RFC 6749 section 4.1, RFC 7636)."""

    name: Name
    client_id: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2048)]
    client_secret: Annotated[str, StringConstraints(strict=True, max_length=4096)] = ""
    connector: ConnectorName | None = Field(default=None, description="Take URLs, scopes and hosts of this connector.")
    authorize_url: Annotated[str, StringConstraints(strict=True, max_length=2048)] | None = None
    token_url: Annotated[str, StringConstraints(strict=True, max_length=2048)] | None = None
    scope: Annotated[str, StringConstraints(strict=True, max_length=4096)] | None = None
    authorize_parameters: dict[str, Annotated[str, StringConstraints(strict=True, max_length=1024)]] = Field(
        default_factory=dict, max_length=20
    )
    allowed_hosts: Hosts | None = None
    credential_id: str | None = Field(default=None, description="Authorize this credential of type oauth2 again.")


class CredentialView(BaseModel):
    """A credential as it is shown: no secret but the hint."""

    id: str
    name: str
    type: CredentialType
    hint: str | None = Field(description="At most the last four characters; none of a secret under 12 characters.")
    allowed_hosts: list[str]
    created_at: str
    updated_at: str
    last_used_at: str | None = Field(description="At most an hour late.")


class Authorization(BaseModel):
    """Where the person who owns the account at the provider has to go."""

    url: str
    state: str
    credential_id: str
    redirect_uri: str
    expires_at: str


class Deleted(BaseModel):
    id: str
    deleted: bool = True
