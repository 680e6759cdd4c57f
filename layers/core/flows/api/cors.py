"""Cross-origin requests (https://fetch.spec.whatwg.org/#http-cors-protocol), by the stack's parameter."""

from __future__ import annotations

from flows.api.request import Request
from flows.aws.settings import settings

EXPOSED = (
    "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, Deprecation, Sunset, Link, "
    "Idempotent-Replayed, ETag"
)
ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, Prefer"
ALLOWED_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"


def cors_headers(request: Request) -> dict[str, str]:
    """What lets a page of an allowed origin read the answer; nothing for others. No cookies are used, so no credentials."""
    allowed = [origin.strip() for origin in settings().cors_origins.split(",") if origin.strip()]
    origin = request.header("origin")
    if "*" in allowed:
        return {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": EXPOSED}
    if not allowed:
        return {}
    if origin in allowed:
        return {"Access-Control-Allow-Origin": origin or "", "Access-Control-Expose-Headers": EXPOSED, "Vary": "Origin"}
    return {"Vary": "Origin"}


def preflight_headers(request: Request) -> dict[str, str]:
    """The answer to an OPTIONS request."""
    allowed = cors_headers(request)
    if "Access-Control-Allow-Origin" not in allowed:
        return allowed
    return allowed | {
        "Access-Control-Allow-Methods": ALLOWED_METHODS,
        "Access-Control-Allow-Headers": ALLOWED_HEADERS,
        "Access-Control-Max-Age": "7200",
    }
