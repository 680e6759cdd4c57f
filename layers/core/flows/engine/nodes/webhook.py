"""Starts the workflow by an HTTP request to its own URL, once it is published.

`body` is read by its content type: JSON as its value, a form as an object, anything else as text. Header names are in lower case.

* `authentication` refuses (401) who does not know the secret of the credential: `basic`, a `header`, a signature of the body (`hmac`), or the
  signatures of GitHub, Stripe, Slack and Standard Webhooks. Secrets that are missing refuse everybody.
* `respond`: `immediately` answers 202 with the execution's id; `when_finished` with the output; `respond_node` with what a `respond` node says.
  The last two wait 25 seconds at most, then the answer is 202.
* `deduplicate_by` is an expression over the request (`headers."x-event-id"`, `body.id`): a value that was seen in the last 24 hours starts nothing.
* `allowed_ips` are addresses and networks that may call; none: everybody.
* `cors` lets pages of other origins call: `true` or `"*"` (any origin), a list of origins, or an object.

The output is `{method, headers, query, body, path, received_at}`.
"""

from ipaddress import ip_network
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from flows.engine.contract import Example, Expression, NodeContext, NodeType, Parameters
from flows.engine.hook_parameters import HookAuthentication
from flows.engine.parameter_types import Line, Whole
from flows.engine.results import Outcome

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise ValueError("must be an IP address or a network, as 203.0.113.7 or 2001:db8::/32") from None


def _origin(text: str) -> str:
    if text == "*":
        return text
    try:
        parts = urlsplit(text)
        valid = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and text.lower() == f"{parts.scheme}://{parts.netloc}".lower()
        )
        _ = parts.port
    except ValueError:
        valid = False
    if not valid or "@" in text or " " in text:
        raise ValueError("must be an origin, as https://example.com, or *")
    return text.lower()


class Cors(Parameters):
    origins: list[Annotated[Line, AfterValidator(_origin)]] = Field(
        ["*"], description="The pages that may call.", min_length=1, max_length=50
    )
    headers: list[Annotated[Line, Field(pattern=r"^(?:\*|[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100})$")]] = Field(
        ["Content-Type"], description="Request headers that they may send.", max_length=50
    )
    max_age_seconds: Whole = Field(600, description="How long browsers may remember it.", ge=0, le=86_400)


def _cors(value: Any) -> Any:
    if isinstance(value, bool):
        return {} if value else None
    if value == "*":
        return {}
    return {"origins": value} if isinstance(value, list) else value


class WebhookParameters(Parameters):
    methods: list[Method] = Field(["POST"], description="The methods that are taken.", min_length=1)
    authentication: HookAuthentication = Field(default_factory=HookAuthentication, description="Who may call.")
    respond: Literal["immediately", "when_finished", "respond_node"] = Field(
        "immediately", description="When the caller gets its answer."
    )
    deduplicate_by: Expression | None = Field(None, description="Requests with the same value start one run.")
    allowed_ips: list[Annotated[Line, AfterValidator(_network)]] = Field(
        [], description="Addresses and networks that may call.", max_length=200
    )
    cors: Annotated[Cors | None, BeforeValidator(_cors, json_schema_input_type=bool | Literal["*"] | list[str] | Cors | None)] = (
        Field(None, description="Pages of other origins that may call.")
    )

    @field_validator("methods", mode="before")
    @classmethod
    def _upper(cls, methods: Any) -> Any:
        return (
            [method.upper() if isinstance(method, str) else method for method in methods]
            if isinstance(methods, list)
            else methods
        )

    @field_validator("methods")
    @classmethod
    def _once(cls, methods: list[Method]) -> list[Method]:
        if len(set(methods)) != len(methods):
            raise ValueError("a method stands twice")
        return methods


def run(context: NodeContext, parameters: WebhookParameters) -> Outcome:
    return Outcome(context.input)


_REQUEST = {
    "method": "POST",
    "headers": {"content-type": "application/json"},
    "query": {"source": "shop"},
    "body": {"order": 17},
    "path": "/",
    "received_at": "2026-03-14T15:09:26.535Z",
}

NODE = NodeType(
    type="webhook",
    title="Webhook",
    description="Starts the workflow by an HTTP request.",
    category="trigger",
    parameters=WebhookParameters,
    run=run,
    trigger=True,
    examples=(
        Example(
            {"methods": ["POST"], "deduplicate_by": "body.order"}, _REQUEST, _REQUEST, description="What came is the output."
        ),
        Example(
            {
                "authentication": {"type": "github", "credential_id": "cred_01hzy3m5n8p2q4r6s8t0v2w4x6"},
                "respond": "when_finished",
            },
            _REQUEST,
            _REQUEST,
            description="Signed by GitHub, answered with the run's output.",
        ),
    ),
)
