"""A request that leaves the platform, and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Request:
    """One outgoing request.

    Attributes:
        method: an HTTP method; CONNECT and TRACE are refused.
        url: an absolute http or https URL. Characters that a URL may not hold are percent-encoded in path and query.
        headers: sent to the first origin and to `allowed_hosts`; after a redirect elsewhere only harmless ones are kept.
        body: the bytes to send; None sends no body.
        timeout_seconds: one deadline over name resolution, connecting, redirects and the whole body.
        follow_redirects: False gives the 3xx answer as it is.
        max_redirects: how many redirects are followed.
        max_bytes: the largest body taken, counted after decompression.
        cut_body: True takes the first `max_bytes` of a larger body and leaves the rest unread; else it is an error.
        allowed_hosts: where secrets may go: `host`, `*.domain`, `host:port` or an origin (`https://host:port`).
            None: the origin of `url` only. A secret for a `url` outside of it is an error.
        secret_headers: headers that hold secrets; they win over `headers` of the same name.
        secret_query: query parameters that hold secrets; never part of `Response.url`.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout_seconds: float = 30.0
    follow_redirects: bool = False
    max_redirects: int = 5
    max_bytes: int = 10 * MEBIBYTE
    cut_body: bool = False
    allowed_hosts: frozenset[str] | None = None
    secret_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Response:
    """A complete answer.

    Attributes:
        status_code: the status of the last hop.
        headers: names in lower case; values of a repeated name joined by ", ".
        body: decompressed (gzip, deflate), at most `max_bytes`.
        url: the URL of the last hop, without `secret_query`.
        elapsed_ms: milliseconds from `send` to the end of the body.
    """

    status_code: int
    headers: dict[str, str]
    body: bytes
    url: str
    elapsed_ms: int
