"""Says what the execution answers: to the caller of a webhook with `respond: "respond_node"`, as it is and without an envelope; and it is the
execution's output. The run goes on after it; the first `respond` that runs is the answer.

A body that is a text goes out as it is (`text/plain` without a Content-Type of yours), anything else as JSON. Headers that API Gateway or the
platform sets are refused. The output is `{status_code, headers, body}`.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator

from flows.engine.contract import Example, NodeContext, NodeType, Parameters
from flows.engine.parameter_types import Line, Whole
from flows.engine.results import Outcome

# Renamed, set or refused by API Gateway (docs: "Amazon API Gateway important notes"), or by the platform for all accounts' safety:
# every account's hooks share one origin, so no answer may set its cookies or its policies.
_REFUSED = frozenset(
    {
        "clear-site-data",
        "connection",
        "content-length",
        "content-md5",
        "content-security-policy",
        "content-security-policy-report-only",
        "date",
        "expect",
        "host",
        "keep-alive",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "service-worker-allowed",
        "set-cookie",
        "strict-transport-security",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "www-authenticate",
        "x-content-type-options",
        "x-frame-options",
        "x-request-id",
    }
)
_REFUSED_PREFIXES = ("access-control-", "x-amz-", "x-amzn-", "x-ratelimit-")


def _name(name: str) -> str:
    lower = name.lower()
    if lower in _REFUSED or lower.startswith(_REFUSED_PREFIXES):
        raise ValueError("this header is set by the platform; choose another name")
    return name


def _value(value: str) -> str:
    if not value.isprintable() or not value.isascii():
        raise ValueError("a header's value is printable ASCII")
    return value


HeaderName = Annotated[str, Field(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$"), AfterValidator(_name)]
HeaderValue = Annotated[Line, Field(max_length=4_000), AfterValidator(_value)]


class RespondParameters(Parameters):
    status_code: Whole = Field(200, description="The HTTP status.", ge=200, le=599)
    headers: dict[HeaderName, HeaderValue] = Field({}, description="Headers of the answer.", max_length=50)
    body: Any = Field(None, description="The body.")

    @field_validator("headers")
    @classmethod
    def _once(cls, headers: dict[str, str]) -> dict[str, str]:
        if len({name.lower() for name in headers}) != len(headers):
            raise ValueError("a header stands twice")
        return headers


def run(context: NodeContext, parameters: RespondParameters) -> Outcome:
    response = {"status_code": parameters.status_code, "headers": parameters.headers, "body": parameters.body}
    return Outcome(response, response=response)


NODE = NodeType(
    type="respond",
    title="Respond",
    description="Says what the execution answers.",
    category="flow",
    parameters=RespondParameters,
    run=run,
    examples=(
        Example(
            {"status_code": 201, "headers": {"X-Order": "{{ id }}"}, "body": {"ok": True}},
            {"id": 17},
            {"status_code": 201, "headers": {"X-Order": "17"}, "body": {"ok": True}},
            description="A status, a header and a JSON body.",
        ),
    ),
)
