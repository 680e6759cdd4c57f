"""What the webhooks API takes and gives."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic.json_schema import SkipJsonSchema

from flows.webhooks.catalogue import CATALOGUE, WEBHOOK_TEST
from flows.webhooks.subscriptions import MAX_PATTERNS, choices
from flows.webhooks.thinning import MAX_FIELDS, MAX_FILTER

Url = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=2048), Field(description="https; redirects are not followed.")
]
Description = Annotated[str, StringConstraints(strict=True, max_length=500)]
Events = Annotated[
    list[
        Annotated[str, StringConstraints(strict=True, min_length=1, max_length=100), Field(json_schema_extra={"enum": choices()})]
    ],
    Field(
        min_length=1,
        max_length=MAX_PATTERNS,
        description="Names of events, groups as `workflow.*`, or `*`: see GET /webhooks/events.",
    ),
]
Secret = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=256),
    Field(
        description="Signs what is sent: `whsec_` and base64, or any text. Write-only: never returned.",
        json_schema_extra={"writeOnly": True},
    ),
]
Filter = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=MAX_FILTER),
    Field(description='JSONata over the payload; an event for which it does not hold is not sent. As `data.status = "failed"`.'),
]
FieldName = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
Fields = Annotated[
    list[FieldName],
    Field(max_length=MAX_FIELDS, description="Only these fields of `data` are sent; nested ones with dots, as `output.total`."),
]
Throttle = Annotated[
    float, Field(strict=True, ge=0.01, le=1000, allow_inf_nan=False, description="At most so many deliveries a second.")
]
Headers = Annotated[
    dict[str, Annotated[str, StringConstraints(strict=True)]],
    Field(description="Headers to send besides; their values are never returned."),
]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class CreateWebhook(_Input):
    url: Url
    events: Events
    secret: Secret | None = Field(default=None, description="Given none, one is made and shown in this answer only.")
    description: Description = ""
    enabled: Annotated[bool, Field(strict=True)] = True
    filter: Filter | None = None
    fields_: Fields | None = Field(default=None, alias="fields")
    throttle: Throttle | None = None
    headers: Headers | None = None


class UpdateWebhook(_Input):
    """What is not there stays as it is; null takes `filter`, `fields`, `throttle` and `headers` away."""

    url: Url | SkipJsonSchema[None] = None
    events: Events | SkipJsonSchema[None] = None
    description: Description | SkipJsonSchema[None] = None
    enabled: Annotated[bool, Field(strict=True)] | SkipJsonSchema[None] = None
    filter: Filter | None = None
    fields_: Fields | None = Field(default=None, alias="fields")
    throttle: Throttle | None = None
    headers: Headers | None = None

    @field_validator("url", "events", "description", "enabled", mode="before")
    @classmethod
    def _not_null(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("must not be null; leave it out to keep what is there")
        return value


class RotateSecret(_Input):
    secret: Secret | None = Field(default=None, description="Given none, one is made and shown in this answer only.")


class SendTest(_Input):
    event_type: Annotated[
        str, StringConstraints(strict=True, min_length=1, max_length=100), Field(json_schema_extra={"enum": list(CATALOGUE)})
    ] = WEBHOOK_TEST


class RedeliverFailed(_Input):
    since: Annotated[str, StringConstraints(strict=True, max_length=40)] = Field(description="ISO 8601; of events from then on.")
    until: Annotated[str, StringConstraints(strict=True, max_length=40)] | None = Field(
        default=None, description="ISO 8601; before then."
    )


class StatisticsView(BaseModel):
    """Attempts of the last 24 hours, by full hours."""

    since: str
    attempts: int
    succeeded: int
    failed: int
    success_rate: float | None = Field(description="From 0 to 1; null without attempts.")
    latency_p50_ms: int | None = Field(description="Within 10 %.")
    latency_p95_ms: int | None


class WebhookView(BaseModel):
    """An endpoint as it is shown: no secret, no value of a header."""

    id: str
    url: str
    events: list[str]
    description: str
    enabled: bool
    status: Literal["enabled", "disabled"]
    disabled_reason: Literal["gone", "failing", "manual"] | None
    disabled_at: str | None
    notice: str | None = Field(description="What the account should know: why it is disabled, since when it fails.")
    failing_since: str | None = Field(description="The first of the failures that no success has followed.")
    filter: str | None
    fields_: list[str] | None = Field(alias="fields", serialization_alias="fields")
    throttle: float | None
    headers: dict[str, str] = Field(description="Names of the custom headers; values are masked.")
    previous_secret_expires_at: str | None = Field(description="Up to then the secret before the last rotation signs too.")
    created_at: str
    updated_at: str

    model_config = ConfigDict(populate_by_name=True)


class WebhookDetails(WebhookView):
    statistics: StatisticsView


class CreatedWebhook(WebhookView):
    secret: str | None = Field(description="The secret, when it was made here. Shown this once.")


class RotatedSecret(BaseModel):
    id: str
    secret: str | None = Field(description="The new secret, when it was made here. Shown this once.")
    previous_secret_expires_at: str


class EventTypeView(BaseModel):
    """A kind of event."""

    type: str
    description: str
    schema_: dict[str, Any] = Field(
        alias="schema", serialization_alias="schema", description="JSON Schema (2020-12) of the payload."
    )
    example: dict[str, Any]

    model_config = ConfigDict(populate_by_name=True)


class AttemptView(BaseModel):
    at: str
    status_code: int | None
    latency_ms: int | None
    error: str | None
    response: str | None = Field(description="The first 2 KB of the answer's body, secrets masked.")


class DeliveryView(BaseModel):
    """One event on its way to one endpoint."""

    id: str
    webhook_id: str
    event_id: str = Field(description="Sent as `webhook-id`, the same for every attempt.")
    event_type: str
    status: Literal["pending", "succeeded", "failed"]
    attempts: list[AttemptView]
    next_attempt_at: str | None
    created_at: str
    completed_at: str | None
    note: str | None = Field(description="What is to be said beside the attempts, as that the endpoint was disabled.")


class DeliveryDetails(DeliveryView):
    payload: Any = Field(description="The body as it is sent; null when it has expired.")


class Redelivered(BaseModel):
    redelivered: int
    has_more: bool = Field(description="There were more than one call takes: call again.")


class Deleted(BaseModel):
    id: str
    deleted: bool = True
