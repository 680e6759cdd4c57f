"""What a connector's file holds. The file is checked against these models when it is loaded, and by a test for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

Template = Any
"""JSON with placeholders: ``"{name}"`` is the value of an input, ``"a {name}"`` a text; see ``mapping``."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Setting(_Part):
    """A variable of the base URL or of paths, given once when the service is connected (a shop, a subdomain)."""

    label: str
    description: str = ""
    example: str = ""
    kind: Literal["host_label", "segment", "url"] = "host_label"
    required: bool = True
    default: str = ""
    """May name a public part of the credential: ``{username}``."""


class Scheme(_Part):
    """How credentials of some types prove who calls. Nothing said: as the credential's type does by itself."""

    types: list[str] = Field(min_length=1)
    label: str
    description: str = ""
    headers: Mapping[str, str] = Field(default_factory=dict)
    query: Mapping[str, str] = Field(default_factory=dict)
    basic: str = ""
    """User name and password of Basic authentication, as ``any:{secret}``."""
    in_url: bool = False
    """The secret is part of the base URL, as ``{secret}``."""


class OAuth2(_Part):
    """Where a person's consent is asked for (``POST /credentials/oauth2/authorize``)."""

    authorize_url: str
    token_url: str
    scope: str = ""
    authentication: Literal["header", "body"] = "body"
    authorize_parameters: Mapping[str, str] = Field(default_factory=dict)


class Body(_Part):
    """The request's body: exactly one of these."""

    json_: Template = Field(default=None, alias="json")
    form: Template = None
    form_style: Literal["brackets", "repeat"] = "repeat"
    """Nested values: ``a[b]=c`` and ``a[0]=c``, or a name once for each element."""
    raw: Template = None
    content_type: str = ""
    related: list[Mapping[str, Any]] | None = None
    """multipart/related (RFC 2387): parts ``{json}`` or ``{raw, content_type}``."""


class RequestTemplate(_Part):
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: str = ""
    """Below the base URL. ``{name}`` is one escaped segment, ``{+name}`` several."""
    query: Template = None
    headers: Mapping[str, str] = Field(default_factory=dict)
    body: Body | None = None


class Pagination(_Part):
    """How the next page is asked for: an input (``into``) of the action gets another value, or a whole URL is followed."""

    kind: Literal["cursor", "page", "offset", "last_item", "next_url", "link_header"]
    into: str = ""
    next: str = ""
    """Path in the answer of the cursor or URL; for ``last_item`` the field of the last item."""
    more: str = ""
    """Path of a flag that says whether there is more."""
    items: str = ""
    """Path of the page's items; empty: the answer itself."""


class Errors(_Part):
    """How the service tells that it failed, beside the status."""

    failed_when: Mapping[str, Any] = Field(default_factory=dict)
    """``{path: value}``: an answer with a 2xx status that holds these has failed; the value ``any`` is whatever is not empty."""
    status_in_text: str = ""
    """Pattern with a group that is the true status, for services that answer 2xx with a text that tells of a failure."""
    message: list[str] = Field(default_factory=list)
    """Paths of the message, the first that is there; a list or an object of texts (``{title: [...]}``) is joined."""
    code: list[str] = Field(default_factory=list)
    """Paths of the error's short name, the first that is there."""
    authentication: list[str] = Field(default_factory=list)
    """Short names that mean: the credential is wrong."""
    rate_limited: list[str] = Field(default_factory=list)
    """Short names that mean: too many requests, whatever the status. So does the status 429."""
    used_up_header: str = ""
    """Header that is ``0`` in a 403 that means: the quota is used up."""
    retry_after: str = ""
    """Path of the seconds to wait, for services that do not send ``Retry-After``."""
    reset_header: str = ""
    """Header with the moment when the limit ends (Unix time in s or ms, or seconds from now), in place of ``Retry-After``."""
    wait_seconds: int = Field(default=0, ge=0)
    """What the documentation says to wait after a 429 that names no time."""


class RateLimit(_Part):
    """A hint for people; the executor follows ``Retry-After``."""

    requests: int
    per_seconds: int
    note: str = ""


class Action(_Part):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")
    name: str
    description: str = ""
    docs: str = Field(pattern=r"^https://")
    """The page of the service's documentation that the request follows."""
    inputs: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    """JSON Schemas by name, with ``required: true`` on those that must be given."""
    request: RequestTemplate
    response: Literal["auto", "text", "base64"] = "auto"
    output: str = ""
    """Path in the answer of the action's result; empty: the whole answer."""
    pagination: Pagination | None = None
    timeout_seconds: int = Field(default=30, ge=1, le=600)

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """The JSON Schema (2020-12) of the action's parameters."""
        properties = {
            name: {key: part for key, part in schema.items() if key != "required"} for name, schema in self.inputs.items()
        }
        if self.pagination:
            properties["all_pages"] = {
                "type": "boolean",
                "description": "Read on to the last page (at most max_pages).",
                "default": False,
            }
            properties["max_pages"] = {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}
        return {
            "type": "object",
            "properties": properties,
            "required": [name for name, schema in self.inputs.items() if schema.get("required") is True],
            "additionalProperties": False,
        }


class Probe(_Part):
    """The harmless request that shows whether the connection works."""

    request: RequestTemplate
    ok_status: list[int] = Field(default_factory=list)
    """Statuses beside 2xx that show that the service answers and takes the credential."""


class Connector(_Part):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    name: str
    description: str
    docs: str
    """The page of the service's documentation that the file follows."""
    category: str
    base_url: str
    hosts: list[str] = Field(default_factory=list)
    settings: Mapping[str, Setting] = Field(default_factory=dict)
    auth: list[Scheme]
    auth_required: bool = True
    oauth2: OAuth2 | None = None
    headers: Mapping[str, str] = Field(default_factory=dict)
    errors: Errors = Field(default_factory=Errors)
    rate_limit: RateLimit | None = None
    idempotency_header: str = "Idempotency-Key"
    test: Probe
    actions: list[Action] = Field(min_length=1)

    def action(self, action_id: str) -> Action | None:
        return next((action for action in self.actions if action.id == action_id), None)

    def scheme(self, credential_type: str) -> Scheme | None:
        return next((scheme for scheme in self.auth if credential_type in scheme.types), None)

    @property
    def credential_types(self) -> list[str]:
        return [kind for scheme in self.auth for kind in scheme.types]

    @cached_property
    def all_hosts(self) -> tuple[str, ...]:
        """Where a credential of this service may go: the API's hosts and the token URL's."""
        found = list(self.hosts)
        host = urlsplit(self.base_url).netloc
        if not found and host and "{" not in host:
            found.append(host)
        if self.oauth2:
            token_host = urlsplit(self.oauth2.token_url).netloc
            if "{" not in token_host:
                found.append(token_host)
        return tuple(dict.fromkeys(found))
