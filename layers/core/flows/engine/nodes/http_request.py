"""Sends an HTTP request.

* `query` and `headers` are objects; null leaves a name out, a list in `query` repeats it. `body` is `json` (any value), `form`
  (an object) or `raw` (a text); its Content-Type follows, unless you give one. Every request carries an `Idempotency-Key`
  that stays the same when the node is tried again, unless you give one.
* A credential (`credential_id` on the node) is put in at the last moment, and goes to its allowed hosts, else to the URL's own
  origin only: not after a redirect to another one, nor to a next page elsewhere. When a service answers 401 to an OAuth2 access
  token, the token is renewed and the request sent once more, unless `expect_status` takes 401.
* `timeout_seconds` is one deadline over everything: connecting (tried three times), redirects, and all pages.
* A status that `expect_status` does not take (`2xx`, `404`, `200-299`) is the failure `HttpError`, with `{status_code, headers,
  body}` in its details. By default a `retry` policy tries 408, 425, 429, 5xx, time-outs and connection errors again, not before
  `Retry-After`.
* `response`: `auto` reads JSON and texts by their content type and gives anything else as base64; `json`, `text` and `base64`
  insist. Names of headers are in lower case. An answer has at most 10 MB.
* `pagination`: `next_url` is an expression over the answer, `{status_code, headers, body}`, that gives the next page's URL
  (absolute or relative), or nothing at the last page.

The output is `{status_code, headers, body}`; with pagination those of the last page, and `body` is the list of the pages'
bodies.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urljoin

from pydantic import BeforeValidator, Field, field_validator

from flows.engine.contract import Example, Expression, NodeContext, NodeType, Parameters
from flows.engine.http.answered import body_of as answered
from flows.engine.http.answered import detail_of
from flows.engine.http.proven import send_proven
from flows.engine.http.sending import failure_of, send
from flows.engine.http.sent import body_of, url_with_query
from flows.engine.http.statuses import StatusPattern, is_expected, is_temporary, retry_after
from flows.engine.parameter_types import Flag, Line, Number, Text, Whole
from flows.engine.results import NodeFailure, Outcome

if TYPE_CHECKING:
    from flows.outgoing import Request, Response

_HARMLESS = frozenset({"accept", "accept-language", "user-agent"})
_MAX_BYTES = 10 * 1024 * 1024
_MOST_SECONDS = 800

HeaderName = Annotated[str, Field(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$")]
Method = Annotated[
    Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]


class RequestBody(Parameters):
    type: Literal["json", "form", "raw"] = Field("json", description="How the value is written.")
    value: Any = Field(None, description="What is sent.")


class Pagination(Parameters):
    next_url: Expression = Field(description="Gives the next page's URL; its document is the answer.")
    max_pages: Whole = Field(10, description="No more pages than this.", ge=1, le=1000)


class HttpRequestParameters(Parameters):
    method: Method = Field("GET", description="The method.")
    url: Text = Field(description="An absolute http or https URL.", min_length=1, max_length=8192)
    query: dict[str, Any] = Field({}, description="Parameters that are added to the URL.", max_length=200)
    headers: dict[HeaderName, Line | None] = Field({}, description="Headers.", max_length=100)
    body: RequestBody | None = Field(None, description="What is sent.")
    timeout_seconds: Number = Field(30, description="One deadline over everything, at most 800.", gt=0, le=_MOST_SECONDS)
    follow_redirects: Flag = Field(False, description="Follow up to five redirects.")
    expect_status: list[StatusPattern] = Field(["2xx"], description="Statuses that are no failure.", min_length=1, max_length=50)
    response: Literal["auto", "json", "text", "base64"] = Field("auto", description="What the answer's body becomes.")
    pagination: Pagination | None = Field(None, description="How the next pages are found.")

    @field_validator("headers")
    @classmethod
    def _once(cls, headers: dict[str, str | None]) -> dict[str, str | None]:
        if len({name.lower() for name in headers}) != len(headers):
            raise ValueError("a header stands twice")
        from flows.outgoing.header_rules import is_clients_own

        for name in headers:
            if is_clients_own(name):
                raise ValueError(f"the header {name} is set by the platform and cannot be given")
        return headers


def run(context: NodeContext, parameters: HttpRequestParameters) -> Outcome:
    from flows.outgoing import OutgoingError
    from flows.outgoing.deadline import Deadline

    left = (context.deadline - context.now()).total_seconds()
    deadline = Deadline(max(0.001, min(parameters.timeout_seconds, left)), time.monotonic)
    request = _request(context, parameters)
    client = context.http()

    def fetch(page: "Request", *, with_credential: bool) -> "Response":
        if not with_credential or not context.credential_id:
            return send(client, page, deadline)
        may_renew = not is_expected(401, parameters.expect_status)
        return send_proven(context.credential(), page, lambda armed: send(client, armed, deadline), may_renew=may_renew)

    try:
        if parameters.pagination is None:
            response = fetch(request, with_credential=True)
            return Outcome(_output(response, _checked(context, parameters, response)))
        return Outcome(_paged(context, parameters, parameters.pagination, request, fetch))
    except OutgoingError as error:
        raise failure_of(error) from None


def check(raw: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """A URL without expressions is looked at when the definition is written; where it leads is judged when it is sent."""
    from flows.outgoing import OutgoingError
    from flows.outgoing.urls import parse_url

    url = raw.get("url")
    if isinstance(url, int | float):  # a text may be given as a number elsewhere, but no number is a URL
        return (("url", "must be an absolute http or https URL"),)
    if not isinstance(url, str) or not url or "{{" in url:
        return ()
    try:
        parse_url(url)
    except OutgoingError as error:
        return (("url", error.message),)
    return ()


def _request(context: NodeContext, parameters: HttpRequestParameters) -> "Request":
    from flows.outgoing import Request

    url = url_with_query(parameters.url.strip(), parameters.query)
    headers = {name: value for name, value in parameters.headers.items() if value is not None}
    given = {name.lower() for name in headers}
    body = None
    if parameters.body is not None:
        body, content_type = body_of(parameters.body.type, parameters.body.value)
        if "content-type" not in given:
            headers["Content-Type"] = content_type
    if "idempotency-key" not in given:
        headers["Idempotency-Key"] = context.idempotency_key
    return Request(parameters.method, url, headers, body, follow_redirects=parameters.follow_redirects, max_bytes=_MAX_BYTES)


def _checked(context: NodeContext, parameters: HttpRequestParameters, response: "Response") -> Any:
    """The body of an answer whose status is expected."""
    status = response.status_code
    if is_expected(status, parameters.expect_status):
        return answered(response, parameters.response)
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    hint = "; follow_redirects is off" if 300 <= status < 400 and not parameters.follow_redirects else ""
    raise NodeFailure(
        "HttpError",
        f"The server answered {status} {phrase}".rstrip() + f", not {' or '.join(parameters.expect_status)}{hint}",
        {"status_code": status, "headers": response.headers, "body": detail_of(response)},
        retryable=is_temporary(status),
        retry_after=retry_after(response.headers.get("retry-after"), context.now()),
    )


def _output(response: "Response", body: Any) -> dict[str, Any]:
    return {"status_code": response.status_code, "headers": response.headers, "body": body}


def _paged(
    context: NodeContext,
    parameters: HttpRequestParameters,
    rule: Pagination,
    request: "Request",
    fetch: Callable[..., "Response"],
) -> dict[str, Any]:
    from flows.outgoing import origin_of

    origin = origin_of(request.url)
    bodies: list[Any] = []
    page, is_at_home, left = request, True, _MAX_BYTES
    while True:
        response = fetch(replace(page, max_bytes=left), with_credential=is_at_home)
        left = max(1, left - len(response.body))
        output = _output(response, _checked(context, parameters, response))
        bodies.append(output["body"])
        url = _next_url(context, rule, response, output) if len(bodies) < rule.max_pages else None
        if url is None:
            return {**output, "body": bodies}
        is_at_home = origin_of(url) == origin
        page = _next_page(request, url, number=len(bodies) + 1, is_at_home=is_at_home)


def _next_url(context: NodeContext, rule: Pagination, response: "Response", output: Mapping[str, Any]) -> str | None:
    found = context.evaluate(rule.next_url, document=output, parameter="pagination.next_url")
    if not found:
        return None
    if not isinstance(found, str):
        raise NodeFailure(
            "InvalidResponse", "pagination.next_url: gave something that is no URL; at the last page it gives nothing"
        )
    return urljoin(response.url, found)


def _next_page(request: "Request", url: str, *, number: int, is_at_home: bool) -> "Request":
    """The request for another page. Elsewhere, nothing goes along that could be a secret, nor the body."""
    if request.body is not None and not is_at_home:
        raise NodeFailure(
            "InvalidResponse", "pagination.next_url: leads to another host, where the body of this request may not go"
        )
    headers = {
        name: f"{value}-{number}" if name.lower() == "idempotency-key" else value
        for name, value in request.headers.items()
        if is_at_home or name.lower() in _HARMLESS
    }
    return replace(request, url=url, headers=headers)


NODE = NodeType(
    type="http_request",
    title="HTTP request",
    description="Sends an HTTP request.",
    category="action",
    parameters=HttpRequestParameters,
    run=run,
    check=check,
    effect=True,
    examples=(
        Example(
            {
                "method": "POST",
                "url": "https://api.example.com/orders",
                "body": {"type": "json", "value": {"id": "{{ id }}"}},
                "expect_status": ["201", "409"],
            },
            {"id": 17},
            {"status_code": 201, "headers": {"content-type": "application/json"}, "body": {"id": 17, "state": "new"}},
            description="JSON there and back.",
        ),
        Example(
            {
                "url": "https://api.example.com/people",
                "query": {"limit": 2},
                "pagination": {"next_url": "body.next", "max_pages": 5},
            },
            {},
            {
                "status_code": 200,
                "headers": {"content-type": "application/json"},
                "body": [{"people": ["Ada", "Bo"], "next": "/people?page=2"}, {"people": ["Cy"], "next": None}],
            },
            description="All pages of a list.",
        ),
    ),
)
